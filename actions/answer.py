"""Answers questions, and turns away what is none of ours."""

from actions.base import QifuAction
from actions.compose import reply
from actions.replying import choose_payload
from actions.result import Result
from actions.situation import Situation
from bot.dialogue.turn import Button
from qifu.labels import Outcome


class AnswerAction(QifuAction):
    """A question of some topic."""

    action = "action_answer"

    async def decide(self, situation: Situation) -> Result:
        """The answer, or an honest line that there is none."""
        return await self.answerer.answer(situation)


class OutOfScopeAction(QifuAction):
    """A message that is none of ours, unless it leans on what was said before."""

    action = "action_out_of_scope"

    async def decide(self, situation: Situation) -> Result:
        """What the bot is for; an answer where that is not sure enough, or where the message leans on another."""
        return await self.answerer.answer(situation)


class ChooseAction(QifuAction):
    """A matter or topic chosen by a button: the payload's `m`."""

    action = "action_choose"

    async def decide(self, situation: Situation) -> Result:
        """The chosen matter's points, or the matters of the chosen topic to choose from."""
        chosen = situation.value("m") or ""
        if chosen in self.services.topics:
            return self._topic(situation, chosen)
        if chosen not in self.services.knowledge.matters:
            return self.answerer.replies.turned_away(situation)
        return self.answerer.replies.chosen(situation, chosen)

    def _topic(self, situation: Situation, topic: str) -> Result:
        composer, language = self.services.composer, situation.language
        situation.state.options, situation.state.asked = [], None
        matters = [m for m in self.services.knowledge.matters.values() if m.topic == topic and not m.general]
        buttons = [Button(composer.matter(m.id, language), choose_payload(m.id)) for m in matters[:8]]
        name = self.services.topics[topic][language]
        blocks = [composer.say("lead", "topic_ask", language, topic=name)]
        return Result(Outcome.CLARIFY, (reply(blocks, buttons),), topic=topic)
