"""Transcripts read from the store, and answers that came late brought to the open pages."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from bot.dialogue.turn import Turn
from bot.web.hub import Hub, turn_event
from bot.web.ports import Conversation, Dialogue, Entry
from bot.web.tokens import is_ours
from qifu.labels import Outcome
from store.database import Database
from store.models import TurnRow
from store.repositories import ConversationRepository, TurnRepository
from store.turns import turn_of


class StoredTranscripts:
    """What was said, from the database. Raises StoreError where that can't be read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation, or None where it was never opened or is deleted."""
        async with self._database.session() as session:
            row = await ConversationRepository(session).get(conversation_id)
        return Conversation(row.id, row.district, row.language) if row else None

    async def entries(self, conversation_id: str, since: int, limit: int) -> Sequence[Entry]:
        """The newest `limit` turns whose id is greater than `since`, oldest first."""
        async with self._database.session() as session:
            rows = await TurnRepository(session).last(conversation_id, limit)
        return [_entry(row) for row in rows if row.id > since]


def late_delivery(hub: Hub, dialogue: Dialogue) -> Callable[[str, Turn], Awaitable[None]]:
    """A listener for the dialogue's late answers: shows them on the open pages of their conversation."""

    async def deliver(conversation_id: str, turn: Turn) -> None:
        if is_ours(conversation_id) and hub.publish(conversation_id, turn_event(turn)) and turn.id is not None:
            await dialogue.mark_delivered(turn.id)

    return deliver


def _entry(row: TurnRow) -> Entry:
    """A row as an entry; a message that still waits for its answer has no replies yet."""
    if row.answered_at is None:
        turn = Turn(row.text, (), Outcome.ERROR, id=row.id, parse={"pending": True})
    else:
        turn = turn_of(row)
    return Entry(turn, _utc(row.accepted_at), row.message_id)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
