"""What every change of an appeal shares: who may make it, that it holds, its event, and whom to tell."""

from typing import Any

from sqlalchemy import ColumnElement

from bot.desk.work import Work
from qifu.errors import DeskError
from qifu.labels import AppealEvent, AppealState, StaffRole
from store.models import AppealRow


class AppealChanges:
    """Works in the caller's transaction."""

    async def _row(self, work: Work, appeal_id: int) -> AppealRow:
        row = await work.appeals.get(appeal_id)
        if row is None:
            raise DeskError("unknown_appeal")
        return row

    async def _original(self, work: Work, row: AppealRow) -> AppealRow:
        return row if row.joined_to is None else await self._row(work, row.joined_to)

    async def _mine(self, work: Work, appeal_id: int, by: int) -> AppealRow:
        person = await work.serving(by)
        row = await self._row(work, appeal_id)
        if person.role != StaffRole.MANAGER and row.owner_id != by:
            raise DeskError("not_owner")
        return row

    async def _theirs(self, work: Work, conversation_id: str, number: str) -> AppealRow:
        row = await work.appeals.by_number(number)
        if row is None or row.conversation_id != conversation_id:
            raise DeskError("unknown_appeal")
        return await self._original(work, row)

    async def _change(
        self,
        work: Work,
        row: AppealRow,
        states: tuple[AppealState, ...],
        *conditions: ColumnElement[bool],
        **values: object,
    ) -> AppealRow:
        # The owner too: who lost it meanwhile doesn't decide any more.
        allowed = (AppealRow.state.in_(states), AppealRow.joined_to.is_(None), AppealRow.owner_id == row.owner_id)
        changed = await work.appeals.change(row.id, *allowed, *conditions, **values)
        if changed is None:
            raise DeskError("wrong_state")
        return changed

    async def _happened(
        self,
        work: Work,
        row: AppealRow,
        kind: AppealEvent,
        by: int | None,
        words: str | None = None,
        *,
        told: dict[str, str] | None = None,
        **detail: object,
    ) -> int:
        event = await work.appeals.log(row.id, kind, by, words, **detail)
        await self._tell_user(work, row, f"appeal_{kind.value}", event, **(told or {}))
        return event

    async def _tell_user(self, work: Work, row: AppealRow, kind: str, event: int, **told: str) -> None:
        key = f"appeal:{event}:{kind}:user"
        about: dict[str, Any] = {"number": row.number, "state": row.state, **told}
        await work.notices.tell_user(row.conversation_id, kind, key, appeal_id=row.id, **about)
        work.signal(kind, appeal_id=row.id, conversation_id=row.conversation_id)

    async def _tell_staff(
        self, work: Work, row: AppealRow, kind: str, event: int, staff_ids: list[int] | None = None
    ) -> None:
        """To the given staff, else to the managers and the owner."""
        if staff_ids is None:
            staff_ids = sorted({*await work.managers(), *([row.owner_id] if row.owner_id else [])})
        key = f"appeal:{event}:{kind}:staff"
        about: dict[str, Any] = {"number": row.number, "district": row.district, "topic": row.topic}
        await work.notices.tell_staff(staff_ids, kind, key, appeal_id=row.id, **about)
        work.signal("notice", appeal_id=row.id)
