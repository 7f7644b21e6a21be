"""排班: who is on duty on which day of a week, and who is there now."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Annotated

from fastapi import Query
from nicegui import ui

from bot.desk.roster import shifts_of
from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.desk.said import attempt
from console.desk.seat import Seat
from console.live import follow
from console.navigation import PREFIX
from console.times import SHANGHAI
from qifu.errors import DeskError
from qifu.labels import StaffRole
from store.models import DutyShiftRow, PresenceRow, StaffRow
from store.repositories import DutyRepository

_DAYS = 7
_WEEK = timedelta(days=_DAYS)
_MORE_OFTEN = 8.0


def register(console: Console) -> None:
    """Registers the page."""
    services, desk = console.services, console.services.desk
    if desk is None:
        return

    @console.page("duty")
    async def duty(staff: Staff, week: Annotated[str, Query(max_length=10)] = "") -> None:
        await _Roster(Seat(services, desk, staff), week).show()


@dataclass(frozen=True)
class _Week:
    people: Sequence[StaffRow]
    shifts: Sequence[DutyShiftRow]
    days_off: Mapping[int, set[date]]
    present: Mapping[int, PresenceRow]
    on_duty: frozenset[int]
    loads: Mapping[int, int]


class _Roster:
    """One week; managers change it."""

    def __init__(self, seat: Seat, week: str) -> None:
        self._seat = seat
        self._desk = seat.desk
        self._calendar = seat.desk.rules.calendar
        self._words = seat.words
        self._today = seat.now.astimezone(SHANGHAI).date()
        day = self._today
        with suppress(ValueError):
            day = date.fromisoformat(week)
        self._monday = day - timedelta(days=day.weekday())
        self._stamp: object = None

    async def show(self) -> None:
        """The page."""
        words, calendar = self._words, self._calendar
        hours = f"{calendar.opens:%H:%M}–{calendar.closes:%H:%M}"
        with parts.heading(words("roster.title"), words("roster.lead", hours=hours)):
            self._weeks()
        self._body = parts.box("div", "roster")
        await self._look()
        follow(self._desk, self._look, lambda signal: signal.kind in ("presence", "claimed", "closed"), _MORE_OFTEN)

    def _weeks(self) -> None:
        words = self._words
        for key, icon, monday in (
            ("before", "chevron_left", self._monday - _WEEK),
            ("after", "chevron_right", self._monday + _WEEK),
        ):
            url = f"{PREFIX}/duty?week={monday}"
            label = words(f"roster.{key}")
            with parts.box("a", "icon-button edged", href=url, aria_label=label, title=label):
                parts.icon(icon)
        parts.link(words("roster.this_week"), f"{PREFIX}/duty", "button-link")

    async def _load(self) -> _Week:
        people = [
            row
            for row in await self._seat.services.people.all()
            if row.active and row.role in (StaffRole.SERVICE, StaffRole.MANAGER)
        ]
        async with self._seat.services.database.session() as session:
            duty = DutyRepository(session, self._seat.services.clock)
            days = [self._day(n) for n in range(_DAYS)]
            shifts, off = await duty.shifts(days), await duty.days_off(days)
            present = {row.staff_id: row for row in await duty.presence()}
        on_duty = frozenset(row.id for row in await self._desk.roster.on_duty())
        return _Week(people, shifts, off, present, on_duty, await self._desk.roster.loads())

    def _day(self, n: int) -> date:
        return self._monday + timedelta(days=n)

    async def _look(self) -> None:
        week = await self._load()
        shifts = [(row.id, row.staff_id) for row in week.shifts]
        off = sorted((staff, day) for staff, days in week.days_off.items() for day in days)
        stamp = (shifts, off, week.on_duty, tuple(week.loads.items()), [(row.id, row.name) for row in week.people])
        if stamp == self._stamp:
            return
        self._stamp = stamp
        self._body.clear()
        with self._body:
            self._now(week)
            with parts.card(classes="flush"):
                self._table(week)
            parts.text("p", self._words("roster.legend"), "lead")

    def _now(self, week: _Week) -> None:
        words, now = self._words, self._seat.now
        there = [row for row in week.people if row.id in week.on_duty]
        with parts.card(words("roster.now", n=len(there)), classes="now"):
            if not self._calendar.is_open(now):
                opens = self._calendar.next_opening(now)
                parts.text("p", words("roster.closed", at=f"{opens:%m-%d %H:%M}"), "lead")
            if not there:
                parts.badge(words("roster.nobody"), "bad" if self._calendar.is_open(now) else "quiet")
            with parts.box("ul", "present"):
                for row in there:
                    with parts.box("li"):
                        parts.text("span", row.name[:1], "me-mark", aria_hidden="true")
                        with parts.box("span", "present-words"):
                            parts.text("strong", row.name)
                            load = words("roster.load", n=week.loads.get(row.id, 0), most=row.most_chats)
                            own = words("roster.own") if self._said_so(week.present.get(row.id)) else ""
                            parts.text("span", " · ".join(filter(None, (load, own))))

    def _said_so(self, presence: PresenceRow | None) -> bool:
        return presence is not None and presence.since.astimezone(SHANGHAI).date() == self._today

    def _table(self, week: _Week) -> None:
        words = self._words
        days = [self._heading(self._day(n)) for n in range(_DAYS)]
        with parts.table((words("roster.person"), *days), words("roster.title")) as line:
            for person in week.people:
                own = [row for row in week.shifts if row.staff_id == person.id]
                with line():
                    with parts.cell(words("roster.person"), classes="nowrap"):
                        parts.text("strong", person.name)
                        parts.text("span", words(f"role.{person.role}"), "under")
                    for n, heading in enumerate(days):
                        today = "today" if self._day(n) == self._today else ""
                        with parts.cell(heading, classes=f"shift-cell {today}"), parts.box("div", "shifts"):
                            if self._day(n) in week.days_off.get(person.id, ()):
                                self._off_cell(person, self._day(n))
                            else:
                                self._cell(person, self._day(n), own)

    def _heading(self, day: date) -> str:
        words = self._words
        name = words("roster.day", name=words(f"weekday.{day.weekday()}"), day=f"{day:%m-%d}")
        works = self._calendar.is_working_day(day)
        if works and day.weekday() > 4:
            return f"{name} {words('roster.make_up')}"
        return name if works or day.weekday() > 4 else f"{name} {words('roster.holiday')}"

    def _off_cell(self, person: StaffRow, day: date) -> None:
        words = self._words
        with parts.box("span", "shift off"):
            parts.text("span", words("roster.off"))
            if self._seat.manages:
                label = words("roster.off_remove_label", name=person.name, day=self._heading(day))
                with parts.box("button", "shift-remove", type="button", aria_label=label, title=label) as button:
                    parts.icon("close")
                button.on("click", lambda: self._day_on(person, day), args=[])

    def _cell(self, person: StaffRow, day: date, own: Sequence[DutyShiftRow]) -> None:
        words = self._words
        for row in sorted(shifts_of(day, own, self._calendar), key=lambda row: row.begins):
            times = words("roster.times", begins=f"{row.begins:%H:%M}", ends=_end(row.ends))
            with parts.box("span", "shift once" if row.day else "shift"):
                parts.text("span", times)
                if self._seat.manages:
                    label = words("roster.remove_label", name=person.name, times=times)
                    with parts.box("button", "shift-remove", type="button", aria_label=label) as button:
                        parts.icon("close")
                    button.on("click", lambda row=row: self._remove(person, row), args=[])
        if self._seat.manages:
            label = words("roster.add_label", name=person.name, day=self._heading(day))
            with parts.box("button", "shift-add", type="button", aria_label=label, title=label) as button:
                parts.icon("add")
            button.on("click", lambda: self._add(person, day), args=[])

    def _add(self, person: StaffRow, day: date) -> None:
        words, calendar = self._words, self._calendar
        with parts.dialog(words("roster.add_title", name=person.name)) as dialog:
            kinds = {
                "weekly": words("roster.weekly"),
                "once": words("roster.once", day=f"{day:%m-%d}"),
                "off": words("roster.day_off", day=f"{day:%m-%d}"),
            }
            kind = ui.radio(kinds, value="weekly").classes("choices")
            weekdays = ui.select(
                {n: words(f"weekday.{n}") for n in range(_DAYS)},
                label=words("roster.weekdays"),
                value=[day.weekday()],
                multiple=True,
            ).props("use-chips")
            weekdays.bind_visibility_from(kind, "value", value="weekly")
            with parts.box("div", "fields").bind_visibility_from(kind, "value", lambda value: value != "off"):
                begins = ui.input(words("roster.begins"), value=f"{calendar.opens:%H:%M}").props("type=time")
                ends = ui.input(words("roster.ends"), value=f"{calendar.closes:%H:%M}").props("type=time")
            for key in ("once", "off"):
                parts.text("p", words(f"roster.{key}_hint"), "lead").bind_visibility_from(kind, "value", value=key)

            async def go() -> None:
                if kind.value == "off":
                    if await self._day_off(person, day):
                        dialog.close()
                    return
                chosen = [day] if kind.value == "once" else sorted(weekdays.value or [])
                if await attempt(
                    self._seat.names,
                    lambda: self._keep(person, chosen, begins.value or "", ends.value or ""),
                    words("common.saved"),
                ):
                    dialog.close()
                    await self._look()

            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("common.add"), on_click=go)

    async def _keep(self, person: StaffRow, chosen: Sequence[date | int], begins: str, ends: str) -> None:
        by, roster = self._seat.staff.id, self._desk.roster
        try:
            first, last = time.fromisoformat(begins), time.fromisoformat(ends)
        except ValueError:
            raise DeskError("bad_shift") from None
        if not chosen:
            raise DeskError("bad_shift")
        for when in chosen:
            if isinstance(when, date):
                await roster.add_shift(by, person.id, first, last, day=when)
            else:
                await roster.add_shift(by, person.id, first, last, weekday=when)
        days = [str(when) if isinstance(when, date) else self._words(f"weekday.{when}") for when in chosen]
        await self._seat.services.note(by, "duty.add", f"staff:{person.id}", days=days, times=f"{begins}–{ends}")

    async def _day_off(self, person: StaffRow, day: date) -> bool:
        by, roster = self._seat.staff.id, self._desk.roster
        if not await attempt(
            self._seat.names, lambda: roster.add_day_off(by, person.id, day), self._words("common.saved")
        ):
            return False
        await self._seat.services.note(by, "duty.off", f"staff:{person.id}", days=[str(day)])
        await self._look()
        return True

    async def _day_on(self, person: StaffRow, day: date) -> None:
        by, roster = self._seat.staff.id, self._desk.roster
        if await attempt(
            self._seat.names, lambda: roster.remove_day_off(by, person.id, day), self._words("common.saved")
        ):
            await self._seat.services.note(by, "duty.on", f"staff:{person.id}", days=[str(day)])
            await self._look()

    async def _remove(self, person: StaffRow, row: DutyShiftRow) -> None:
        words, by = self._words, self._seat.staff.id
        times = words("roster.times", begins=f"{row.begins:%H:%M}", ends=_end(row.ends))
        day = f"{row.day}" if row.day else words("roster.every", day=words(f"weekday.{row.weekday}"))
        lead = words("roster.remove_lead", name=person.name, day=day, times=times)
        if not await parts.ask(words, words("roster.remove_title"), lead, words("roster.remove"), bad=True):
            return
        if await attempt(self._seat.names, lambda: self._desk.roster.remove_shift(by, row.id)):
            await self._seat.services.note(by, "duty.remove", f"staff:{person.id}", days=[day], times=times)
            await self._look()


def _end(ends: time) -> str:
    return "24:00" if ends == time(0) else f"{ends:%H:%M}"
