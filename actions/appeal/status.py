"""Tells how far a user's appeals have come."""

from actions.base import QifuAction
from actions.compose import reply
from actions.result import Result
from actions.services import Filed
from actions.situation import Situation
from qifu.labels import Act, Language, Outcome


class AppealStatusAction(QifuAction):
    """进度: the state of the conversation's appeals."""

    action = "action_appeal_status"

    async def decide(self, situation: Situation) -> Result:
        """The latest three, or the one whose number the message names."""
        composer, language = self.services.composer, situation.language
        number = self.services.cues.find("number", situation.text)
        appeals = await self.services.desk.appeals(situation.conversation, number.upper() if number else None)
        blocks = [composer.say("text", "appeal_status", language, **self._said(a, language)) for a in appeals[:3]]
        buttons = [] if appeals else [composer.button("appeal", "/appeal", language)]
        blocks = blocks or [composer.say("text", "appeal_status_none", language)]
        return Result(Outcome.ACT, (reply(blocks, buttons),), act=Act.APPEAL_STATUS)

    def _said(self, appeal: Filed, language: Language) -> dict[str, str]:
        state = self.services.wording.say(f"state_{appeal.state}", language)
        return {"number": appeal.number, "date": appeal.date, "state": state}
