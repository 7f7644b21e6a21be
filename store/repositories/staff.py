"""Staff, their sessions, what they did, and the switches they set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, case, delete, func, or_, select, tuple_, update

from qifu.labels import District, Language, StaffRole, Topic
from store.models import AuditRow, StaffRow, StaffSessionRow, SwitchRow
from store.repositories.base import Repository, insert_for

_FRESH = {"populate_existing": True}


class StaffRepository(Repository):
    """The people who may log in."""

    async def add(
        self,
        login: str,
        name: str,
        role: StaffRole,
        password_hash: str,
        *,
        districts: Sequence[District] = (),
        topics: Sequence[Topic] = (),
        languages: Sequence[Language] = (),
        most_chats: int = 3,
        telegram_id: int | None = None,
        must_change_password: bool = True,
    ) -> StaffRow | None:
        """A new member of staff; None where the login (in any case) or the Telegram account is somebody's already."""
        values = {
            "login": login.lower(),
            "name": name,
            "role": role,
            "active": True,
            "password_hash": password_hash,
            "must_change_password": must_change_password,
            "failed_logins": 0,
            "telegram_id": telegram_id,
            "districts": list(districts),
            "topics": list(topics),
            "languages": list(languages),
            "most_chats": most_chats,
            "created_at": self.clock(),
        }
        new = insert_for(self.dialect, StaffRow).values(values).on_conflict_do_nothing().returning(StaffRow.id)
        staff_id = await self.session.scalar(new)
        return None if staff_id is None else await self.get(staff_id)

    async def get(self, staff_id: int) -> StaffRow | None:
        """The member of staff, or None."""
        return await self.session.get(StaffRow, staff_id, populate_existing=True)

    async def by_login(self, login: str) -> StaffRow | None:
        """The member of staff of that login, written in any case, or None."""
        chosen = select(StaffRow).where(StaffRow.login == login.lower())
        return (await self.session.scalars(chosen, execution_options=_FRESH)).one_or_none()

    async def by_telegram(self, telegram_id: int, active: bool | None = True) -> StaffRow | None:
        """The (active) member of staff who uses that Telegram account, or None."""
        chosen = select(StaffRow).where(StaffRow.telegram_id == telegram_id)
        if active is not None:
            chosen = chosen.where(StaffRow.active.is_(active))
        return (await self.session.scalars(chosen, execution_options=_FRESH)).one_or_none()

    async def all(self, active: bool | None = None, roles: Sequence[StaffRole] = ()) -> Sequence[StaffRow]:
        """Everybody, or only those (not) active or of these roles; the active ones first, each by name."""
        chosen = select(StaffRow).order_by(StaffRow.active.desc(), StaffRow.name, StaffRow.id)
        if active is not None:
            chosen = chosen.where(StaffRow.active.is_(active))
        if roles:
            chosen = chosen.where(StaffRow.role.in_(roles))
        return (await self.session.scalars(chosen, execution_options=_FRESH)).all()

    async def is_empty(self) -> bool:
        """Whether there is nobody yet."""
        return await self.session.scalar(select(StaffRow.id).limit(1)) is None

    async def administrators(self, other_than: int) -> int:
        """How many active administrators there are besides one."""
        chosen = select(func.count()).where(
            StaffRow.role == StaffRole.ADMINISTRATOR, StaffRow.active, StaffRow.id != other_than
        )
        return await self.session.scalar(chosen) or 0

    async def change(self, staff_id: int, **values: Any) -> None:
        """Set columns of a member of staff."""
        await self.session.execute(update(StaffRow).where(StaffRow.id == staff_id).values(**values))

    async def failed(self, staff_id: int, most: int, locked_until: datetime) -> bool:
        """Count one more failed login; True where it was the one that locks the account."""
        failures = StaffRow.failed_logins + 1
        counted = (
            update(StaffRow)
            .where(StaffRow.id == staff_id)
            .values(
                failed_logins=case((failures >= most, 0), else_=failures),
                locked_until=case((failures >= most, locked_until), else_=StaffRow.locked_until),
            )
            .returning(StaffRow.failed_logins)
        )
        return await self.session.scalar(counted) == 0

    async def logged_in(self, staff_id: int) -> None:
        """Forget failed logins and note the time."""
        await self.change(staff_id, failed_logins=0, locked_until=None, last_login_at=self.clock())

    async def use_code(self, staff_id: int, step: int) -> bool:
        """Note that the one-time code of a step was used; False where it or a later one was used before."""
        used = update(StaffRow).where(
            StaffRow.id == staff_id, or_(StaffRow.totp_step.is_(None), StaffRow.totp_step < step)
        )
        return await self.count(used.values(totp_step=step)) > 0


class LoggedIn(NamedTuple):
    """A session and whose it is."""

    session: StaffSessionRow
    staff: StaffRow


