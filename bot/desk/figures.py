"""The desk's figures of any period, loaded as events and computed anew each time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.desk.rules import DeskRules
from bot.desk.sla import AppealFigures, Event, HandoffFigures, appeal_figures, handoff_figures, share
from bot.desk.work import DeskStore
from store.repositories import FigureRepository
from store.repositories.numbers import SHANGHAI


@dataclass(frozen=True)
class DeskFigures:
    """Everything of one period; none of it names a user or a member of staff, so it may be shown to all.

    `asked` are conversations with a question, `bot_solved` the share of them the bot answered without a person being
    called, an appeal or a thumb down (of conversations not forgotten yet). `waiting_now` counts the whole queue,
    whenever it was joined.
    """

    since: datetime
    until: datetime
    at: datetime
    asked: int
    bot_solved: float | None
    waiting_now: int
    handoffs: HandoffFigures
    appeals: AppealFigures


class Figures:
    """Figures from stored events."""

    def __init__(self, store: DeskStore, rules: DeskRules) -> None:
        self._store = store
        self._rules = rules

    async def of(self, since: datetime, until: datetime) -> DeskFigures:
        """The figures of what came in within [since, until), as things stand now."""
        async with self._store.work() as work:
            repository = FigureRepository(work.session)
            handoffs = [
                Event(row.handoff_id, row.at, row.kind, row.detail)
                for row in await repository.handoff_events(since, until)
            ]
            appeals = [
                Event(row.appeal_id, row.at, row.kind, row.detail)
                for row in await repository.appeal_events(since, until)
            ]
            talks = await repository.talks(since, until)
            waiting = len(await work.handoffs.waiting())
        return DeskFigures(
            since,
            until,
            work.now,
            asked=talks.asked,
            bot_solved=share(talks.solved, talks.asked),
            waiting_now=waiting,
            handoffs=handoff_figures(handoffs, work.now, self._rules.calendar.service_seconds),
            appeals=appeal_figures(appeals, work.now),
        )

    async def of_days(self, first: date, last: date) -> DeskFigures:
        """The figures of whole days in Shanghai, both included."""
        since = datetime.combine(first, time(0), SHANGHAI)
        return await self.of(since, datetime.combine(last + timedelta(days=1), time(0), SHANGHAI))
