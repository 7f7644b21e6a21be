"""Begins an appeal, or goes on with the one that is open."""

from actions.base import QifuAction
from actions.result import Result
from actions.situation import Situation


class AppealAction(QifuAction):
    """我要投诉: opens the form; a button of the form does what it says."""

    action = "action_appeal"

    async def decide(self, situation: Situation) -> Result:
        """The open question. What is typed while the form is open never comes here: the form takes it."""
        if district := situation.value("district") if not situation.text else None:
            return await self.form.choose_district(situation, district)
        if pressed := situation.value("m"):
            return await self.form.press(situation, pressed)
        return self.form.reopen(situation) or await self.form.begin(situation)
