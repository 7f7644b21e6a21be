"""An appeal's deadline in words and in how much it presses."""

from datetime import datetime

from console.parts import Tone
from console.times import SHANGHAI
from console.wording import Words
from store.models import AppealRow

_SOON = 2
"""Days before the deadline from which it presses."""


def promise(row: AppealRow, now: datetime, words: Words) -> tuple[str, Tone]:
    """Until when a person was promised to answer, while nobody has; nothing where nothing is to be kept."""
    if row.promised_by is None:
        return "", "quiet"
    day, today = row.promised_by.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    if row.promised_by < now:
        return words("appeals.promise_missed"), "bad"
    return (words("appeals.promise_today") if day == today else words("appeals.promise", day=f"{day:%m-%d}")), "warn"


def pressing(row: AppealRow, now: datetime, words: Words) -> list[tuple[str, Tone]]:
    """What is due of an appeal: the answer that was promised, and its deadline where that is another moment."""
    due = [promise(row, now, words), deadline(row, now, words)]
    if row.promised_by is not None and row.deadline == row.promised_by:
        due.pop()
    return [(said, tone) for said, tone in due if said]


def promised_in_words(row: AppealRow, words: Words) -> str:
    """The day that was promised, and whether somebody has answered; nothing where nothing was promised."""
    if row.answer_by is None:
        return ""
    promised = words("appeals.answer_by_day", day=f"{row.answer_by.astimezone(SHANGHAI):%Y-%m-%d}")
    if row.answered_at is None:
        return promised
    return f"{promised}；{words('appeals.answered_at', at=f'{row.answered_at.astimezone(SHANGHAI):%m-%d %H:%M}')}"


def deadline(row: AppealRow, now: datetime, words: Words) -> tuple[str, Tone]:
    """Such as 超期 3 天, 今天 17:30 到期, 11-25 到期; nothing of what has ended."""
    if row.joined_to is not None:
        return "", "quiet"
    if not row.is_open:
        return _ended(row, words)
    due, here = row.deadline.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    days = (due.date() - here.date()).days
    if row.deadline < now:
        over = (here.date() - due.date()).days
        return (words("appeals.overdue_days", n=over) if over else words("appeals.overdue_today")), "bad"
    if days == 0:
        return words("appeals.due_today", at=f"{due:%H:%M}"), "warn"
    if days == 1:
        return words("appeals.due_tomorrow"), "warn"
    form = "%m-%d" if due.year == here.year else "%Y-%m-%d"
    return words("appeals.due", day=due.strftime(form)), "warn" if days <= _SOON else "quiet"


def _ended(row: AppealRow, words: Words) -> tuple[str, Tone]:
    """When it was resolved, and whether that was in time."""
    if row.resolved_at is None:
        return "", "quiet"
    late, day = row.resolved_at > row.deadline, f"{row.resolved_at.astimezone(SHANGHAI):%m-%d}"
    return words("appeals.resolved_late" if late else "appeals.resolved_at", day=day), "warn" if late else "quiet"
