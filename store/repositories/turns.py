"""Turns: each message is stored before it is understood, and its answer before it is sent."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.sql.dml import ReturningInsert

from bot.dialogue.turn import Incoming, Turn
from store.models import ConversationRow, FeedbackRow, TurnRow
from store.repositories.base import Insert, Repository, insert_for, table_of, upsert_for
from store.repositories.search import BACKLOG
from store.turns import answer_columns, incoming_of

_turns = table_of(TurnRow)
_THIS = _turns.c.id == bindparam("turn_id")
_ANSWER = update(_turns).where(_THIS, _turns.c.answered_at.is_(None))
_DELIVER = update(_turns).where(_THIS, _turns.c.delivered_at.is_(None))

# The statements above pass by the copies of turns that a session holds, so turns are always read anew.
_FRESH = {"populate_existing": True}


@cache
def _begin_or_touch(dialect: str) -> Insert:
    return upsert_for(dialect, ConversationRow, "id", "last_at")


@cache
def _accept(dialect: str) -> ReturningInsert[Any]:
    once = insert_for(dialect, TurnRow).on_conflict_do_nothing(index_elements=["conversation_id", "message_id"])
    return once.returning(*_turns.columns)


class Accepted(NamedTuple):
    """A message's turn as it stands; `is_new` is False where the same message had come before, answered or not."""

    row: TurnRow
    is_new: bool


class Waiting(NamedTuple):
    """A message that was stored but not answered."""

    turn_id: int
    incoming: Incoming


class TurnRepository(Repository):
    """What was said, message by message."""

    async def accept(self, incoming: Incoming) -> Accepted:
        """Store a message, once however often and from however many places it comes at once.

        Begins the conversation where there is none. Commit before the message is worked on.
        """
        now = self.clock()
        conversation = {
            "id": incoming.conversation_id,
            "channel": incoming.channel,
            "language": incoming.language,
            "started_at": now,
            "last_at": now,
        }
        await self.session.execute(_begin_or_touch(self.dialect), conversation)
        turn = {
            "conversation_id": incoming.conversation_id,
            "message_id": incoming.message_id,
            "text": incoming.text,
            "is_payload": incoming.is_payload,
            "language": incoming.language,
            "accepted_at": now,
        }
        if new := (await self.session.execute(_accept(self.dialect), turn)).one_or_none():
            return Accepted(TurnRow(**new._mapping), is_new=True)
        chosen = select(TurnRow).where(
            TurnRow.conversation_id == incoming.conversation_id, TurnRow.message_id == incoming.message_id
        )
        return Accepted((await self.session.scalars(chosen, execution_options=_FRESH)).one(), is_new=False)

    async def answer(self, turn_id: int, turn: Turn) -> bool:
        """Store the answer; False, and nothing changes, where the turn has one already or is gone."""
        values = {"turn_id": turn_id, "answered_at": self.clock(), **answer_columns(turn)}
        if not await self.count(_ANSWER, values):
            return False
        await self.session.execute(BACKLOG, {"turn_id": turn_id})
        return True

    async def mark_delivered(self, turn_id: int) -> None:
        """Note that the user has the replies; the first time counts."""
        await self.session.execute(_DELIVER, {"turn_id": turn_id, "delivered_at": self.clock()})

    async def unanswered(self, limit: int | None = None) -> list[Waiting]:
        """Messages that still wait for an answer, oldest first: what a crash left behind, when asked at the start."""
        rows = await self.session.execute(
            select(TurnRow, ConversationRow.channel)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(TurnRow.answered_at.is_(None))
            .order_by(TurnRow.id)
            .limit(limit),
            execution_options=_FRESH,
        )
        return [Waiting(row.id, incoming_of(row, channel)) for row, channel in rows]

    async def get(self, turn_id: int) -> TurnRow | None:
        """The turn, or None."""
        return await self.session.get(TurnRow, turn_id, populate_existing=True)

    async def last(self, conversation_id: str, n: int) -> list[TurnRow]:
        """The last `n` turns of a conversation, oldest first, answered or not."""
        chosen = select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.id.desc()).limit(n)
        rows = await self.session.scalars(chosen, execution_options=_FRESH)
        return list(reversed(rows.all()))


class FeedbackRepository(Repository):
    """What users thought of a turn."""

    async def give(self, turn_id: int, conversation_id: str, value: int) -> bool:
        """Keep +1 or -1 in place of what was given before; False where the conversation has no such turn.

        Raises ValueError for another value.
        """
        if value not in (-1, 1):
            raise ValueError(f"feedback is +1 or -1, not {value}")
        theirs = select(TurnRow.id).where(TurnRow.id == turn_id, TurnRow.conversation_id == conversation_id)
        if await self.session.scalar(theirs) is None:
            return False
        await self.session.execute(
            upsert_for(self.dialect, FeedbackRow, "turn_id", "value", "at"),
            {"turn_id": turn_id, "conversation_id": conversation_id, "value": value, "at": self.clock()},
        )
        return True

    async def of_turn(self, turn_id: int) -> int | None:
        """+1, -1 or None."""
        return await self.session.scalar(select(FeedbackRow.value).where(FeedbackRow.turn_id == turn_id))
