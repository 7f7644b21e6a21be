"""Where proposals come from: turns that failed, what users and staff thought of turns, people who took over.

Each source is read from where it was left (a cursor), from indexes that hold what it asks for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select, tuple_

from qifu.labels import Direction, HandoffEvent, Outcome, TurnMark
from store.models import (
    DeskMessageRow,
    FeedbackRow,
    HandoffEventRow,
    HandoffRow,
    ProposalCursorRow,
    TurnMarkRow,
    TurnRow,
)
from store.repositories.base import Repository, insert_for
from store.repositories.review_filter import BANDS

SAMPLE = 50
"""One of so many turns that were answered well is looked at all the same."""
HARDLY, _WELL = BANDS["low"][1], BANDS["high"][0]
_UNDERSTOOD = (Outcome.ANSWERED, Outcome.OUT_OF_SCOPE, Outcome.ACT)
_WAITS = timedelta(days=1)
_SETTLED = timedelta(seconds=2)


class Cursor(NamedTuple):
    """How far a source was read: up to `at`, and of that moment up to the row `number`."""

    at: datetime
    number: int = 0


class Told(NamedTuple):
    """That something was told of a turn, and when."""

    at: datetime
    turn_id: int


class ProposalSourceRepository(Repository):
    """Reads what is new. `after` is where reading goes on, `until` a moment up to which nothing changes any more."""

    async def cursor(self, source: str) -> Cursor | None:
        """How far a source was read; None where it never was."""
        row = await self.session.get(ProposalCursorRow, source, populate_existing=True)
        return Cursor(row.at, row.number) if row else None

    async def set_cursor(self, source: str, cursor: Cursor) -> None:
        """Notes how far a source was read."""
        new = insert_for(self.dialect, ProposalCursorRow)
        overwritten = {name: new.excluded[name] for name in ("at", "number")}
        values = {"source": source, "at": cursor.at, "number": cursor.number}
        await self.session.execute(new.on_conflict_do_update(index_elements=["source"], set_=overwritten), values)

    async def settled(self) -> datetime:
        """Up to when all turns are answered; those that wait for more than a day are given up."""
        now = self.clock()
        waiting = select(func.min(TurnRow.accepted_at)).where(
            TurnRow.answered_at.is_(None), TurnRow.accepted_at > now - _WAITS
        )
        # What is being written now may come with an earlier time than what is there already.
        return min(await self.session.scalar(waiting) or now, now - _SETTLED)

    async def failed(self, after: Cursor, until: datetime, limit: int) -> list[Told]:
        """Turns that weren't answered or hardly understood, and a sample of the others."""
        row = TurnRow
        answered = row.outcome == Outcome.ANSWERED
        wanted = or_(
            row.outcome == Outcome.NO_ANSWER,
            and_(row.outcome.in_(_UNDERSTOOD), row.confidence < HARDLY),
            and_(answered, row.confidence >= _WELL, row.id % SAMPLE == 0),
        )
        return await self._turns(wanted, after, until, limit)

    async def clarified(self, after: Cursor, until: datetime, limit: int) -> list[Told]:
        """Turns in which choices were offered."""
        return await self._turns(TurnRow.outcome == Outcome.CLARIFY, after, until, limit)

    async def _turns(self, wanted: Any, after: Cursor, until: datetime, limit: int) -> list[Told]:
        row = TurnRow
        chosen = select(row.accepted_at, row.id).where(
            row.outcome.is_not(None), row.accepted_at >= after.at, row.accepted_at < until, wanted
        )
        chosen = chosen.where(tuple_(row.accepted_at, row.id) > tuple_(*after)).with_hint(
            row, "INDEXED BY ix_turns_time", "sqlite"
        )
        return await self._told(chosen.order_by(row.accepted_at, row.id).limit(limit))

    async def thumbs(self, after: Cursor, until: datetime, limit: int) -> list[Told]:
        """Turns that users gave a thumb down."""
        row = FeedbackRow
        chosen = select(row.at, row.turn_id).where(
            row.at >= after.at, row.at < until, tuple_(row.at, row.turn_id) > tuple_(*after), row.value < 0
        )
        return await self._told(chosen.order_by(row.at, row.turn_id).limit(limit))

    async def marked(self, after: Cursor, until: datetime, limit: int) -> list[Told]:
        """Turns that staff handed to the trainers."""
        row = TurnMarkRow
        chosen = select(row.at, row.turn_id).where(
            row.mark == TurnMark.TRAINER,
            row.at >= after.at,
            row.at < until,
            tuple_(row.at, row.turn_id) > tuple_(*after),
        )
        return await self._told(chosen.order_by(row.at, row.turn_id).limit(limit))

    async def ended(self, after: Cursor, until: datetime, limit: int) -> list[tuple[Cursor, HandoffRow]]:
        """Handoffs in which a person had taken over, once they ended; those since forgotten aren't there."""
        event = HandoffEventRow
        chosen = (
            select(event.at, event.id, HandoffRow)
            .join(HandoffRow, HandoffRow.id == event.handoff_id)
            .where(
                event.kind.in_((HandoffEvent.CLOSED, HandoffEvent.RETURNED)),
                event.at >= after.at,
                event.at < until,
                tuple_(event.at, event.id) > tuple_(*after),
                HandoffRow.claimed_at.is_not(None),
            )
        )
        rows = await self.session.execute(chosen.order_by(event.at, event.id).limit(limit))
        return [(Cursor(at, number), handoff) for at, number, handoff in rows]

    async def around(self, turn: TurnRow) -> tuple[Sequence[TurnRow], TurnRow | None]:
        """Some turns before one, the nearest first, and the one after it."""
        mine = select(TurnRow).where(TurnRow.conversation_id == turn.conversation_id)
        before = await self.session.scalars(mine.where(TurnRow.id < turn.id).order_by(TurnRow.id.desc()).limit(4))
        after = await self.session.scalars(mine.where(TurnRow.id > turn.id).order_by(TurnRow.id).limit(1))
        return before.all(), after.one_or_none()

    async def turns_before(self, conversation_id: str, at: datetime, limit: int = 20) -> Sequence[TurnRow]:
        """The last turns of a conversation up to a moment, the latest first."""
        chosen = select(TurnRow).where(TurnRow.conversation_id == conversation_id, TurnRow.accepted_at <= at)
        return (await self.session.scalars(chosen.order_by(TurnRow.id.desc()).limit(limit))).all()

    async def said(self, handoff_id: int) -> Sequence[DeskMessageRow]:
        """What user and staff wrote to each other in a handoff."""
        row = DeskMessageRow
        chosen = select(row).where(
            row.handoff_id == handoff_id, row.direction.in_((Direction.USER, Direction.STAFF)), row.text != ""
        )
        return (await self.session.scalars(chosen.order_by(row.id))).all()

    async def _told(self, chosen: Select[datetime, int]) -> list[Told]:
        return [Told(*row) for row in await self.session.execute(chosen)]
