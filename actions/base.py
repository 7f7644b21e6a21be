"""The frame of every custom action: read the situation, decide, dispatch, remember."""

from abc import abstractmethod
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import Answerer
from actions.appeal.form import AppealForm
from actions.compose import reply
from actions.leaning import Leaning
from actions.offering import with_offer
from actions.result import Result
from actions.services import Services
from actions.situation import Situation, language_of
from actions.state import DialogueState, LastAnswer
from actions.understanding import read_parse
from bot.dialogue.turn import Reply
from qifu.labels import Outcome

log = structlog.get_logger()

APPEAL = "action_appeal"
"""The action of the form itself: its buttons don't interrupt it."""


class QifuAction(Action):  # type: ignore[misc]  # rasa_sdk publishes no types
    """A custom action that decides one `Result`. Subclasses set `action` and write `decide`."""

    action: str

    def __init__(self, services: Services, answerer: Answerer) -> None:
        self.services, self.answerer = services, answerer
        self._leaning = Leaning(services, answerer)
        self.form = AppealForm(services, answerer)

    def name(self) -> str:
        """The name under which Rasa calls it."""
        return self.action

    @abstractmethod
    async def decide(self, situation: Situation) -> Result:
        """What to answer; may change `situation.state`, which is kept afterwards."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        """Called by Rasa. Whatever goes wrong, the user gets a line and the turn an outcome."""
        conversation = str(tracker.sender_id)
        state = self._known(await self.services.keeper.load(conversation))
        understood = read_parse(tracker.latest_message)
        state.spoken = language = language_of(state.text, state.language, state.spoken)
        situation = Situation(conversation, understood, state, language, state.text)
        try:
            result = await self._decide(situation)
        except Exception:
            log.exception("action_failed", action=self.action, turn=state.turn)
            blocks = [self.services.composer.say("text", "error", situation.language)]
            result = Result(Outcome.ERROR, (reply(blocks),))
        self._count_misses(situation, result)
        self._note_question(situation, result)
        result = with_offer(self.services, situation, result)
        await self.services.keeper.save(conversation, state)
        for message in result.replies:
            dispatcher.utter_message(text=message.text, buttons=_buttons(message))
        parse = {
            "intent": understood.intent,
            "confidence": understood.confidence,
            "entities": list(understood.entities),
            "matters": understood.matters,
        }
        dispatcher.utter_message(json_message={"turn": {**result.to_json(), "parse": parse}})
        return []

    def _known(self, state: DialogueState) -> DialogueState:
        """The state without an answer or a choice that rests on what the seeds have since lost."""
        knowledge, last = self.services.knowledge, state.last
        if not (
            {*last.shown, *last.rest} <= knowledge.points.keys()
            and knowledge.contacts.keys() >= set(last.contacts)
            and (last.matter is None or last.matter in knowledge.matters)
        ):
            state.last = LastAnswer()
        if not set(state.options) <= knowledge.matters.keys():
            state.options, state.asked = [], None
        return state

    async def _decide(self, situation: Situation) -> Result:
        """An open form takes what is for it; else the conversation is leaned on, or the action decides."""
        if again := await self.form.told_again(situation):
            return again
        if self.form.forgotten(situation):
            return self.form.after_forgetting(situation, await self._answer(situation))
        typed = not situation.understood.text.startswith("/")
        if typed and (taken := await self.form.take(situation)):
            return taken
        if typed and self.form.opens(situation):
            return await self.form.begin(situation)
        was_open = situation.state.form is not None
        result = await self._answer(situation)
        ours = self.action == APPEAL and not typed
        return await self.form.resumed(situation, result) if was_open and not ours else result

    async def _answer(self, situation: Situation) -> Result:
        return await self._leaning.result(situation) or await self.decide(situation)

    @staticmethod
    def _note_question(situation: Situation, result: Result) -> None:
        """Remembers what was asked, answered or not: a person may be wished for because of it."""
        if result.outcome is Outcome.ANSWERED and "parts" not in result.extra:
            # What leans on the question before it (那普陀呢) says nothing by itself.
            situation.state.wondered = situation.state.last.question
        elif situation.text and result.outcome in (Outcome.ANSWERED, Outcome.CLARIFY, Outcome.NO_ANSWER):
            situation.state.wondered = situation.text

    @staticmethod
    def _count_misses(situation: Situation, result: Result) -> None:
        if result.outcome in (Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE):
            situation.state.misses += 1
        elif result.outcome is Outcome.ANSWERED:
            situation.state.misses = 0
        if result.outcome is not Outcome.CLARIFY:
            situation.state.options, situation.state.asked = [], None


def _buttons(message: Reply) -> list[dict[str, str]]:
    return [{"title": button.title, "payload": button.payload} for button in message.buttons]
