"""Moments and spans as people read them, in Shanghai's time."""

from datetime import datetime

from qifu.labels import Language
from store.repositories.numbers import SHANGHAI

_WEEKDAYS = {Language.ZH: "一二三四五六日", Language.EN: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE = 60


def day(at: datetime, language: Language) -> str:
    """11月23日（周一） or Mon 23 Nov."""
    local = at.astimezone(SHANGHAI)
    weekday = _WEEKDAYS[language][local.weekday()]
    if language is Language.EN:
        return f"{weekday} {local.day} {_MONTHS[local.month - 1]}"
    return f"{local.month}月{local.day}日（周{weekday}）"


def moment(at: datetime, language: Language) -> str:
    """11月23日（周一）9:00 or Mon 23 Nov, 9:00."""
    local = at.astimezone(SHANGHAI)
    between = ", " if language is Language.EN else ""
    return f"{day(at, language)}{between}{local.hour}:{local.minute:02d}"


def span(seconds: float, language: Language) -> str:
    """Seconds as somebody would say them: 不到 1 分钟, 约 3 分钟."""
    minutes = max(1, round(seconds / _MINUTE))
    if seconds < _MINUTE:
        return "less than a minute" if language is Language.EN else "不到 1 分钟"
    if language is Language.EN:
        return f"about {minutes} minute{'s' if minutes > 1 else ''}"
    return f"约 {minutes} 分钟"
