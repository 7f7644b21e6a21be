"""What administrators do with accounts, and everybody with their own; each change leaves an audit entry."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from console.accounts.codes import step_of
from console.accounts.passwords import Passwords, one_time, weakness
from console.accounts.sessions import Sessions
from qifu.errors import AccountError
from qifu.labels import District, Language, StaffRole, Topic
from store.database import Database
from store.models import StaffRow
from store.models.base import utc_now
from store.repositories import AuditRepository, StaffRepository

FIRST_LOGIN = "admin"
MOST_CHATS = 20
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


@dataclass(frozen=True, slots=True)
class Profile:
    """What an administrator decides about a member of staff; empty lists stand for all."""

    name: str
    role: StaffRole
    districts: Sequence[District] = ()
    topics: Sequence[Topic] = ()
    languages: Sequence[Language] = ()
    most_chats: int = 3
    telegram_id: int | None = field(default=None)

    def columns(self) -> dict[str, Any]:
        """The columns it sets. Raises AccountError for a name that is empty or a number of chats out of range."""
        name = " ".join(self.name.split())
        if not 1 <= len(name) <= 40:
            raise AccountError("name")
        if not 1 <= self.most_chats <= MOST_CHATS:
            raise AccountError("most_chats")
        lists = {key: list(getattr(self, key)) for key in ("districts", "topics", "languages")}
        return asdict(self) | {"name": name} | lists


class People:
    """The accounts. `by` is who does it: a member of staff, or None for the command line."""

    def __init__(
        self, database: Database, passwords: Passwords, sessions: Sessions, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._sessions = sessions
        self._clock = clock

    async def all(self) -> Sequence[StaffRow]:
        """Everybody, those switched off last."""
        async with self._database.session() as session:
            return await StaffRepository(session, self._clock).all()

    async def get(self, staff_id: int) -> StaffRow:
        """One of them. Raises AccountError."""
        async with self._database.session() as session:
            return _there(await StaffRepository(session, self._clock).get(staff_id))

    async def by_login(self, login: str) -> StaffRow:
        """The one of that login. Raises AccountError."""
        async with self._database.session() as session:
            return _there(await StaffRepository(session, self._clock).by_login(login.strip()))

    async def first(self, name: str) -> str | None:
        """On a first start makes the administrator `admin` and returns the one-time password; None later."""
        async with self._database.session() as session:
            if not await StaffRepository(session, self._clock).is_empty():
                return None
        try:
            return await self.add(None, FIRST_LOGIN, Profile(name, StaffRole.ADMINISTRATOR))
        except AccountError:  # another process was first
            return None

    async def add(self, by: int | None, login: str, profile: Profile) -> str:
        """Makes an account; its one-time password. Raises AccountError."""
        login = login.strip().lower()
        if not _LOGIN.fullmatch(login):
            raise AccountError("login")
        columns, password = profile.columns(), one_time()
        hashed = await self._passwords.hash(password)
        async with self._database.session() as session:
            row = await StaffRepository(session, self._clock).add(login, password_hash=hashed, **columns)
            if row is None:
                raise AccountError("taken")
            await self._note(session, by, "staff.add", row.id, {"login": login, **_plain(columns)})
        return password

    async def change(self, by: int | None, staff_id: int, profile: Profile) -> None:
        """Sets name, role and what a person is matched by. Raises AccountError."""
        columns = profile.columns()
        async with self._database.session() as session:
            staff = StaffRepository(session, self._clock)
            row = _there(await staff.get(staff_id))
            changed = {key: value for key, value in columns.items() if getattr(row, key) != value}
            if not changed:
                return
            if "role" in changed and row.role == StaffRole.ADMINISTRATOR:
                await _not_the_last(staff, row)
            if "telegram_id" in changed and changed["telegram_id"] is not None:
                holder = await staff.by_telegram(changed["telegram_id"], active=None)
                if holder is not None and holder.id != staff_id:
                    raise AccountError("taken")
            before = _plain({key: getattr(row, key) for key in changed})
            await staff.change(staff_id, **changed)
            await self._note(session, by, "staff.change", staff_id, {"from": before, "to": _plain(changed)})
        if "role" in changed:
            # Pages that are open were made for the former role.
            await self._sessions.end_all(staff_id)
        self._sessions.forget()

    async def reset(self, by: int | None, staff_id: int) -> str:
        """A new one-time password; the old one, one-time codes, locks and sessions are gone. Raises AccountError."""
        password = one_time()
        hashed = await self._passwords.hash(password)
        async with self._database.session() as session:
            staff = StaffRepository(session, self._clock)
            _there(await staff.get(staff_id))
            values = {"password_hash": hashed, "must_change_password": True, "totp_secret": None, "totp_step": None}
            await staff.change(staff_id, **values, failed_logins=0, locked_until=None)
            await self._note(session, by, "staff.reset", staff_id)
        await self._sessions.end_all(staff_id)
        return password

    async def switch(self, by: int | None, staff_id: int, active: bool) -> None:
        """Switches an account off, ending its sessions, or on again. Raises AccountError."""
        async with self._database.session() as session:
            staff = StaffRepository(session, self._clock)
            row = _there(await staff.get(staff_id))
            if not active:
                await _not_the_last(staff, row)
            await staff.change(staff_id, active=active)
            await self._note(session, by, "staff.on" if active else "staff.off", staff_id)
        if not active:
            await self._sessions.end_all(staff_id)

    async def unlock(self, by: int | None, staff_id: int) -> None:
        """Lifts a lock that failed logins brought about."""
        async with self._database.session() as session:
            await StaffRepository(session, self._clock).change(staff_id, failed_logins=0, locked_until=None)
            await self._note(session, by, "staff.unlock", staff_id)

    async def set_password(self, staff_id: int, password: str) -> None:
        """A person's own new password; all their sessions end. Raises AccountError for a poor one or the old one."""
        row = await self.get(staff_id)
        if reason := weakness(password, row.login):
            raise AccountError(reason)
        if await self._passwords.fits(password, row.password_hash):
            raise AccountError("same")
        hashed = await self._passwords.hash(password)
        async with self._database.session() as session:
            staff = StaffRepository(session, self._clock)
            await staff.change(staff_id, password_hash=hashed, must_change_password=False)
            await self._note(session, staff_id, "password.change", staff_id)
        await self._sessions.end_all(staff_id)

    async def set_codes(self, staff_id: int, secret: str, code: str) -> None:
        """Turns one-time codes on, proved by one. Raises AccountError for a wrong code."""
        step = step_of(secret, code, self._clock())
        if step is None:
            raise AccountError("code")
        async with self._database.session() as session:
            await StaffRepository(session, self._clock).change(staff_id, totp_secret=secret, totp_step=step)
            await self._note(session, staff_id, "totp.on", staff_id)
        self._sessions.forget()

    async def drop_codes(self, staff_id: int) -> None:
        """Turns one-time codes off."""
        async with self._database.session() as session:
            await StaffRepository(session, self._clock).change(staff_id, totp_secret=None, totp_step=None)
            await self._note(session, staff_id, "totp.off", staff_id)
        self._sessions.forget()

    async def _note(
        self, session: Any, by: int | None, action: str, staff_id: int, detail: dict[str, Any] | None = None
    ) -> None:
        await AuditRepository(session, self._clock).write(by, action, f"staff:{staff_id}", detail)


def _there(row: StaffRow | None) -> StaffRow:
    if row is None:
        raise AccountError("unknown")
    return row


async def _not_the_last(staff: StaffRepository, row: StaffRow) -> None:
    if row.role == StaffRole.ADMINISTRATOR and row.active and not await staff.administrators(other_than=row.id):
        raise AccountError("last_administrator")


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as JSON; a Telegram id is personal and only named."""
    return {key: ("…" if key == "telegram_id" and value else value) for key, value in columns.items()}
