"""The dialogue: takes a message from any channel, has it understood and answered, and keeps the turn.

A message once accepted is answered: while Rasa is away the user gets an honest line, and the answer when it is back.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol

import structlog

from actions.appeal.sheet import attach
from actions.compose import reply
from actions.situation import language_of
from actions.state import DialogueState
from actions.wording import Wording
from bot.dialogue.clean import as_message, as_payload, clean_text
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from bot.dialogue.read import read_turn
from bot.dialogue.switched import Switched, with_note
from bot.dialogue.turn import Block, Button, Incoming, Turn
from qifu.errors import UnderstandingError
from qifu.labels import Act, Channel, District, Language, Outcome

log = structlog.get_logger()

Late = Callable[[str, Turn], Awaitable[None]]
_MOST_LOCKS = 10_000
_MOST_FAILURES = 3
_HUSHED = (Outcome.ANSWERED, Outcome.CLARIFY, Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.ERROR)
"""What the bot doesn't say any more once a person has taken over; numbers of what was filed it does."""


class Front(Protocol):
    """Takes what isn't for the bot; bot/desk/front.py is one."""

    async def takes(
        self, incoming: Incoming, state: DialogueState, language: Language, again: bool = False
    ) -> Turn | None: ...

    async def hushes(self, conversation_id: str) -> bool: ...