class StaffSessionRepository(Repository):
    """Browsers that are logged in."""

    async def open(
        self, staff_id: int, token_hash: str, expires_at: datetime, address: str, agent: str
    ) -> StaffSessionRow:
        """Keep a new session."""
        now = self.clock()
        row = StaffSessionRow(
            token_hash=token_hash,
            staff_id=staff_id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
            address=address,
            agent=agent,
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def find(self, token_hash: str, seen_since: datetime) -> LoggedIn | None:
        """The session of that token and its owner; None where it ended, was idle too long or the owner is off."""
        chosen = (
            select(StaffSessionRow, StaffRow)
            .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
            .where(StaffSessionRow.token_hash == token_hash, StaffRow.active, self._alive(seen_since))
        )
        row = (await self.session.execute(chosen, execution_options=_FRESH)).one_or_none()
        return None if row is None else LoggedIn(*row)

    async def last_seen(self, staff_ids: Sequence[int], seen_since: datetime) -> dict[int, tuple[datetime, bool]]:
        """When each of these was seen last in a session that is kept, and whether one of theirs is still good."""
        alive = func.max(case((self._alive(seen_since), 1), else_=0))
        chosen = select(StaffSessionRow.staff_id, func.max(StaffSessionRow.seen_at), alive)
        chosen = chosen.where(StaffSessionRow.staff_id.in_(staff_ids)).group_by(StaffSessionRow.staff_id)
        return {staff: (seen, bool(good)) for staff, seen, good in await self.session.execute(chosen)}

    async def touch(self, session_id: int) -> None:
        """Note that the session is in use."""
        await self.count(update(StaffSessionRow).where(StaffSessionRow.id == session_id).values(seen_at=self.clock()))

    async def of_staff(self, staff_id: int, seen_since: datetime) -> Sequence[StaffSessionRow]:
        """The sessions of one person that are still good, the last used first."""
        chosen = select(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id, self._alive(seen_since))
        chosen = chosen.order_by(StaffSessionRow.seen_at.desc(), StaffSessionRow.id.desc())
        return (await self.session.scalars(chosen, execution_options=_FRESH)).all()

    async def end(self, staff_id: int, session_id: int) -> bool:
        """End one session of a person; False where there is no such session."""
        mine = delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id, StaffSessionRow.id == session_id)
        return await self.count(mine) > 0

    async def end_all(self, staff_id: int, but: int | None = None) -> int:
        """End the sessions of a person, perhaps all but one; how many there were."""
        theirs = delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id)
        return await self.count(theirs if but is None else theirs.where(StaffSessionRow.id != but))

    async def purge(self, seen_since: datetime) -> int:
        """Delete the sessions that have ended."""
        return await self.count(delete(StaffSessionRow).where(~self._alive(seen_since)))

    def _alive(self, seen_since: datetime) -> Any:
        return and_(StaffSessionRow.expires_at > self.clock(), StaffSessionRow.seen_at >= seen_since)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which audit entries are wanted: each field narrows, `since` is included and `until` is not."""

    staff_id: int | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditRepository(Repository):
    """Who did and looked at what."""

    async def write(
        self, staff_id: int | None, action: str, subject: str | None = None, detail: dict[str, Any] | None = None
    ) -> None:
        """Add an entry. `action` is a static name such as `staff.add`; no secret and no user's words in `detail`."""
        self.session.add(AuditRow(at=self.clock(), staff_id=staff_id, action=action, subject=subject, detail=detail))
        await self.session.flush()

    async def page(
        self, wanted: AuditFilter, before: tuple[datetime, int] | None = None, limit: int = 50
    ) -> Sequence[AuditRow]:
        """The newest entries that are wanted, or those before (moment, id) of the last one shown."""
        chosen = select(AuditRow).order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(limit)
        for column, value in (
            (AuditRow.staff_id, wanted.staff_id),
            (AuditRow.action, wanted.action),
            (AuditRow.subject, wanted.subject),
        ):
            if value is not None:
                chosen = chosen.where(column == value)
        if wanted.since is not None:
            chosen = chosen.where(AuditRow.at >= wanted.since)
        if wanted.until is not None:
            chosen = chosen.where(AuditRow.at < wanted.until)
        if before is not None:
            moment, row_id = before
            chosen = chosen.where(
                tuple_(AuditRow.at, AuditRow.id) < tuple_(moment, row_id, types=[AuditRow.at.type, AuditRow.id.type])
            )
        return (await self.session.scalars(chosen)).all()


class SwitchRepository(Repository):
    """The emergency notice and the bot's off switch."""

    async def current(self) -> SwitchRow | None:
        """How the switches stand; None where nobody ever touched them."""
        return await self.session.scalar(select(SwitchRow).order_by(SwitchRow.id.desc()).limit(1))

    async def change(self, staff_id: int | None, *, bot_on: bool, notice_zh: str, notice_en: str) -> SwitchRow:
        """Set the switches; how they stood before is kept."""
        row = SwitchRow(at=self.clock(), changed_by=staff_id, bot_on=bot_on, notice_zh=notice_zh, notice_en=notice_en)
        self.session.add(row)
        await self.session.flush()
        return row
