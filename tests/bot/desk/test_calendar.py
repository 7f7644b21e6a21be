"""Service hours follow China's calendar; time outside them doesn't count."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import ServiceCalendar
from store.repositories.numbers import SHANGHAI

CALENDAR = ServiceCalendar()
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20), timezones=st.just(UTC))


def at(day: str, moment: str = "10:00") -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(f"2026-{day}T{moment}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("11-18", True),  # a Wednesday
        ("11-21", False),  # a Saturday
        ("10-01", False),  # 国庆节
        ("10-10", True),  # a Saturday on which China works for 国庆节
        ("02-14", True),  # a Saturday on which China works for 春节
        ("02-17", False),  # 春节
    ],
)
def test_holidays_are_closed_and_make_up_days_open(day: str, works: bool) -> None:
    assert CALENDAR.is_open(at(day)) is works


def test_the_desk_opens_at_nine_and_is_closed_from_half_past_five_on() -> None:
    moments = ("08:59", "09:00", "17:29", "17:30", "23:00")
    assert [CALENDAR.is_open(at("11-18", moment)) for moment in moments] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at("11-18", "10:15"), at("11-18", "10:15")),
        (at("11-18", "07:00"), at("11-18", "09:00")),
        (at("11-18", "17:30"), at("11-19", "09:00")),
        (at("11-20", "20:00"), at("11-23", "09:00")),
        (at("09-30", "18:00"), at("10-08", "09:00")),
    ],
)
def test_the_next_opening_skips_nights_weekends_and_holidays(now: datetime, opens: datetime) -> None:
    assert CALENDAR.next_opening(now) == opens
    assert CALENDAR.next_opening(now.astimezone(UTC)) == opens


def test_the_clock_stands_still_outside_service_hours() -> None:
    assert CALENDAR.service_seconds(at("11-20", "17:29"), at("11-23", "09:01")) == 120
    assert CALENDAR.service_seconds(at("11-21"), at("11-22")) == 0
    assert CALENDAR.service_seconds(at("11-18", "11:00"), at("11-18", "10:00")) == 0
    # 国庆节 2026: from the 30th at noon to the 8th at noon there are 5.5 and 3 hours.
    assert CALENDAR.service_seconds(at("09-30", "12:00"), at("10-08", "12:00")) == 8.5 * 3600


@given(MOMENTS, st.integers(0, 4000))
def test_service_time_is_what_counting_minute_by_minute_finds(since: datetime, minutes: int) -> None:
    since = since.replace(second=0, microsecond=0)
    counted = sum(CALENDAR.is_open(since + timedelta(minutes=n)) for n in range(minutes))
    assert CALENDAR.service_seconds(since, since + timedelta(minutes=minutes)) == 60 * counted


@given(st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_service_time_adds_up(moments: list[datetime]) -> None:
    first, second, third = moments
    whole = CALENDAR.service_seconds(first, third)
    parts = CALENDAR.service_seconds(first, second) + CALENDAR.service_seconds(second, third)
    assert whole == pytest.approx(parts)
    assert 0 <= whole <= (third - first).total_seconds()


@given(MOMENTS)
def test_it_is_open_at_the_next_opening_and_not_before(moment: datetime) -> None:
    opens = CALENDAR.next_opening(moment)
    assert CALENDAR.is_open(opens)
    assert CALENDAR.service_seconds(moment, opens) == 0


@given(MOMENTS, st.integers(0, 30))
def test_a_deadline_is_the_close_of_the_nth_working_day(moment: datetime, days: int) -> None:
    deadline = CALENDAR.add_working_days(moment, days)
    start = moment.astimezone(SHANGHAI).date()
    between = [start + timedelta(days=n) for n in range(1, (deadline.date() - start).days + 1)]
    assert sum(CALENDAR.is_working_day(day) for day in between) == days
    assert deadline.timetz().replace(tzinfo=None) == time(17, 30)
    assert not days or CALENDAR.is_working_day(deadline.date())


def test_a_desk_may_be_open_every_day_and_until_midnight() -> None:
    calendar = ServiceCalendar(time(0), time(0), every_day=True)
    assert calendar.is_open(at("10-01", "23:59"))
    assert calendar.service_seconds(at("10-01", "00:00"), at("10-03", "00:00")) == 2 * 24 * 3600
    assert calendar.hours(date(2026, 10, 1)) == (at("10-01", "00:00"), at("10-02", "00:00"))


def test_a_desk_that_closes_before_it_opens_is_a_slip() -> None:
    with pytest.raises(ValueError, match="closes after it opens"):
        ServiceCalendar(time(18), time(9))
