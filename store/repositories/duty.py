"""Who is on duty: the roster, and what staff say themselves."""

from collections.abc import Sequence
from datetime import date, time

from sqlalchemy import delete, or_, select

from store.models import DutyShiftRow, PresenceRow
from store.repositories.base import Repository, upsert_for


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

    async def set_presence(self, staff_id: int, on_duty: bool) -> None:
        """Keep what somebody says of being on duty."""
        await self.session.execute(
            upsert_for(self.dialect, PresenceRow, "staff_id", "on_duty", "since"),
            {"staff_id": staff_id, "on_duty": on_duty, "since": self.clock()},
        )

    async def presence(self) -> Sequence[PresenceRow]:
        """What everybody said last."""
        return (await self.session.scalars(select(PresenceRow), execution_options={"populate_existing": True})).all()
