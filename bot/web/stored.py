"""Transcripts read from the store, and answers that came late brought to the open pages."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.telling import MESSAGE, Telling
from bot.desk.wording import DeskWording
from bot.dialogue.turn import Turn
from bot.web.desk import WebDesk, told_entry
from bot.web.hub import Hub, turn_event
from bot.web.ports import Charge, Conversation, Dialogue, Entry
from bot.web.tokens import is_ours
from qifu.labels import Outcome
from store.database import Database
from store.models import NoticeRow, TurnRow
from store.repositories import ConversationRepository, DeskMessageRepository, NoticeRepository, TurnRepository
from store.turns import turn_of


class StoredTranscripts:
    """What was said, from the database; with `desk` also what it told. Raises StoreError where that can't be read."""

    def __init__(self, database: Database, desk: WebDesk | None = None, wording: DeskWording | None = None) -> None:
        self._database, self._desk = database, desk
        self._telling = Telling(wording or DeskWording())

    async def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation, or None where it was never opened or is deleted."""
        async with self._database.session() as session:
            row = await ConversationRepository(session).get(conversation_id)
        return Conversation(row.id, row.district, row.language) if row else None

    async def entries(self, conversation_id: str, since: int, limit: int, told: int = 0) -> Sequence[Entry]:
        """The newest `limit` turns whose id is greater than `since`, and what was told after the place `told`."""
        async with self._database.session() as session:
            rows = await TurnRepository(session).last(conversation_id, limit)
            notices = await NoticeRepository(session).told(conversation_id, told, limit)
            said = await self._told(session, notices)
        entries = [*(_entry(row) for row in rows if row.id > since), *said]
        # The sort is stable: what happened in one moment stays in the order of its kind.
        return sorted(entries, key=lambda entry: entry.at)[-limit:]

    async def charge(self, conversation_id: str) -> Charge:
        """Who answers now."""
        return await self._desk.charge(conversation_id) if self._desk else Charge()

    async def _told(self, session: AsyncSession, notices: Sequence[NoticeRow]) -> list[Entry]:
        """Each message once, in its first place, with its present words."""
        messages = [notice.detail["message"] for notice in notices if notice.kind == MESSAGE]
        # Read at once, so that they are at hand one by one; referenced until then, else the session forgets them.
        at_hand = await DeskMessageRepository(session).all_of(messages)
        found: dict[tuple[str, int], Entry] = {}
        for notice in notices:
            telling = self._telling.message if notice.kind == MESSAGE else self._telling.of
            if message := await telling(session, notice):
                entry = told_entry(message)
                assert entry.told is not None  # noqa: S101  # it was told
                place = found.get((entry.told.kind, entry.told.id), entry)
                found[entry.told.kind, entry.told.id] = replace(entry, at=place.at)
        del at_hand
        return list(found.values())


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
