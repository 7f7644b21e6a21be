"""Who is on duty: the roster, and what staff say themselves."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import delete, or_, select, union, update

from store.models import (
    AppealEventRow,
    DeskMessageRow,
    DutyDayOffRow,
    DutyShiftRow,
    HandoffEventRow,
    PresenceRow,
)
from store.repositories.base import Repository, insert_for, upsert_for


class DutyRepository(Repository):
    """Shifts and presence. What follows from them is the desk's rule, not the store's."""

    async def add_shift(
        self, staff_id: int, begins: time, ends: time, *, weekday: int | None = None, day: date | None = None
    ) -> DutyShiftRow:
        """A shift of every `weekday` (0 is Monday) or of one `day`; give one of the two."""
        row = DutyShiftRow(staff_id=staff_id, weekday=weekday, day=day, begins=begins, ends=ends)
        self.session.add(row)
        await self.session.flush()
        return row

    async def remove_shift(self, shift_id: int) -> bool:
        """Take a shift off the roster; False where there is none."""
        return await self.count(delete(DutyShiftRow).where(DutyShiftRow.id == shift_id)) > 0

    async def shifts(self, days: Sequence[date] | None = None) -> Sequence[DutyShiftRow]:
        """The whole roster, or all weekly shifts and those of `days`."""
        chosen = select(DutyShiftRow).order_by(DutyShiftRow.weekday, DutyShiftRow.day, DutyShiftRow.begins)
        if days is not None:
            chosen = chosen.where(or_(DutyShiftRow.day.is_(None), DutyShiftRow.day.in_(days)))
        return (await self.session.scalars(chosen)).all()

    async def add_day_off(self, staff_id: int, day: date) -> bool:
        """Somebody is off duty on that day; False where they were already."""
        new = insert_for(self.dialect, DutyDayOffRow).values(staff_id=staff_id, day=day)
        return await self.count(new.on_conflict_do_nothing()) > 0

    async def remove_day_off(self, staff_id: int, day: date) -> bool:
        """The roster holds on that day again; False where it did."""
        theirs = (DutyDayOffRow.staff_id == staff_id, DutyDayOffRow.day == day)
        return await self.count(delete(DutyDayOffRow).where(*theirs)) > 0

    async def days_off(self, days: Sequence[date]) -> dict[int, set[date]]:
        """Which of `days` each member of staff has off."""
        found: dict[int, set[date]] = {}
        for row in await self.session.scalars(select(DutyDayOffRow).where(DutyDayOffRow.day.in_(days))):
            found.setdefault(row.staff_id, set()).add(row.day)
        return found

    async def set_presence(self, staff_id: int, on_duty: bool, *, idle: bool = False) -> None:
        """Keep what somebody says of being on duty; `idle`: qifu says it of them, and has to tell them."""
        await self.session.execute(
            upsert_for(self.dialect, PresenceRow, "staff_id", "on_duty", "since", "idle"),
            {"staff_id": staff_id, "on_duty": on_duty, "since": self.clock(), "idle": idle},
        )

    async def acted_since(self, since: datetime) -> set[int]:
        """Who has done something at the desk since then: with a handoff, with an appeal, or in words."""
        acted = union(
            select(HandoffEventRow.staff_id).where(HandoffEventRow.at >= since),
            select(AppealEventRow.staff_id).where(AppealEventRow.at >= since),
            select(DeskMessageRow.staff_id).where(DeskMessageRow.at >= since),
        )
        return {staff for staff in await self.session.scalars(acted) if staff is not None}

    async def idle_since(self, staff_id: int) -> datetime | None:
        """When qifu took somebody off duty without having told them yet; from then on it has."""
        row = await self.session.get(PresenceRow, staff_id, populate_existing=True)
        if row is None or not row.idle:
            return None
        since, told = row.since, update(PresenceRow).where(PresenceRow.staff_id == staff_id, PresenceRow.idle)
        return since if await self.count(told.values(idle=False)) else None

    async def presence(self) -> Sequence[PresenceRow]:
        """What everybody said last."""
        return (await self.session.scalars(select(PresenceRow), execution_options={"populate_existing": True})).all()
