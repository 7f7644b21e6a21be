"""How the console writes moments: in Shanghai's time, as short as is clear."""

from datetime import date, datetime, timedelta, timezone

from console.wording import Words

# Shanghai keeps UTC+8 all year.
SHANGHAI = timezone(timedelta(hours=8))


def moment(at: datetime, now: datetime, words: Words) -> str:
    """Such as 刚刚, 5 分钟前, 今天 14:03, 昨天 09:12, 11-02 08:00 or 2025-11-02 08:00."""
    local, here = at.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    ago = now - at
    if timedelta(0) <= ago < timedelta(minutes=1):
        return words("common.just_now")
    if timedelta(0) <= ago < timedelta(hours=1):
        return words("common.minutes_ago", n=int(ago.total_seconds() // 60))
    days = (here.date() - local.date()).days
    if days in (0, 1):
        return f"{words('common.yesterday' if days else 'common.today')} {local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == here.year else f"{local:%Y-%m-%d %H:%M}"


def exact(at: datetime) -> str:
    """To the second."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def day_of(day: date) -> tuple[datetime, datetime]:
    """A day in Shanghai: its first moment and the first one after it."""
    start = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return start, start + timedelta(days=1)
