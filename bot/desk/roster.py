"""Who is on duty: what somebody says of themselves today, else the roster."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta

from bot.desk.calendar import ServiceCalendar
from bot.desk.work import SERVING, DeskStore, Work
from qifu.errors import DeskError
from store.models import DutyShiftRow, PresenceRow, StaffRow
from store.repositories.numbers import SHANGHAI

_MONDAY = 0


def is_on_duty(
    at: datetime,
    shifts: Sequence[DutyShiftRow],
    presence: PresenceRow | None,
    calendar: ServiceCalendar,
    days_off: Collection[date] = (),
) -> bool:
    """Whether somebody with these shifts, days off and this presence is on duty.

    What they said themselves holds until the end of that day in Shanghai; then the roster holds again.
    """
    local = at.astimezone(SHANGHAI)
    if presence is not None and presence.since.astimezone(SHANGHAI).date() == local.date():
        return presence.on_duty
    return any(_covers(shift, local.time()) for shift in shifts_of(local.date(), shifts, calendar, days_off))


def shifts_of(
    day: date, shifts: Sequence[DutyShiftRow], calendar: ServiceCalendar, days_off: Collection[date] = ()
) -> list[DutyShiftRow]:
    """One person's shifts on a day: none on a day off, else those of the day itself, else the weekly ones.

    A weekend day on which China works, and for which there is no shift, follows Monday's.
    """
    if day in days_off:
        return []
    if own := [shift for shift in shifts if shift.day == day]:
        return own
    if not calendar.every_day and not calendar.is_working_day(day):
        return []
    weekly = [shift for shift in shifts if shift.weekday == day.weekday()]
    if not weekly and day.weekday() > 4 and not calendar.every_day:
        weekly = [shift for shift in shifts if shift.weekday == _MONDAY]
    return weekly


def _covers(shift: DutyShiftRow, moment: time) -> bool:
    return shift.begins <= moment and (shift.ends == time(0) or moment < shift.ends)


async def on_duty(work: Work, calendar: ServiceCalendar) -> list[StaffRow]:
    """The active service staff and managers who are on duty now, by id."""
    today = work.now.astimezone(SHANGHAI).date()
    shifts = await work.duty.shifts([today])
    off = await work.duty.days_off([today])
    presence = {row.staff_id: row for row in await work.duty.presence()}
    people = await work.staff.all(active=True, roles=SERVING)
    return sorted(
        (
            person
            for person in people
            if is_on_duty(work.now, _own(shifts, person.id), presence.get(person.id), calendar, off.get(person.id, ()))
        ),
        key=lambda person: person.id,
    )


def _own(shifts: Iterable[DutyShiftRow], staff_id: int) -> list[DutyShiftRow]:
    return [shift for shift in shifts if shift.staff_id == staff_id]


class Roster:
    """Shifts and presence, for the console and for staff on a messenger."""

    def __init__(self, store: DeskStore, calendar: ServiceCalendar) -> None:
        self._store = store
        self._calendar = calendar

    async def on_duty(self) -> list[StaffRow]:
        """Who is on duty now."""
        async with self._store.work() as work:
            return await on_duty(work, self._calendar)

    async def loads(self) -> dict[int, int]:
        """How many handoffs each member of staff has now."""
        async with self._store.work() as work:
            return await work.handoffs.loads()

    async def come(self, staff_id: int) -> None:
        """Somebody says they are on duty, for today. Raises DeskError not_service."""
        await self._say(staff_id, present=True)

    async def leave(self, staff_id: int) -> None:
        """Somebody says they are off duty, for today; what they have stays theirs. Raises DeskError not_service."""
        await self._say(staff_id, present=False)

    async def _say(self, staff_id: int, present: bool) -> None:
        async with self._store.work() as work:
            await work.serving(staff_id)
            await work.duty.set_presence(staff_id, present)
            work.signal("presence", staff_id=staff_id)

    async def told_idle(self, staff_id: int) -> datetime | None:
        """Since when somebody is off duty because they were away, where they weren't told yet; it is told once."""
        async with self._store.work() as work:
            return await work.duty.idle_since(staff_id)

    async def shifts(self, week_of: date | None = None) -> Sequence[DutyShiftRow]:
        """The whole roster, or the weekly shifts with those of single days in the week of a day."""
        days = None
        if week_of is not None:
            monday = week_of - timedelta(days=week_of.weekday())
            days = [monday + timedelta(days=n) for n in range(7)]
        async with self._store.work() as work:
            return await work.duty.shifts(days)

    async def add_shift(
        self, by: int, staff_id: int, begins: time, ends: time, *, weekday: int | None = None, day: date | None = None
    ) -> DutyShiftRow:
        """A manager puts somebody on the roster: every `weekday` (0 is Monday) or on one `day`; 00:00 ends at midnight.

        Raises DeskError not_manager, not_service, bad_shift.
        """
        async with self._store.work() as work:
            await work.manager(by)
            await work.serving(staff_id)
            if (weekday is None) == (day is None) or (ends != time(0) and ends <= begins):
                raise DeskError("bad_shift")
            if weekday is not None and weekday not in range(7):
                raise DeskError("bad_shift")
            if day is not None:
                await work.duty.remove_day_off(staff_id, day)
            return await work.duty.add_shift(staff_id, begins, ends, weekday=weekday, day=day)

    async def add_day_off(self, by: int, staff_id: int, day: date) -> bool:
        """A manager gives somebody a day off: no shift holds on it; False where it was one already.

        Who says on that day that they are on duty is. Raises DeskError not_manager, not_service.
        """
        async with self._store.work() as work:
            await work.manager(by)
            await work.serving(staff_id)
            work.signal("presence", staff_id=staff_id)
            return await work.duty.add_day_off(staff_id, day)

    async def remove_day_off(self, by: int, staff_id: int, day: date) -> bool:
        """The roster holds on that day again; False where it did. Raises DeskError not_manager."""
        async with self._store.work() as work:
            await work.manager(by)
            work.signal("presence", staff_id=staff_id)
            return await work.duty.remove_day_off(staff_id, day)

    async def remove_shift(self, by: int, shift_id: int) -> bool:
        """A manager takes a shift off the roster; False where there is none. Raises DeskError not_manager."""
        async with self._store.work() as work:
            await work.manager(by)
            return await work.duty.remove_shift(shift_id)
