"""The desk's figures day by day, from one reading of the events."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.desk.desk import Desk
from bot.desk.sla import Event, HandoffFigures, handoff_figures
from console.times import SHANGHAI
from qifu.labels import HandoffEvent
from store.repositories import FigureRepository


@dataclass(frozen=True, slots=True)
class Day:
    """What was requested on one day in Shanghai."""

    day: date
    figures: HandoffFigures


async def daily(desk: Desk, first: date, last: date) -> list[Day]:
    """Each day from the first to the last, both included."""
    since = datetime.combine(first, time(0), SHANGHAI)
    until = datetime.combine(last + timedelta(days=1), time(0), SHANGHAI)
    async with desk.store.work() as work:
        rows = await FigureRepository(work.session).handoff_events(since, until)
        events = [Event(row.handoff_id, row.at, row.kind, row.detail) for row in rows]
        now = work.now
    day_of = {
        event.subject: event.at.astimezone(SHANGHAI).date() for event in events if event.kind == HandoffEvent.REQUESTED
    }
    by_day: dict[date, list[Event]] = defaultdict(list)
    for event in events:
        by_day[day_of[event.subject]].append(event)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    seconds = desk.rules.calendar.service_seconds
    return [Day(day, handoff_figures(by_day[day], now, seconds)) for day in days]
