"""The dialogue's memory over the database: turns and states, with the newest states held at hand.

A state is written together with the answer it led to, in one transaction: a crash in between leaves the message
unanswered and the state as it was, so that answering it again starts from the same place.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from actions.state import DialogueState
from bot.dialogue.turn import Incoming, Turn
from qifu.labels import Channel, District, Language
from store.database import Database
from store.models.base import utc_now
from store.repositories import ConversationRepository, StateRepository, TurnRepository
from store.repositories.base import Clock
from store.turns import turn_of

_MOST_STATES = 5_000


@dataclass(frozen=True)
class Accepted:
    """A stored message: its turn's id, the turn itself where it was answered before, and whether it came before."""

    id: int
    answered: Turn | None
    again: bool = False


class Memory:
    """What the dialogue and the actions remember; the actions see it as their `StateKeeper`."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database, self._clock = database, clock
        self._states: OrderedDict[str, DialogueState] = OrderedDict()
        self._shown: dict[str, tuple[str | None, Language | None]] = {}

    async def accept(self, incoming: Incoming) -> Accepted:
        """Stores a message before it is worked on, and has the conversation's state at hand."""
        async with self._database.session() as session:
            row, is_new = await TurnRepository(session, self._clock).accept(incoming)
            await self._at_hand(session, incoming.conversation_id)
            return Accepted(row.id, turn_of(row) if row.answered_at else None, not is_new)

    async def answer(self, conversation_id: str, turn: Turn) -> None:
        """Stores a turn's answer and the state after it."""
        if turn.id is None:
            raise ValueError("a turn is answered under the id it was accepted with")
        async with self._database.session() as session:
            await TurnRepository(session, self._clock).answer(turn.id, turn)
            if state := self._states.get(conversation_id):
                await self._store(session, conversation_id, state)

    async def open(self, conversation_id: str, channel: Channel, language: Language | None) -> None:
        """Begins a conversation where there is none."""
        async with self._database.session() as session:
            await ConversationRepository(session, self._clock).get_or_create(conversation_id, channel, language)

    async def load(self, conversation_id: str) -> DialogueState:
        """The state of a conversation: the one at hand, else the stored one, else a fresh one."""
        if conversation_id not in self._states:
            async with self._database.session() as session:
                await self._at_hand(session, conversation_id)
        self._states.move_to_end(conversation_id)
        return self._states[conversation_id]

    async def _at_hand(self, session: AsyncSession, conversation_id: str) -> None:
        if conversation_id in self._states:
            return
        stored = await StateRepository(session, self._clock).load(conversation_id)
        state = self._states[conversation_id] = DialogueState.from_json(stored or {})
        self._shown[conversation_id] = (state.district, state.language or state.page)
        while len(self._states) > _MOST_STATES:
            self._shown.pop(self._states.popitem(last=False)[0], None)

    async def save(self, conversation_id: str, state: DialogueState) -> None:
        """Holds the state at hand; `answer` stores it with the turn."""
        self._states[conversation_id] = state

    async def keep(self, conversation_id: str) -> None:
        """Stores the state at hand now, with the district and language it names."""
        async with self._database.session() as session:
            await self._store(session, conversation_id, self._states[conversation_id])

    async def _store(self, session: AsyncSession, conversation_id: str, state: DialogueState) -> None:
        """Stores a state; the conversation's own columns are written only when they change."""
        await StateRepository(session, self._clock).save(conversation_id, state.to_json())
        shown = (state.district, state.language or state.page)
        if self._shown.get(conversation_id) != shown:
            conversations = ConversationRepository(session, self._clock)
            known = state.district if state.district in set(District) else None
            await conversations.set_district(conversation_id, District(known) if known else None)
            await conversations.set_language(conversation_id, state.language or state.page)
            self._shown[conversation_id] = shown

    def now(self) -> datetime:
        """The present moment, by the clock that stored moments come from."""
        return self._clock()

    async def mark_delivered(self, turn_id: int) -> None:
        """Remembers that a turn reached the user."""
        async with self._database.session() as session:
            await TurnRepository(session, self._clock).mark_delivered(turn_id)

    async def unanswered(self) -> list[tuple[Incoming, int]]:
        """Messages that wait for an answer, oldest first."""
        async with self._database.session() as session:
            return [
                (waiting.incoming, waiting.turn_id)
                for waiting in await TurnRepository(session, self._clock).unanswered()
            ]
