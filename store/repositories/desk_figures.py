"""What the desk's figures are made of: events, and the conversations the bot had."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, exists, func, select

from qifu.labels import AppealEvent, HandoffEvent, Outcome
from store.models import AppealEventRow, AppealRow, FeedbackRow, HandoffEventRow, HandoffRow, TurnRow
from store.repositories.base import Repository

_QUESTIONS = (Outcome.ANSWERED, Outcome.CLARIFY, Outcome.NO_ANSWER, Outcome.HANDOFF, Outcome.ERROR)


class Talks(NamedTuple):
    """Conversations in which something was asked, and those of them the bot solved by itself."""

    asked: int
    solved: int


class FigureRepository(Repository):
    """Reads events; it adds nothing up."""

    async def handoff_events(self, since: datetime, until: datetime) -> Sequence[HandoffEventRow]:
        """All events of the handoffs requested within [since, until), in order."""
        theirs = select(HandoffEventRow.handoff_id).where(
            HandoffEventRow.kind == HandoffEvent.REQUESTED, HandoffEventRow.at >= since, HandoffEventRow.at < until
        )
        chosen = select(HandoffEventRow).where(HandoffEventRow.handoff_id.in_(theirs))
        return (await self.session.scalars(chosen.order_by(HandoffEventRow.id))).all()

    async def appeal_events(self, since: datetime, until: datetime) -> Sequence[AppealEventRow]:
        """All events of the appeals filed within [since, until), in order."""
        theirs = select(AppealEventRow.appeal_id).where(
            AppealEventRow.kind == AppealEvent.FILED, AppealEventRow.at >= since, AppealEventRow.at < until
        )
        chosen = select(AppealEventRow).where(AppealEventRow.appeal_id.in_(theirs))
        return (await self.session.scalars(chosen.order_by(AppealEventRow.id))).all()

    async def talks(self, since: datetime, until: datetime) -> Talks:
        """Conversations with a question answered within [since, until).

        The bot solved those in which it answered, and in which, within that time, nobody called a person, filed an
        appeal or gave a thumb down. Conversations that were forgotten since don't count any more.
        """
        asked = (
            select(TurnRow.conversation_id, func.max(TurnRow.outcome == Outcome.ANSWERED).label("answered"))
            if self.dialect == "sqlite"
            else select(TurnRow.conversation_id, func.bool_or(TurnRow.outcome == Outcome.ANSWERED).label("answered"))
        )
        within = asked.where(TurnRow.accepted_at >= since, TurnRow.accepted_at < until, TurnRow.outcome.in_(_QUESTIONS))
        talk = within.group_by(TurnRow.conversation_id).subquery()
        called = exists().where(
            and_(
                HandoffRow.conversation_id == talk.c.conversation_id,
                HandoffRow.requested_at >= since,
                HandoffRow.requested_at < until,
            )
        )
        appealed = exists().where(
            and_(
                AppealRow.conversation_id == talk.c.conversation_id,
                AppealRow.created_at >= since,
                AppealRow.created_at < until,
            )
        )
        disliked = exists().where(
            and_(
                FeedbackRow.conversation_id == talk.c.conversation_id,
                FeedbackRow.value < 0,
                FeedbackRow.at >= since,
                FeedbackRow.at < until,
            )
        )
        total = await self.session.scalar(select(func.count()).select_from(talk)) or 0
        solved = select(func.count()).select_from(talk).where(talk.c.answered, ~called, ~appealed, ~disliked)
        return Talks(total, await self.session.scalar(solved) or 0)
