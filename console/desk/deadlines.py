"""An appeal's deadline in words and in how much it presses."""

from datetime import datetime

from console.parts import Tone
from console.times import SHANGHAI
from console.wording import Words
from store.models import AppealRow

_SOON = 2
"""Days before the deadline from which it presses."""


def deadline(row: AppealRow, now: datetime, words: Words) -> tuple[str, Tone]:
    """Such as 超期 3 天, 今天 17:30 到期, 11-25 到期; nothing of what has ended."""
    if row.joined_to is not None:
        return "", "quiet"
    if not row.is_open:
        ended = row.resolved_at
        return (words("appeals.resolved_at", day=f"{ended.astimezone(SHANGHAI):%m-%d}") if ended else ""), "quiet"
    due, here = row.deadline.astimezone(SHANGHAI), now.astimezone(SHANGHAI)
    days = (due.date() - here.date()).days
    if row.deadline < now:
        late = (here.date() - due.date()).days
        return (words("appeals.overdue_days", n=late) if late else words("appeals.overdue_today")), "bad"
    if days == 0:
        return words("appeals.due_today", at=f"{due:%H:%M}"), "warn"
    if days == 1:
        return words("appeals.due_tomorrow"), "warn"
    form = "%m-%d" if due.year == here.year else "%Y-%m-%d"
    return words("appeals.due", day=due.strftime(form)), "warn" if days <= _SOON else "quiet"
