"""What the form says: its questions one at a time, what is wrong, the summary, what happens after filing."""

import json
from collections.abc import Sequence

from actions.appeal.draft import Appeal
from actions.appeal.sheet import CONFIRM, Field, Sheet
from actions.compose import pack
from actions.result import Result
from actions.services import Services
from bot.desk.times import Times
from bot.dialogue.turn import Block, Button, Reply
from qifu.errors import DeskError
from qifu.labels import Act, District, Language, Outcome

_MOST_SHOWN = 500
"""Characters of the content that the summary repeats; a longer one is shown in part."""


class Asker:
    """Writes the form's replies in the form's language."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._desk = services.desk_wording
        self._times = Times(self._desk)

    def asks(self, sheet: Sheet, blocks: Sequence[Block] = ()) -> Result:
        """The open question, after what else is to be said."""
        return Result(Outcome.FORM, self.question(sheet, blocks), act=Act.APPEAL)

    def question(self, sheet: Sheet, blocks: Sequence[Block] = ()) -> tuple[Reply, ...]:
        """The open question as replies: the summary where only the confirmation is missing."""
        if sheet.asked == CONFIRM:
            return pack([*blocks, *self._summary(sheet)], self.buttons_of(sheet))
        language, name = sheet.language, Field(sheet.asked)
        if sheet.after_hours:
            key = "leave_write" if name is Field.TEXT else f"appeal_ask_{name}"
            ask = self.block(key, language, files=sheet.attaches).text
        elif sheet.missing():
            step = {"n": list(Field).index(name) + 1, "of": len(Field)}
            what = self.block(f"appeal_ask_{name}", language, files=sheet.attaches).text
            ask = self.block("appeal_step", language, ask=what, **step).text
        else:
            ask = self.block("appeal_again", language, field=self.name(name, language)).text
        return pack([*blocks, Block("text", ask)], self._buttons(sheet, name))

    def block(self, key: str, language: Language, **values: object) -> Block:
        """A phrase."""
        return self._services.composer.say("text", key, language, **values)

    def name(self, name: str, language: Language) -> str:
        """What people call a field."""
        return self._services.wording.say(f"appeal_field_{name}", language)

    def problem(self, code: str, language: Language) -> Block:
        """What is wrong with a field, in the desk's words."""
        return Block("note", self._desk.say(f"problems.{code}", language))

    def refusal(self, error: DeskError, language: Language) -> Block:
        """Why the desk doesn't take it."""
        return Block("note", self._desk.refusal(error, language))

    def told(self, blocks: Sequence[Block], outcome: Outcome, act: Act, buttons: Sequence[Button] = ()) -> Result:
        """Something to say that isn't the open question."""
        return Result(outcome, pack(blocks, buttons), act=act)

    def noted(self, sheet: Sheet, names: Sequence[str], key: str = "appeal_noted") -> list[Block]:
        """What was just written down; nothing where nothing was."""
        if not names:
            return []
        items = [f"{self.name(name, sheet.language)} {self.shown(sheet, name)}".rstrip("。.") for name in names]
        separator = "；" if sheet.language is Language.ZH else "; "
        return [self.block(key, sheet.language, items=separator.join(items))]

    def only(self, sheet: Sheet, blocks: Sequence[Block]) -> Result:
        """Something to say while the form stays open, with the way to file it."""
        buttons = self.buttons_of(sheet) if sheet.asked == CONFIRM else ()
        return Result(Outcome.FORM, pack(blocks, buttons), act=Act.APPEAL)

    def explanation(self, sheet: Sheet, name: str) -> Block:
        """Why a field is asked for, and what may be left out."""
        return self.block(f"appeal_why_{name}", sheet.language)

    def which(self, sheet: Sheet) -> Result:
        """Asks which field is to be changed."""
        blocks = [self.block("appeal_which", sheet.language)]
        return Result(Outcome.FORM, pack(blocks, self._change_buttons(sheet)), act=Act.APPEAL)

    def cancelled(self, sheet: Sheet) -> Result:
        """Nothing was filed."""
        key = "leave_cancelled" if sheet.after_hours else "appeal_cancelled"
        return Result(Outcome.ACT, pack([self.block(key, sheet.language)]), act=Act.APPEAL)

    def not_open(self, language: Language) -> Result:
        """A button of a form that isn't open any more."""
        button = self._services.composer.button("appeal", "/appeal", language)
        return Result(Outcome.ACT, pack([self.block("appeal_not_open", language)], [button]), act=Act.APPEAL)

    def filed(self, appeal: Appeal, language: Language, *, refused: bool, joined: bool) -> Result:
        """The number and what happens next, by the desk's own calendar only."""
        due = self._times.day(appeal.due, language) if appeal.due else None
        if joined:
            state = self._services.wording.say(f"state_{appeal.state}", language)
            promised = self._times.day(appeal.answer_by, language) if appeal.answer_by else None
            block = self.block("appeal_joined", language, number=appeal.number, state=state, promised=promised)
        elif appeal.answer_by:
            day = self._times.day(appeal.answer_by, language)
            block = self.block("leave_filed", language, number=appeal.number, promised=day)
        else:
            block = self.block("appeal_filed", language, number=appeal.number, due=due, refused=refused)
        return Result(Outcome.ACT, pack([block]), act=Act.APPEAL)

    def _summary(self, sheet: Sheet) -> list[Block]:
        language = sheet.language
        fields = [name for name in Field if name in sheet.values or not sheet.after_hours]
        lines = [
            self.block("appeal_line", language, field=self.name(name, language), value=self.shown(sheet, name))
            for name in fields
        ]
        if sheet.files:
            lines.append(self.block("appeal_files", language, count=len(sheet.files)))
        keys = ("leave_check", "leave_check_hint") if sheet.after_hours else ("appeal_check", "appeal_check_hint")
        lead, hint = (self.block(key, language, phone=Field.PHONE in sheet.values) for key in keys)
        return [Block("lead", lead.text), *lines, hint]

    def shown(self, sheet: Sheet, name: str) -> str:
        """A field's value as its own user reads it: nothing masked."""
        language, value = sheet.language, sheet.values.get(name)
        if value is None:
            key = "appeal_no_phone" if name == Field.PHONE else "appeal_left_out"
            return self._services.wording.say(key, language)
        if name == Field.DISTRICT:
            return self._services.composer.district(value, language)
        if name == Field.TEXT and len(value) > _MOST_SHOWN:
            return self._services.wording.say("appeal_long", language, text=value[:_MOST_SHOWN], characters=len(value))
        return value

    def _buttons(self, sheet: Sheet, name: Field) -> list[Button]:
        composer, language = self._services.composer, sheet.language
        buttons = []
        if name is Field.DISTRICT:
            buttons = [Button(composer.district(d, language), payload(district=str(d))) for d in District]
        if name is Field.PHONE and not sheet.after_hours:
            buttons = [composer.button("appeal_no_phone", payload(m="no_phone"), language)]
        if name is Field.TEXT and sheet.aside:
            buttons = [composer.button("appeal_this", payload(m="this"), language)]
        return [*buttons, self._cancel_button(sheet)]

    def buttons_of(self, sheet: Sheet, *, few: bool = False) -> list[Button]:
        """The ways on from where it stands: to file it where nothing is missing, to change it, to leave it.

        `few`: without those that change it.
        """
        if sheet.asked != CONFIRM:
            return self._buttons(sheet, Field(sheet.asked))
        file = payload(m="file", turn=str(sheet.changed))
        confirm = self._services.composer.button("appeal_file", file, sheet.language)
        return [confirm, self._cancel_button(sheet)] if few else [confirm, *self._change_buttons(sheet)]

    def _change_buttons(self, sheet: Sheet) -> list[Button]:
        """Outside service hours what need not be given is added by its button, and the district is known or isn't."""
        language, wording = sheet.language, self._services.wording
        changed = [Field.TEXT, Field.COMPANY, Field.PHONE] if sheet.after_hours else list(Field)
        buttons = []
        for name in changed:
            adds = sheet.after_hours and name not in sheet.values
            key = "button_appeal_add" if adds else "button_appeal_change"
            title = wording.say(key, language, field=self.name(name, language))
            buttons.append(Button(title, payload(m=str(name))))
        return [*buttons, self._cancel_button(sheet)]

    def _cancel_button(self, sheet: Sheet) -> Button:
        key = "leave_cancel" if sheet.after_hours else "appeal_cancel"
        return self._services.composer.button(key, payload(m="cancel"), sheet.language)


def payload(**values: str) -> str:
    """The payload of one of the form's buttons."""
    return f"/appeal{json.dumps(values, separators=(',', ':'))}"
