"""Service hours: when the desk is open, in Shanghai's time and by China's working days.

Working days and make-up days come from the `holidays` package (CN), which follows the State Council's yearly notices;
for years not announced yet it knows the holidays themselves but no make-up days.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import holidays

from store.repositories.numbers import SHANGHAI

_DAY = timedelta(days=1)
_FARTHEST = 400
"""Days to look ahead for an opening; no calendar closes a desk for longer."""


@dataclass
class ServiceCalendar:
    """`opens` to `closes` each working day, or with `every_day` on every day; `closes` at 00:00 means midnight."""

    opens: time = time(9, 0)
    closes: time = time(17, 30)
    every_day: bool = False
    _days: holidays.HolidayBase = field(default_factory=lambda: holidays.country_holidays("CN"), repr=False)
    _known: dict[date, bool] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.closes != time(0) and self.closes <= self.opens:
            raise ValueError("the desk closes after it opens")

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that day, make-up days included."""
        if day not in self._known:
            self._known[day] = self._days.is_working_day(day)
        return self._known[day]

    def hours(self, day: date) -> tuple[datetime, datetime] | None:
        """When the desk opens and closes on that day in Shanghai; None where it stays closed."""
        if not (self.every_day or self.is_working_day(day)):
            return None
        return datetime.combine(day, self.opens, SHANGHAI), self._closing(day)

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at that moment; at closing time it isn't any more."""
        hours = self.hours(at.astimezone(SHANGHAI).date())
        return hours is not None and hours[0] <= at < hours[1]

    def next_opening(self, at: datetime) -> datetime:
        """The next moment at which the desk is open, `at` itself where it is; in Shanghai's time."""
        day = at.astimezone(SHANGHAI).date()
        for _ in range(_FARTHEST):
            if (hours := self.hours(day)) and at < hours[1]:
                return max(hours[0], at.astimezone(SHANGHAI))
            day += _DAY
        raise ValueError(f"no opening within {_FARTHEST} days of {at}")

    def service_seconds(self, since: datetime, until: datetime) -> float:
        """Seconds within service hours between two moments; 0 where `until` isn't later."""
        day, last = since.astimezone(SHANGHAI).date(), until.astimezone(SHANGHAI).date()
        seconds = 0.0
        while day <= last:
            if hours := self.hours(day):
                seconds += max(0.0, (min(until, hours[1]) - max(since, hours[0])).total_seconds())
            day += _DAY
        return seconds

    def add_working_days(self, at: datetime, days: int) -> datetime:
        """The close of the n-th working day after the day of `at` in Shanghai: a deadline of `days` working days."""
        day = at.astimezone(SHANGHAI).date()
        while days > 0:
            day += _DAY
            days -= self.is_working_day(day)
        return self._closing(day)

    def end_of(self, at: datetime) -> datetime:
        """When the desk closes on the day of `at` in Shanghai."""
        return self._closing(at.astimezone(SHANGHAI).date())

    def _closing(self, day: date) -> datetime:
        end = day + _DAY if self.closes == time(0) else day
        return datetime.combine(end, self.closes, SHANGHAI)
