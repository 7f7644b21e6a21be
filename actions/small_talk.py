"""Acts that need one phrase, and those that go on where the conversation stands."""

from actions.answering import Answerer
from actions.base import QifuAction
from actions.compose import reply
from actions.replying import choose_payload
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from actions.state import DialogueState
from bot.dialogue.turn import Button
from qifu.labels import Act, Outcome


class PhraseAction(QifuAction):
    """Says the phrase that is named like the act: thanks, goodbye, bot_challenge."""

    def __init__(self, services: Services, answerer: Answerer, act: Act) -> None:
        super().__init__(services, answerer)
        self.act, self.action = act, f"action_{act}"

    async def decide(self, situation: Situation) -> Result:
        """The phrase, with a way to a person where the act asks for one."""
        composer, language = self.services.composer, situation.language
        block = composer.say("text", str(self.act), language)
        buttons = [composer.button("handoff", "/handoff", language)] if self.act is Act.BOT_CHALLENGE else []
        return Result(Outcome.ACT, (reply([block], buttons),), act=self.act)


class WelcomeAction(PhraseAction):
    """Greets or helps, with topics to start from."""

    async def decide(self, situation: Situation) -> Result:
        """The phrase and a button for each of the first topics (all of them for help)."""
        composer, language = self.services.composer, situation.language
        most = 6 if self.act is Act.GREET else len(self.services.topics)
        topics = list(self.services.topics.items())[:most]
        buttons = [Button(names[language], choose_payload(topic)) for topic, names in topics]
        block = composer.say("text", str(self.act), language)
        return Result(Outcome.ACT, (reply([block], buttons),), act=self.act)


class RestartAction(QifuAction):
    """重新开始: forgets everything but the language."""

    action = "action_restart"

    async def decide(self, situation: Situation) -> Result:
        """Confirms that all is forgotten."""
        fresh = DialogueState(language=situation.state.language, turn=situation.state.turn)
        situation.state.__dict__.update(fresh.__dict__)
        block = self.services.composer.say("text", "restart", situation.language)
        return Result(Outcome.ACT, (reply([block]),), act=Act.RESTART)


class AffirmAction(QifuAction):
    """好的: takes the first offered matter where a choice is open; else goes on."""

    action = "action_affirm"

    async def decide(self, situation: Situation) -> Result:
        """The answer to the open choice, or a word to go on."""
        state = situation.state
        if state.options and len(state.options) == 1:
            return self.answerer.replies.chosen(situation, state.options[0])
        block = self.services.composer.say("text", "affirm", situation.language)
        return Result(Outcome.ACT, (reply([block]),), act=Act.AFFIRM)


class DenyAction(QifuAction):
    """不用了: closes what is open."""

    action = "action_deny"

    async def decide(self, situation: Situation) -> Result:
        """A word to go on."""
        situation.state.form = None
        block = self.services.composer.say("text", "deny", situation.language)
        return Result(Outcome.ACT, (reply([block]),), act=Act.DENY)
