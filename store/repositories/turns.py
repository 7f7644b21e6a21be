"""Turns: each message is stored before it is understood, and its answer before it is sent."""

from typing import NamedTuple

from sqlalchemy import select, update

from bot.dialogue.turn import Incoming, Turn
from store.models import ConversationRow, FeedbackRow, TurnRow
from store.repositories.base import Repository
from store.repositories.conversations import ConversationRepository
from store.turns import answer_columns, incoming_of


class Accepted(NamedTuple):
    """A message's turn; `is_new` is False where the same message had come before, answered or not."""

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
        conversations = ConversationRepository(self.session, self.clock)
        await conversations.get_or_create(incoming.conversation_id, incoming.channel, incoming.language)
        new_id = await self.session.scalar(
            self.insert(TurnRow)
            .values(
                conversation_id=incoming.conversation_id,
                message_id=incoming.message_id,
                text=incoming.text,
                is_payload=incoming.is_payload,
                language=incoming.language,
                accepted_at=self.clock(),
            )
            .on_conflict_do_nothing(index_elements=[TurnRow.conversation_id, TurnRow.message_id])
            .returning(TurnRow.id)
        )
        if new_id is not None:
            await conversations.touch(incoming.conversation_id)
        chosen = select(TurnRow).where(
            TurnRow.conversation_id == incoming.conversation_id, TurnRow.message_id == incoming.message_id
        )
        return Accepted((await self.session.scalars(chosen)).one(), new_id is not None)

    async def answer(self, turn_id: int, turn: Turn) -> bool:
        """Store the answer; False, and nothing changes, where the turn has one already or is gone."""
        met = await self.count(
            update(TurnRow)
            .where(TurnRow.id == turn_id, TurnRow.answered_at.is_(None))
            .values(answered_at=self.clock(), **answer_columns(turn))
        )
        return met > 0

    async def mark_delivered(self, turn_id: int) -> None:
        """Note that the user has the replies; the first time counts."""
        await self.session.execute(
            update(TurnRow)
            .where(TurnRow.id == turn_id, TurnRow.delivered_at.is_(None))
            .values(delivered_at=self.clock())
        )

    async def unanswered(self, limit: int | None = None) -> list[Waiting]:
        """Messages that still wait for an answer, oldest first: what a crash left behind, when asked at the start."""
        rows = await self.session.execute(
            select(TurnRow, ConversationRow.channel)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(TurnRow.answered_at.is_(None))
            .order_by(TurnRow.id)
            .limit(limit)
        )
        return [Waiting(row.id, incoming_of(row, channel)) for row, channel in rows.tuples()]

    async def get(self, turn_id: int) -> TurnRow | None:
        """The turn, or None."""
        return await self.session.get(TurnRow, turn_id)

    async def last(self, conversation_id: str, n: int) -> list[TurnRow]:
        """The last `n` turns of a conversation, oldest first, answered or not."""
        rows = await self.session.scalars(
            select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.id.desc()).limit(n)
        )
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
        new = self.insert(FeedbackRow).values(
            turn_id=turn_id, conversation_id=conversation_id, value=value, at=self.clock()
        )
        await self.session.execute(
            new.on_conflict_do_update(
                index_elements=[FeedbackRow.turn_id], set_={"value": new.excluded.value, "at": new.excluded.at}
            )
        )
        return True

    async def of_turn(self, turn_id: int) -> int | None:
        """+1, -1 or None."""
        return await self.session.scalar(select(FeedbackRow.value).where(FeedbackRow.turn_id == turn_id))
