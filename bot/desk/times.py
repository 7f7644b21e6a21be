"""Moments, spans and hours as people read them, in Shanghai's time; the words are in wording.yml under `times`."""

from datetime import datetime

from bot.desk.calendar import ServiceCalendar
from bot.desk.wording import DeskWording
from qifu.labels import Language
from store.repositories.numbers import SHANGHAI

_MINUTE = 60


class Times:
    """Says when."""

    def __init__(self, wording: DeskWording) -> None:
        self._wording = wording

    def day(self, at: datetime, language: Language) -> str:
        """11月23日（周一） or Mon 23 Nov."""
        local = at.astimezone(SHANGHAI)
        words = {name: self._wording.say(f"times.{name}", language).split() for name in ("weekdays", "months")}
        weekday, month = words["weekdays"][local.weekday()], words["months"][local.month - 1]
        return self._wording.say("times.day", language, weekday=weekday, month=month, day=local.day)

    def moment(self, at: datetime, language: Language) -> str:
        """11月23日（周一）9:00 or Mon 23 Nov, 9:00."""
        local = at.astimezone(SHANGHAI)
        clock = f"{local.hour}:{local.minute:02d}"
        return self._wording.say("times.moment", language, day=self.day(at, language), time=clock)

    def span(self, seconds: float, language: Language) -> str:
        """Seconds as somebody would say them: 不到 1 分钟, 约 3 分钟."""
        minutes = 0 if seconds < _MINUTE else round(seconds / _MINUTE)
        return self._wording.say("times.span", language, minutes=minutes)

    def hours(self, calendar: ServiceCalendar, language: Language) -> str:
        """工作日 9:00–17:30."""
        opens, closes = (f"{at.hour}:{at.minute:02d}" for at in (calendar.opens, calendar.closes))
        closes = "24:00" if closes == "0:00" else closes
        return self._wording.say("times.hours", language, every_day=calendar.every_day, opens=opens, closes=closes)
