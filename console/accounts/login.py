"""Logging in: password, perhaps a one-time code, and everything that slows those who guess."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from weakref import WeakValueDictionary

import structlog

from bot.web.limits import Buckets, Rate, network_of
from console.accounts.codes import step_of
from console.accounts.passwords import LONGEST, Passwords
from console.accounts.sessions import Sessions
from store.database import Database
from store.models import StaffRow
from store.models.base import utc_now
from store.repositories import AuditRepository, StaffRepository

log = structlog.get_logger(__name__)

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
ADDRESS_RATE = Rate(burst=20, every=6.0)
"""Attempts of one address: an office of twenty may come at once, a guesser gets ten a minute."""
_CODE_WITHIN = timedelta(minutes=5)
_MOST_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt.

    wrong: neither login nor password is named as the wrong one; locked: too many failures; slow: too many attempts from
    the address, again in `seconds`; code: the password was right, `token` goes with the one-time code; stale: too long
    between password and code; in: `token` is the session's.
    """

    kind: Literal["wrong", "locked", "slow", "code", "stale", "in"]
    token: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where an attempt comes from."""

    address: str
    agent: str


class Login:
    """The door of the console."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        sessions: Sessions,
        clock: Callable[[], datetime] = utc_now,
        rate: Rate = ADDRESS_RATE,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._clock = clock
        self._addresses = Buckets(rate, self._seconds)
        self._unknown = Buckets(Rate(MOST_FAILURES, LOCKED_FOR.total_seconds()), self._seconds)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._waiting: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    async def with_password(self, login: str, password: str, visitor: Visitor) -> Attempt:
        """The first step."""
        if seconds := self._addresses.take(network_of(visitor.address)):
            return Attempt("slow", seconds=seconds)
        login, password = login.strip().lower(), password[: LONGEST + 1]
        async with self._turn(login):
            row = await self._row(login)
            if row is None or not row.active:
                return await self._refuse_unknown(login, password)
            if self._is_locked(row):
                return Attempt("locked")
            if not await self._passwords.fits(password, row.password_hash):
                return await self._failed(row)
            return await self._known(row, password, visitor)

    async def with_code(self, token: str, code: str, visitor: Visitor) -> Attempt:
        """The second step, for accounts with a one-time code."""
        if seconds := self._addresses.take(network_of(visitor.address)):
            return Attempt("slow", seconds=seconds)
        staff_id, until = self._waiting.get(token, (0, self._clock()))
        row = await self._by_id(staff_id) if until > self._clock() else None
        if row is None or not row.active or row.totp_secret is None:
            self._waiting.pop(token, None)
            return Attempt("stale")
        async with self._turn(row.login):
            row = await self._by_id(staff_id) or row
            if self._is_locked(row):
                return Attempt("locked")
            if not await self._is_right(row, code):
                return await self._failed(row)
            self._waiting.pop(token, None)
            return await self._let_in(row, visitor)

    async def proves(self, staff_id: int, password: str) -> bool:
        """Whether that is the password of somebody who is logged in already; wrong ones count as failures, too."""
        row = await self._by_id(staff_id)
        if row is None:
            return False
        async with self._turn(row.login):
            row = await self._by_id(staff_id)
            if row is None or self._is_locked(row):
                return False
            if await self._passwords.fits(password[: LONGEST + 1], row.password_hash):
                return True
            await self._failed(row)
            return False

    def _turn(self, login: str) -> asyncio.Lock:
        """One attempt after the other: guesses sent all at once are counted, too, before the next is looked at."""
        return self._turns.setdefault(login, asyncio.Lock())

    async def _is_right(self, row: StaffRow, code: str) -> bool:
        step = step_of(row.totp_secret, code, self._clock()) if row.totp_secret else None
        async with self._database.session() as session:
            return step is not None and await StaffRepository(session, self._clock).use_code(row.id, step)

    async def _known(self, row: StaffRow, password: str, visitor: Visitor) -> Attempt:
        if self._passwords.is_outdated(row.password_hash):
            await self._change(row, password_hash=await self._passwords.hash(password))
        if row.totp_secret is not None:
            return Attempt("code", self._wait(row.id))
        return await self._let_in(row, visitor)

    async def _let_in(self, row: StaffRow, visitor: Visitor) -> Attempt:
        token = await self._sessions.open(row.id, visitor.address, visitor.agent)
        async with self._database.session() as session:
            await StaffRepository(session, self._clock).logged_in(row.id)
            await AuditRepository(session, self._clock).write(row.id, "login", f"staff:{row.id}")
        log.info("console_login", staff=row.id)
        return Attempt("in", token)

    async def _failed(self, row: StaffRow) -> Attempt:
        async with self._database.session() as session:
            until = self._clock() + LOCKED_FOR
            locked = await StaffRepository(session, self._clock).failed(row.id, MOST_FAILURES, until)
            audit = AuditRepository(session, self._clock)
            # Nobody has proved to be this person: the entry is about them, not by them.
            await audit.write(None, "login.locked" if locked else "login.failed", f"staff:{row.id}")
        log.warning("console_login_failed", staff=row.id, locked=locked)
        return Attempt("wrong")

    async def _refuse_unknown(self, login: str, password: str) -> Attempt:
        """An unknown login looks like a known one, also when it is tried too often."""
        log.warning("console_login_unknown")
        if self._unknown.take(login):
            return Attempt("locked")
        await self._passwords.pretend(password)
        return Attempt("wrong")

    def _wait(self, staff_id: int) -> str:
        token = secrets.token_urlsafe(32)
        self._waiting[token] = (staff_id, self._clock() + _CODE_WITHIN)
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)
        return token

    def _is_locked(self, row: StaffRow) -> bool:
        return row.locked_until is not None and row.locked_until > self._clock()

    def _seconds(self) -> float:
        return self._clock().timestamp()

    async def _row(self, login: str) -> StaffRow | None:
        async with self._database.session() as session:
            return await StaffRepository(session, self._clock).by_login(login)

    async def _by_id(self, staff_id: int) -> StaffRow | None:
        async with self._database.session() as session:
            return await StaffRepository(session, self._clock).get(staff_id)

    async def _change(self, row: StaffRow, password_hash: str) -> None:
        async with self._database.session() as session:
            await StaffRepository(session, self._clock).change(row.id, password_hash=password_hash)
