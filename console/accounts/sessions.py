"""Sessions of staff: a random token in a cookie, its hash in the database; they end when idle and at their time."""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from console.accounts.staff import Staff
from store.database import Database
from store.models.base import utc_now
from store.repositories import StaffSessionRepository

COOKIE = "qifu_staff"
_TOKEN_BYTES = 32
_LONGEST_AGENT = 200
_MOST_KEPT = 2000
_KEPT = timedelta(days=1)
"""How long a session is kept after it has ended."""


def hash_of(token: str) -> str:
    """What of a token is kept; it needs no salt, being random."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Sessions:
    """Opens, finds and ends sessions.

    `idle` and `longest` are how long a session lasts without use and at most. What was found is believed for
    `believed`; sessions ended by this process are forgotten at once.
    """

    def __init__(
        self,
        database: Database,
        idle: timedelta,
        longest: timedelta,
        clock: Callable[[], datetime] = utc_now,
        believed: timedelta = timedelta(seconds=5),
    ) -> None:
        self.idle = idle
        self.longest = longest
        self._database = database
        self._clock = clock
        self._believed = believed
        self._noted = min(timedelta(seconds=30), idle / 4)
        self._found: dict[str, tuple[Staff, datetime]] = {}
        self._seen: dict[int, datetime] = {}
        self._said: OrderedDict[int, str] = OrderedDict()
        self._changed = asyncio.Event()

    async def open(self, staff_id: int, address: str, agent: str) -> str:
        """A new session; its token goes into the cookie and is kept nowhere else."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        async with self._database.session() as session:
            sessions = StaffSessionRepository(session, self._clock)
            # Those that ended lately tell who went away without a word (console/accounts/away.py).
            await sessions.purge(self._since - _KEPT)
            until = self._clock() + self.longest
            await sessions.open(staff_id, hash_of(token), until, address, agent[:_LONGEST_AGENT])
        return token

    async def find(self, token: str | None) -> Staff | None:
        """Who holds the session of that token; None where it has ended or never was."""
        if not token:
            return None
        key, now = hash_of(token), self._clock()
        known = self._found.get(key)
        if known and now - known[1] < self._believed:
            return known[0]
        async with self._database.session() as session:
            found = await StaffSessionRepository(session, self._clock).find(key, self._since)
        if found is None:
            self._found.pop(key, None)
            return None
        if len(self._found) >= _MOST_KEPT:
            self._found.clear()
        staff = Staff.of(found.staff, found.session.id)
        self._found[key] = (staff, now)
        return staff

    async def use(self, token: str | None) -> Staff | None:
        """The same as `find`, and the session counts as used now."""
        staff = await self.find(token)
        if staff is None:
            return None
        now = self._clock()
        seen = self._seen.get(staff.session_id)
        if seen is None or now - seen >= self._noted:
            if len(self._seen) >= _MOST_KEPT:
                self._seen.clear()
            self._seen[staff.session_id] = now
            async with self._database.session() as session:
                await StaffSessionRepository(session, self._clock).touch(staff.session_id)
        return staff

    async def end(self, staff_id: int, session_id: int, said: str = "ended") -> bool:
        """Ends one session of a person; False where there is no such session. `said` is what its pages are told."""
        self._said = OrderedDict([*self._said.items(), (session_id, said)][-_MOST_KEPT:])
        async with self._database.session() as session:
            ended = await StaffSessionRepository(session, self._clock).end(staff_id, session_id)
        self.forget()
        return ended

    async def end_all(self, staff_id: int, but: int | None = None) -> int:
        """Ends the sessions of a person, perhaps all but one; how many."""
        async with self._database.session() as session:
            ended = await StaffSessionRepository(session, self._clock).end_all(staff_id, but)
        self.forget()
        return ended

    def forget(self) -> None:
        """Believes nothing found before: something about staff has changed, and those who wait for an end look."""
        self._found.clear()
        self._changed.set()
        self._changed = asyncio.Event()

    def said_of(self, session_id: int) -> str:
        """What the pages of an ended session are told: ended or logged_out."""
        return self._said.get(session_id, "ended")

    async def ended(self, token: str, look_every: float = 10.0) -> None:
        """Returns once the session of that token has ended."""
        while await self.find(token) is not None:
            changed = self._changed
            try:
                async with asyncio.timeout(look_every):
                    await changed.wait()
            except TimeoutError:
                continue

    @property
    def _since(self) -> datetime:
        return self._clock() - self.idle
