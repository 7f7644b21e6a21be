"""The figures of a period, from the database, as the page draws them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.desk.figures import DeskFigures
from console.review.alike import Group, grouped
from console.services import ConsoleServices
from console.times import SHANGHAI
from qifu.labels import Outcome
from store.repositories import FigureRepository, ReviewFigureRepository
from store.repositories.desk_figures import Talks
from store.repositories.review_figures import Asked, Cell, Hour
from store.repositories.review_filter import QUESTIONS

MOST_MATTERS = 12
MOST_UNANSWERED = 1000


@dataclass(frozen=True)
class Totals:
    """How many turns there were, and how they ended."""

    turns: int
    questions: int
    by_outcome: Counter[Outcome]

    @classmethod
    def of(cls, hours: Sequence[Hour]) -> "Totals":
        """Added up from hours."""
        found: Counter[Outcome] = Counter()
        for hour in hours:
            found[hour.outcome] += hour.n
        return cls(found.total(), sum(found[outcome] for outcome in QUESTIONS), found)

    def share(self, outcome: Outcome) -> float | None:
        """The part of the questions that ended so."""
        return self.by_outcome[outcome] / self.questions if self.questions else None


@dataclass(frozen=True)
class Day:
    """A day in Shanghai: questions, and those of them without an answer."""

    day: date
    questions: int
    no_answer: int


@dataclass(frozen=True)
class Counted:
    """All figures of a period; `before` are the totals of the period of the same length before it."""

    totals: Totals
    before: Totals
    conversations: int
    days: list[Day]
    earlier: list[int]
    by_hour: list[int]
    cells: list[Cell]
    matters: list[Asked]
    groups: list[Group]
    thumbs: tuple[int, int]
    talks: Talks
    desk: DeskFigures | None


async def count(services: ConsoleServices, since: datetime, until: datetime) -> Counted:
    """The figures of [since, until)."""
    start = since - (until - since)
    async with services.database.session() as session:
        repository = ReviewFigureRepository(session)
        await repository.prepare()
        hours = await repository.hours(start, until)
        conversations = await repository.conversations(since, until)
        cells = await repository.cells(since, until)
        matters = await repository.matters(since, until, MOST_MATTERS)
        unanswered = await repository.unanswered(since, until, MOST_UNANSWERED)
        thumbs = await repository.thumbs(since, until)
        desk = await services.desk.figures.of(since, until) if services.desk else None
        talks = Talks(desk.asked, round(desk.asked * (desk.bot_solved or 0))) if desk else None
        talks = talks or await FigureRepository(session).talks(since, until)
    now = [hour for hour in hours if hour.at >= since]
    earlier = [hour for hour in hours if hour.at < since]
    length = (until - since).days
    return Counted(
        totals=Totals.of(now),
        before=Totals.of(earlier),
        conversations=conversations,
        days=_days(now, since, length),
        earlier=[day.questions for day in _days(earlier, start, length)],
        by_hour=_by_hour(now),
        cells=cells,
        matters=matters,
        groups=await asyncio.to_thread(grouped, unanswered),
        thumbs=thumbs,
        talks=talks,
        desk=desk,
    )


def _days(hours: Sequence[Hour], since: datetime, length: int) -> list[Day]:
    questions: Counter[date] = Counter()
    no_answer: Counter[date] = Counter()
    for hour in hours:
        day = hour.at.astimezone(SHANGHAI).date()
        questions[day] += hour.n if hour.outcome in QUESTIONS else 0
        no_answer[day] += hour.n if hour.outcome is Outcome.NO_ANSWER else 0
    first = since.astimezone(SHANGHAI).date()
    days = [first + timedelta(days=n) for n in range(length)]
    return [Day(day, questions[day], no_answer[day]) for day in days]


def _by_hour(hours: Sequence[Hour]) -> list[int]:
    found: Counter[int] = Counter()
    for hour in hours:
        found[hour.at.astimezone(SHANGHAI).hour] += hour.n
    return [found[hour] for hour in range(24)]
