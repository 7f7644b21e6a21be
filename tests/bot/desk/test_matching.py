"""The best suited free person comes first; who is on duty follows from the roster and from what they say."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.desk.calendar import ServiceCalendar
from bot.desk.desk import Desk
from bot.desk.matching import Wanted, best
from bot.desk.roster import is_on_duty
from qifu.labels import District, Language, Topic
from store.database import Database
from store.models import DutyShiftRow, PresenceRow, StaffRow
from tests.bot.desk.support import OPEN_AT, WEB, People, a_person, of, refused
from tests.store.factories import FakeClock

CALENDAR = ServiceCalendar()


def person(staff_id: int, most: int = 3, **named: list[str]) -> StaffRow:
    """Somebody who takes what is named; everything where nothing is."""
    lists: dict[str, list[str]] = {"districts": [], "topics": [], "languages": []}
    return StaffRow(id=staff_id, most_chats=most, **(lists | named))


ANYBODY = person(1)
TAX = person(2, topics=["taxes"])
MINHANG = person(3, districts=["minhang"])
ENGLISH = person(4, languages=["en"])
CHINESE_TAX = person(5, languages=["zh"], topics=["taxes"], districts=["minhang"])


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (Wanted(Language.ZH, None, Topic.TAXES), TAX),
        (Wanted(Language.ZH, District.MINHANG, Topic.TAXES), CHINESE_TAX),
        (Wanted(Language.EN, District.MINHANG, Topic.TAXES), TAX),
        (Wanted(Language.ZH, District.MINHANG), MINHANG),
        (Wanted(Language.EN, District.MINHANG, Topic.CREDIT), MINHANG),
        (Wanted(Language.EN, None, Topic.TAXES), TAX),
    ],
)
def test_language_counts_most_then_topic_then_district(wanted: Wanted, chosen: StaffRow) -> None:
    found = best([ANYBODY, TAX, MINHANG, ENGLISH, CHINESE_TAX], {}, wanted)
    assert found is not None
    assert found.id == chosen.id


def test_the_less_busy_of_equals_is_chosen_and_nobody_above_their_limit() -> None:
    people, wanted = [person(1), person(2), person(3, most=1)], Wanted(Language.ZH)
    assert best(people, {1: 1}, wanted) is people[1]
    assert best(people, {1: 1, 2: 2}, wanted) is people[2]
    assert best(people, {1: 3, 2: 3, 3: 1}, wanted) is None
    assert best([], {}, wanted) is None


async def test_a_request_is_offered_to_the_best_on_duty(desk: Desk, people: People) -> None:
    row = of((await desk.handoffs.request(WEB, topic=Topic.TAXES, district=District.MINHANG)).handoff)
    assert row.offered_to == people.li
    assert row.offered_until == OPEN_AT + timedelta(seconds=20)


async def test_a_person_who_was_wished_for_is_asked_first(desk: Desk, people: People) -> None:
    assert of((await desk.handoffs.request(WEB, wished_staff=people.wang)).handoff).offered_to == people.wang


async def test_where_nobody_is_free_all_on_duty_are_asked_at_once(desk: Desk, database: Database) -> None:
    busy = await a_person(database, "busy", most_chats=0)
    await desk.roster.come(busy)
    row = of((await desk.handoffs.request(WEB)).handoff)
    assert (row.offered_to, row.offered_all_at) == (None, OPEN_AT)


def shift(begins: str, ends: str, weekday: int | None = None, day: str | None = None) -> DutyShiftRow:
    """A shift of one person."""
    on = date.fromisoformat(day) if day else None
    return DutyShiftRow(
        staff_id=1, weekday=weekday, day=on, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends)
    )


MORNING = [shift("09:00", "12:00", weekday=weekday) for weekday in range(5)]


@pytest.mark.parametrize(
    ("moment", "shifts", "there"),
    [
        ("11-18T10:00", MORNING, True),
        ("11-18T12:00", MORNING, False),
        ("11-18T13:00", [shift("13:00", "00:00", weekday=2)], True),
        # A day's own shift replaces the weekly one.
        ("11-18T10:00", [*MORNING, shift("14:00", "17:30", day="2026-11-18")], False),
        ("11-18T15:00", [*MORNING, shift("14:00", "17:30", day="2026-11-18")], True),
        # Weekly shifts pause on holidays; on a Saturday on which China works, Monday's hold.
        ("10-01T10:00", MORNING, False),
        ("10-10T10:00", MORNING, True),
        ("11-21T10:00", MORNING, False),
        ("11-21T10:00", [shift("09:00", "12:00", day="2026-11-21")], True),
        ("11-18T10:00", [], False),
    ],
)
def test_the_roster_says_who_is_on_duty(moment: str, shifts: list[DutyShiftRow], there: bool) -> None:
    at = datetime.fromisoformat(f"2026-{moment}+08:00").astimezone(UTC)
    assert is_on_duty(at, shifts, None, CALENDAR) is there


def test_what_somebody_says_of_themselves_holds_for_that_day() -> None:
    gone = PresenceRow(staff_id=1, on_duty=False, since=OPEN_AT)
    came = PresenceRow(staff_id=1, on_duty=True, since=OPEN_AT)
    assert not is_on_duty(OPEN_AT + timedelta(hours=1), MORNING, gone, CALENDAR)
    assert is_on_duty(OPEN_AT + timedelta(hours=5), MORNING, came, CALENDAR)
    assert is_on_duty(OPEN_AT + timedelta(days=1), MORNING, gone, CALENDAR)
    assert not is_on_duty(OPEN_AT + timedelta(days=1, hours=5), MORNING, came, CALENDAR)


async def test_managers_keep_the_roster(desk: Desk, people: People, clock: FakeClock) -> None:
    roster = desk.roster
    kept = await roster.add_shift(people.chen, people.chen, time(9), time(12), weekday=2)
    assert [row.id for row in await roster.on_duty()] == [people.wang, people.li, people.chen]
    await roster.leave(people.wang)
    assert [row.id for row in await roster.on_duty()] == [people.li, people.chen]
    with refused("not_manager"):
        await roster.add_shift(people.wang, people.wang, time(9), time(12), weekday=2)
    for bad in ({}, {"weekday": 2, "day": date(2026, 11, 18)}, {"weekday": 7}):
        with refused("bad_shift"):
            await roster.add_shift(people.chen, people.wang, time(9), time(12), **bad)
    with refused("bad_shift"):
        await roster.add_shift(people.chen, people.wang, time(12), time(9), weekday=2)
    await roster.add_shift(people.chen, people.wang, time(9), time(12), day=date(2026, 11, 25))
    assert len(await roster.shifts()) == 2
    assert len(await roster.shifts(date(2026, 11, 18))) == 1
    assert await roster.remove_shift(people.chen, kept.id)
    assert not await roster.remove_shift(people.chen, kept.id)
    with refused("not_service"):
        await roster.come(people.zhao)


async def test_the_loads_are_what_each_has_now(desk: Desk, people: People) -> None:
    await desk.handoffs.take(WEB, people.wang)
    assert await desk.roster.loads() == {people.wang: 1}


async def test_a_day_off_holds_for_that_day_only_and_a_shift_of_the_day_ends_it(
    desk: Desk, people: People, clock: FakeClock
) -> None:
    roster = desk.roster
    clock.now = OPEN_AT + timedelta(days=1)  # what anybody said of themselves was yesterday
    for weekday in range(5):
        await roster.add_shift(people.chen, people.wang, time(9), time(17, 30), weekday=weekday)
    today = clock.now.date()
    assert await roster.add_day_off(people.chen, people.wang, today)
    assert not await roster.add_day_off(people.chen, people.wang, today)
    assert await roster.on_duty() == []
    clock.forward(days=1)
    assert [row.id for row in await roster.on_duty()] == [people.wang]
    clock.forward(days=-1)
    await roster.come(people.wang)
    assert [row.id for row in await roster.on_duty()] == [people.wang]
    await roster.leave(people.wang)
    await roster.add_shift(people.chen, people.li, time(9), time(17, 30), day=today)
    await roster.add_day_off(people.chen, people.li, today)
    assert await roster.on_duty() == []
    await roster.add_shift(people.chen, people.li, time(8), time(17, 30), day=today)
    assert [row.id for row in await roster.on_duty()] == [people.li]
    assert await roster.add_day_off(people.chen, people.li, today)
    assert await roster.remove_day_off(people.chen, people.li, today)
    assert not await roster.remove_day_off(people.chen, people.li, today)


async def test_only_managers_give_days_off_and_only_to_those_who_serve(desk: Desk, people: People) -> None:
    with refused("not_manager"):
        await desk.roster.add_day_off(people.wang, people.wang, OPEN_AT.date())
    with refused("not_manager"):
        await desk.roster.remove_day_off(people.wang, people.wang, OPEN_AT.date())
    with refused("not_service"):
        await desk.roster.add_day_off(people.chen, people.zhao, OPEN_AT.date())


async def test_a_handoff_is_not_offered_to_who_has_the_day_off(desk: Desk, people: People, clock: FakeClock) -> None:
    clock.now = OPEN_AT + timedelta(days=1)
    for somebody in (people.wang, people.li):
        await desk.roster.add_shift(people.chen, somebody, time(9), time(17, 30), weekday=3)
    await desk.roster.add_day_off(people.chen, people.wang, clock.now.date())
    assert of((await desk.handoffs.request(WEB)).handoff).offered_to == people.li
