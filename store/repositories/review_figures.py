"""What the figures on conversations are made of, counted by the database from the indexes of turns."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, text

from qifu.labels import Channel, District, Outcome
from store.models import ConversationRow, FeedbackRow, TurnRow
from store.repositories.base import Repository
from store.repositories.review_filter import QUESTIONS


class Hour(NamedTuple):
    """How many turns of an hour ended so; `at` is the hour's beginning."""

    at: datetime
    outcome: Outcome
    n: int


class Cell(NamedTuple):
    """How many turns there were of a topic, a district, a channel, and how they ended."""

    topic: str | None
    district: District | None
    channel: Channel
    outcome: Outcome
    n: int


class Asked(NamedTuple):
    """How often a matter was asked for, and how often it was answered."""

    matter: str
    n: int
    answered: int


class Question(NamedTuple):
    """What somebody asked."""

    turn_id: int
    text: str


class ReviewFigureRepository(Repository):
    """Counts turns accepted within [since, until)."""

    async def prepare(self) -> None:
        """Lets PostgreSQL plan for the values at hand."""
        if self.dialect == "postgresql":
            await self.session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
            await self.session.execute(text("SET LOCAL jit = off"))

    async def hours(self, since: datetime, until: datetime) -> list[Hour]:
        """Turns by hour and outcome."""
        at = TurnRow.accepted_at
        sqlite = self.dialect == "sqlite"
        hour = func.substr(at, 1, 13) if sqlite else func.date_trunc("hour", func.timezone("UTC", at))
        chosen = select(hour.label("hour"), TurnRow.outcome, func.count()).where(*_within(since, until))
        rows = await self.session.execute(chosen.group_by("hour", TurnRow.outcome))
        return [Hour(_moment(found), outcome, n) for found, outcome, n in rows if outcome]

    async def cells(self, since: datetime, until: datetime) -> list[Cell]:
        """Turns by topic, district, channel and outcome."""
        counted = (
            select(TurnRow.conversation_id, TurnRow.topic, TurnRow.outcome, func.count().label("n"))
            .where(*_within(since, until))
            .group_by(TurnRow.conversation_id, TurnRow.topic, TurnRow.outcome)
            .subquery()
        )
        row = ConversationRow
        columns = (counted.c.topic, row.district, row.channel, counted.c.outcome)
        chosen = select(*columns, func.sum(counted.c.n)).join(row, row.id == counted.c.conversation_id)
        rows: Sequence[Any] = (await self.session.execute(chosen.group_by(*columns))).all()
        return [Cell(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]

    async def conversations(self, since: datetime, until: datetime) -> int:
        """Conversations with a turn."""
        chosen = select(func.count(TurnRow.conversation_id.distinct())).where(*_within(since, until))
        return await self.session.scalar(chosen) or 0

    async def matters(self, since: datetime, until: datetime, limit: int) -> list[Asked]:
        """The matters that were asked for most."""
        answered = func.count().filter(TurnRow.outcome == Outcome.ANSWERED)
        chosen = (
            select(TurnRow.matter, func.count().label("n"), answered)
            .where(*_within(since, until), TurnRow.matter.is_not(None), TurnRow.outcome.in_(QUESTIONS))
            .group_by(TurnRow.matter)
            .order_by(func.count().desc(), TurnRow.matter)
            .limit(limit)
        )
        return [Asked(row[0] or "", row[1], row[2]) for row in await self.session.execute(chosen)]

    async def unanswered(self, since: datetime, until: datetime, limit: int) -> Sequence[Question]:
        """Typed questions without an answer, the latest first."""
        ids = select(TurnRow.id).where(*_within(since, until), TurnRow.outcome == Outcome.NO_ANSWER)
        chosen = select(TurnRow.id, TurnRow.text).where(
            TurnRow.id.in_(ids.order_by(TurnRow.accepted_at.desc()).limit(limit)), TurnRow.is_payload.is_(False)
        )
        return [Question(*row) for row in await self.session.execute(chosen.order_by(TurnRow.id.desc()))]

    async def thumbs(self, since: datetime, until: datetime) -> tuple[int, int]:
        """Thumbs up and down given within the time."""
        chosen = select(FeedbackRow.value, func.count()).where(FeedbackRow.at >= since, FeedbackRow.at < until)
        found = {row[0]: row[1] for row in await self.session.execute(chosen.group_by(FeedbackRow.value))}
        return found.get(1, 0), found.get(-1, 0)


def _within(since: datetime, until: datetime) -> tuple[Any, ...]:
    return TurnRow.accepted_at >= since, TurnRow.accepted_at < until, TurnRow.outcome.is_not(None)


def _moment(hour: Any) -> datetime:
    found = datetime.strptime(hour, "%Y-%m-%d %H") if isinstance(hour, str) else hour
    return found.replace(tzinfo=UTC)
