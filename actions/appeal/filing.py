"""Begins an appeal."""

from actions.base import QifuAction
from actions.compose import reply
from actions.result import Result
from actions.situation import Situation
from qifu.labels import Act, Outcome


class AppealAction(QifuAction):
    """我要投诉: takes an appeal in one message, then files it."""

    action = "action_appeal"

    async def decide(self, situation: Situation) -> Result:
        """Asks for the appeal; the next message is taken as its text."""
        situation.state.form = {"name": "appeal"}
        block = self.services.composer.say("text", "appeal", situation.language)
        return Result(Outcome.FORM, (reply([block]),), act=Act.APPEAL)