class Dialogue:
    """One for all channels. `late` are told of answers that come after their message was left waiting.

    `front` takes messages before Rasa does, `switched` applies the console's switches.
    """

    def __init__(
        self,
        rasa: RasaClient,
        memory: Memory,
        wording: Wording,
        most_text: int = 2000,
        *,
        front: Front | None = None,
        switched: Switched | None = None,
    ) -> None:
        self._rasa, self._memory, self._wording, self._most_text = rasa, memory, wording, most_text
        self._front = front
        self.switched = switched
        self._locks: OrderedDict[str, asyncio.Lock] = OrderedDict()
        self._failures: Counter[int] = Counter()
        self.late: list[Late] = []

    async def handle(self, incoming: Incoming) -> Turn:
        """The turn for a message; for a message seen before, the turn it had. Never raises for what a user sends."""
        async with self._lock(incoming.conversation_id):
            accepted = await self._memory.accept(incoming)
            if accepted.answered is not None:
                return accepted.answered
            return await self._answer(incoming, accepted.id, accepted.again)

    async def _answer(self, incoming: Incoming, turn_id: int, again: bool) -> Turn:
        started = time.perf_counter()
        text, cut = clean_text(incoming.text, self._most_text)
        state = await self._memory.load(incoming.conversation_id)
        if incoming.language and incoming.language != state.page:
            # A page tells its language with every message; switching it counts, typing in another doesn't switch it.
            state.page = state.spoken = incoming.language
        language = language_of("" if incoming.is_payload else text, state.language, state.spoken)
        state.turn = turn_id
        if self._front and (taken := await self._front.takes(incoming, state, language, again)):
            return await self._finish(incoming, replace(taken, id=turn_id), started)
        called = state.called
        turn = await self._asked(incoming, text, turn_id, state, language)
        if turn.parse.get("pending"):
            return turn
        if called and turn.outcome in _HUSHED and self._front and await self._front.hushes(incoming.conversation_id):
            turn = replace(turn, replies=(), outcome=Outcome.HANDOFF)
        if cut:
            turn = with_note(turn, self._wording.say("cut", language, characters=self._most_text))
        if self.switched:
            turn = await self.switched.noted(turn, incoming, state, language)
        return await self._finish(incoming, turn, started)

    async def _asked(
        self, incoming: Incoming, text: str, turn_id: int, state: DialogueState, language: Language
    ) -> Turn:
        """What the bot makes of a message."""
        message = as_payload(text) if incoming.is_payload else as_message(text)
        if not message:
            return self._said("empty", language, turn_id)
        state.text = "" if incoming.is_payload else message
        if self.switched:
            passed = await self.switched.message(message, state)
            if passed is None:
                return replace(await self.switched.off(language), id=turn_id)
            message = passed
        try:
            return replace(read_turn(await self._rasa.send(incoming.conversation_id, message), text), id=turn_id)
        except UnderstandingError as error:
            log.warning("understanding_failed", turn=turn_id, error=type(error).__name__)
            if not await self._given_up(turn_id):
                return replace(self._said("away", language, turn_id), text=incoming.text, parse={"pending": True})
            return self._said("error", language, turn_id)

    async def _given_up(self, turn_id: int) -> bool:
        """Whether a message failed so often, with Rasa alive, that waiting won't help: it is its own fault."""
        if await self._rasa.alive():
            self._failures[turn_id] += 1
        return self._failures[turn_id] >= _MOST_FAILURES

    async def _finish(self, incoming: Incoming, turn: Turn, started: float) -> Turn:
        turn = replace(turn, text=incoming.text, ms=round((time.perf_counter() - started) * 1000))
        await self._memory.answer(incoming.conversation_id, turn)
        self._failures.pop(turn.id or 0, None)
        log.info("turn_answered", turn=turn.id, channel=incoming.channel, outcome=turn.outcome, ms=turn.ms)
        return turn

    def _said(self, key: str, language: Language, turn_id: int | None) -> Turn:
        """A turn that says one phrase and was not understood."""
        said = reply([Block("text", self._wording.say(key, language))])
        return Turn("", (said,), Outcome.NO_ANSWER if key == "empty" else Outcome.ERROR, id=turn_id)

    async def open(self, conversation_id: str, channel: Channel, language: Language | None = None) -> Turn:
        """The greeting of a new conversation; it isn't stored as a turn, since nothing was said yet."""
        spoken = language or Language.ZH
        await self._memory.open(conversation_id, channel, language)
        greeting = reply([Block("text", self._wording.say("greet", spoken))], self._starters(spoken))
        return Turn("", (greeting,), Outcome.ACT, act=Act.GREET)

    def _starters(self, language: Language) -> list[Button]:
        return [Button(self._wording.say("button_topics", language), "/help")]

    async def set_district(self, conversation_id: str, channel: Channel, district: District) -> None:
        """Chooses a district as if the user had said so."""
        async with self._lock(conversation_id):
            await self._memory.open(conversation_id, channel, None)
            state = await self._memory.load(conversation_id)
            state.district, state.focus = district, [district]
            await self._memory.keep(conversation_id)

    async def attach(self, conversation_id: str, file: dict[str, Any]) -> int | None:
        """Adds a file (bot/desk/talk.py's `Attachment`) to the form that is open; how many it has, None without one."""
        async with self._lock(conversation_id):
            count = attach(await self._memory.load(conversation_id), [file], self._memory.now())
            if count is not None:
                await self._memory.keep(conversation_id)
            return count

    async def mark_delivered(self, turn_id: int) -> None:
        """Remembers that a turn reached the user."""
        await self._memory.mark_delivered(turn_id)

    async def recover(self) -> int:
        """Answers every message that was accepted and not answered; tells `late` of each. Returns how many.

        Stops where Rasa is still away; a message that fails while Rasa is alive doesn't hold up the others.
        """
        answered = 0
        for incoming, turn_id in await self._memory.unanswered():
            async with self._lock(incoming.conversation_id):
                accepted = await self._memory.accept(incoming)
                if accepted.answered is not None:
                    continue
                turn = await self._answer(incoming, turn_id, again=True)
            if turn.parse.get("pending"):
                if await self._rasa.alive():
                    continue
                break
            answered += 1
            await self._tell(incoming.conversation_id, turn)
        return answered

    async def _tell(self, conversation_id: str, turn: Turn) -> None:
        """Tells every listener; one that fails doesn't keep the answer from the others."""
        for tell in self.late:
            try:
                await tell(conversation_id, turn)
            except Exception:
                log.exception("late_answer_not_told", turn=turn.id)

    def _lock(self, conversation_id: str) -> asyncio.Lock:
        """One message of a conversation at a time; free locks of old conversations are dropped."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._locks.move_to_end(conversation_id)
        for other in list(self._locks)[: max(0, len(self._locks) - _MOST_LOCKS)]:
            if not self._locks[other].locked():
                del self._locks[other]
        return lock
