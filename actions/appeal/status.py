"""Tells how far a user's appeals have come."""

import re

from actions.appeal.draft import Appeal
from actions.appeal.numbers import number_in
from actions.base import QifuAction
from actions.compose import pack
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from bot.desk.telling import button, rating_buttons
from bot.desk.times import Times
from bot.dialogue.turn import Block, Button
from qifu.labels import Act, Language, Outcome

_MOST = 3
_LAST_DIGITS = re.compile(r"(?<![\d-])(\d{4})\s*号")


class AppealStatusAction(QifuAction):
    """进度: the state of the conversation's appeals."""

    action = "action_appeal_status"

    def __init__(self, services: Services, *arguments: object) -> None:
        super().__init__(services, *arguments)  # type: ignore[arg-type]
        self._desk = services.desk_wording
        self._times = Times(self._desk)

    async def decide(self, situation: Situation) -> Result:
        """The latest three, or the one whose number the message names."""
        composer, language = self.services.composer, situation.language
        number = number_in(situation.text)
        appeals = await self.services.desk.appeals(situation.conversation, number)
        if ends := _LAST_DIGITS.search(situation.text) if number is None else None:
            named = [appeal for appeal in appeals if appeal.number.endswith(ends[1])]
            number, appeals = ends[1], named
        if not appeals:
            key = "appeal_status_unknown" if number else "appeal_status_none"
            block = composer.say("text", key, language, number=number)
            return self._result([block], [composer.button("appeal", "/appeal", language)])
        blocks = [block for appeal in appeals[:_MOST] for block in self._said(appeal, language)]
        if len(appeals) > _MOST:
            blocks.append(composer.say("note", "appeal_status_more", language, count=len(appeals)))
        return self._result(blocks, self._buttons(appeals[:_MOST], language))

    @staticmethod
    def _result(blocks: list[Block], buttons: list[Button]) -> Result:
        return Result(Outcome.ACT, pack(blocks, buttons), act=Act.APPEAL_STATUS)

    def _said(self, appeal: Appeal, language: Language) -> list[Block]:
        """State, since when, unit, the desk's own aim, and the last word to the user."""
        values = {
            "number": appeal.number,
            "filed": self._times.day(appeal.filed, language),
            "state": self.services.wording.say(f"state_{appeal.state}", language),
            "since": self._times.day(appeal.since, language),
            "unit": self._unit(appeal.unit, language),
            "promised": self._times.day(appeal.answer_by, language) if appeal.answer_by else None,
            "due": self._times.day(appeal.due, language) if appeal.due else None,
            "hotline_number": appeal.hotline_number,
        }
        composer = self.services.composer
        said = [composer.say("text", "appeal_status", language, **values)]
        if appeal.remark:
            said.append(composer.say("quote", "appeal_status_remark", language, remark=appeal.remark))
        return said

    def _unit(self, unit: str | None, language: Language) -> str | None:
        """A unit as users read it; the desk keeps a contact's id, or a name."""
        contact = self.services.knowledge.contacts.get(unit or "")
        if contact is None:
            return unit
        return contact.name if language is Language.ZH else f"{contact.name_en} ({contact.name})"

    def _buttons(self, appeals: list[Appeal], language: Language) -> list[Button]:
        """To rate and to reopen the newest one for which that can be done."""
        buttons: list[Button] = []
        if rated := next((appeal for appeal in appeals if appeal.may_rate), None):
            buttons += rating_buttons(self._desk, "appeal_rate", rated.number, language)
        again = rated or next((appeal for appeal in appeals if appeal.may_reopen), None)
        if again and again.may_reopen:
            buttons.append(button(self._desk, "appeal_reopen", "appeal_reopen", language, n=again.number))
        return buttons
