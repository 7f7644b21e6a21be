"""Answers a question as the bot would, without a conversation: nothing is stored, filed or counted."""

import time
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appeal.draft import Appeal, Draft
from actions.build import build_actions
from actions.knowledge.ranking import Candidate, Context
from actions.services import Called, Services, Wish
from actions.state import DialogueState
from actions.understanding import Understanding
from bot.desk.rules import DeskRules
from bot.desk.times import Times
from bot.desk.wording import DeskWording
from bot.dialogue.clean import as_message, clean_text
from bot.dialogue.read import read_turn
from bot.dialogue.turn import Turn
from qifu.errors import DeskError
from qifu.labels import OUT_OF_SCOPE, Act, District, Language
from store.models.base import utc_now
from store.repositories.base import Clock

_WHOM = "tryout"
_NUMBER = "BB00000000-0000"
_OWN = {*map(str, Act), OUT_OF_SCOPE}
_MOST = 8


@dataclass(frozen=True)
class Rehearsal:
    """The turn that a user would have got, what was understood of the text, and the points that came into question."""

    turn: Turn
    understood: Understanding
    candidates: list[Candidate]


class StillDesk:
    """A desk that says what the desk would say and keeps nothing."""

    def __init__(self, rules: DeskRules, clock: Clock = utc_now) -> None:
        self._rules, self._clock, self._times = rules, clock, Times(DeskWording())

    async def hand_off(self, conversation: str, wish: Wish) -> Called:
        """As if nobody else waited; outside service hours as the desk would say."""
        now, calendar, language = self._clock(), self._rules.calendar, wish.language
        is_open = calendar.is_open(now)
        return Called(
            number=_NUMBER if is_open else None,
            new=True,
            ahead=0 if is_open else None,
            wait=None,
            hours=self._times.hours(calendar, language),
            opens_at=self._times.moment(calendar.next_opening(now), language),
            promised=self._times.day(self._rules.promise(now), language),
        )

    async def appeal(self, conversation: str, draft: Draft, key: str) -> Appeal:
        """Nothing is filed: one message doesn't get so far."""
        raise DeskError("invalid")

    async def appeals(self, conversation: str, number: str | None = None) -> list[Appeal]:
        """None."""
        return []

    async def known(self, conversation: str) -> dict[str, str]:
        """Nothing."""
        return {}

    async def feedback(self, conversation: str, turn: int | None, value: int) -> None:
        """Keeps nothing."""

    async def subscribe(self, conversation: str, district: str | None, topics: list[str]) -> None:
        """Keeps nothing."""

    async def unsubscribe(self, conversation: str) -> None:
        """Keeps nothing."""


class _OneState:
    """The state of the conversation that isn't there."""

    def __init__(self, state: DialogueState) -> None:
        self._state = state

    async def load(self, conversation_id: str) -> DialogueState:
        return self._state

    async def save(self, conversation_id: str, state: DialogueState) -> None:
        self._state = state


async def rehearse(
    services: Services,
    text: str,
    *,
    desk: StillDesk,
    most_text: int,
    district: District | None = None,
    language: Language | None = None,
) -> Rehearsal:
    """What a user who had chosen the district and the language would be answered. Raises UnderstandingError."""
    started = time.perf_counter()
    message = as_message(clean_text(text, most_text)[0])
    understood = await services.parser.parse(message)
    focus = [str(district)] if district else []
    state = DialogueState(district=district, focus=focus, language=language, spoken=language, text=message)
    still = replace(services, keeper=_OneState(state), desk=desk)
    actions = {action.name(): action for action in build_actions(still)}
    own = understood.intent in _OWN
    action = actions[f"action_{understood.intent}" if own else "action_answer"]
    dispatcher = CollectingDispatcher()
    await action.run(dispatcher, _tracker(understood), {})
    turn = read_turn(dispatcher.messages, text)
    candidates = services.ranker.rank(understood, Context(tuple(focus)), _MOST)
    ms = round((time.perf_counter() - started) * 1000)
    return Rehearsal(replace(turn, ms=ms), understood, candidates)


def _tracker(understood: Understanding) -> Tracker:
    """A conversation of one message, as Rasa would hand it to an action."""
    parse: dict[str, Any] = {
        "text": understood.text,
        "intent": {"name": understood.intent, "confidence": understood.confidence},
        "intent_ranking": _ranked(understood.intents),
        "matters": _ranked(understood.matters),
        "points": [{"id": name, "confidence": share} for name, share in understood.points.items()],
        "entities": list(understood.entities),
    }
    return Tracker(_WHOM, {}, parse, [], False, None, {}, None)


def _ranked(shares: dict[str, float]) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": share} for name, share in shares.items()]
