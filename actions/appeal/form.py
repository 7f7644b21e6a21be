"""The form of an appeal: takes what people say while it is open, in whatever order, and files it once confirmed.

Rasa starts it (the act `appeal`); what is filled in stands in `DialogueState.form`, see sheet.py. Every message runs
through `take` first; what isn't for the form is answered as ever, and the open question is put again behind it.
"""

from dataclasses import replace

from actions.answering import Answerer
from actions.appeal.asking import Asker
from actions.appeal.correcting import Corrections
from actions.appeal.filing import Filing
from actions.appeal.filling import Filling
from actions.appeal.leaving import Leaving
from actions.appeal.numbers import number_in
from actions.appeal.sheet import CONFIRM, TAKES_FILES, Field, Sheet
from actions.compose import reply
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from bot.dialogue.turn import Block
from qifu.labels import Act, District, Outcome

_SHORT, _BARE_WISH, _STORY, _NOUN = 30, 6, 15, 10
_SMALL = {
    Act.HANDOFF,
    Act.APPEAL_STATUS,
    Act.MORE,
    Act.SOURCE,
    Act.CONTACT_FOLLOWUP,
    Act.SWITCH_LANGUAGE,
    Act.FEEDBACK_UP,
    Act.FEEDBACK_DOWN,
    Act.GREET,
    Act.THANKS,
    Act.GOODBYE,
    Act.HELP,
    Act.BOT_CHALLENGE,
    Act.RESTART,
    Act.SUBSCRIBE,
    Act.UNSUBSCRIBE,
}
_LEANING = {Act.MORE, Act.SOURCE, Act.CONTACT_FOLLOWUP, Act.FEEDBACK_UP, Act.FEEDBACK_DOWN}
"""Acts that a story is easily taken for: they count with words of their own only."""
_SURE_ACT = 0.5


class AppealForm:
    """One for all conversations; what it knows of each stands in the conversation's state."""

    def __init__(self, services: Services, answerer: Answerer) -> None:
        self._services, self._answerer = services, answerer
        self._cues = services.appeal_cues
        self._asker = Asker(services)
        self._corrections = Corrections(self._cues)
        self._filling = Filling(services, self._cues, self._asker)
        self._filing = Filing(services, self._asker)
        self.told_again = self._filing.told_again
        self.leaving = Leaving(services, answerer, self._asker, self._filling, self._filing)

    async def begin(self, situation: Situation) -> Result:
        """Opens the form with what is known already, and with what the first message tells."""
        state = situation.state
        attaches = situation.conversation.partition(":")[0] in TAKES_FILES
        sheet = Sheet(begun=state.turn or 0, language=situation.language, attaches=attaches)
        sheet.begin_turn(state.turn, self._services.clock())
        known = await self._filling.known(situation)
        for name, value in known.items():
            sheet.fill(name, value)
        filled = await self._filling.opening(situation, sheet)
        sheet.go_on()
        sheet.keep(state)
        if sheet.asked == CONFIRM:
            return self._asker.asks(sheet)
        lead = self._asker.block("appeal_begin", sheet.language)
        before = self._asker.noted(sheet, [name for name in known if name not in filled], "appeal_known")
        return self._asker.asks(sheet, [lead, *before, *self._asker.noted(sheet, filled)])

    def opens(self, situation: Situation) -> bool:
        """Whether a message begins an appeal whatever the classifier makes of it."""
        return bool(situation.text) and situation.state.form is None and self._filling.opens(situation)

    def reopen(self, situation: Situation) -> Result | None:
        """What an open form, or the turn that filed one, answers to the wish for an appeal; None: begin one."""
        sheet = Sheet.of(situation.state)
        return None if sheet is None or sheet.after_hours else self._asker.asks(sheet)

    async def press(self, situation: Situation, pressed: str) -> Result:
        """A button of the form: file, cancel, no_phone, this, or the field to change."""
        sheet = self._turned(situation)
        if sheet is None:
            return self._asker.not_open(situation.language)
        if pressed == "cancel":
            return self._cancel(situation, sheet)
        if pressed == "file":
            if sheet.asked == CONFIRM and situation.value("turn") == str(sheet.changed):
                return await self._filing.file(situation, sheet)
        elif pressed == "no_phone":
            sheet.leave_out(Field.PHONE)
            sheet.go_on()
        elif pressed == "this" and sheet.aside:
            return self._kept(situation, sheet, await self._filling.content(situation, sheet, sheet.aside))
        elif pressed in set(Field):
            sheet.asked = pressed
        return self._kept(situation, sheet, self._asker.asks(sheet))

    async def choose_district(self, situation: Situation, district: str) -> Result:
        """A button with a district."""
        sheet = self._turned(situation)
        if sheet is None:
            return self._asker.not_open(situation.language)
        if district in set(District):
            sheet.fill(Field.DISTRICT, district)
            sheet.go_on()
        return self._kept(situation, sheet, self._asker.asks(sheet))

    async def take(self, situation: Situation) -> Result | None:
        """The form's answer to a typed message; None for one that isn't for it."""
        sheet = self._turned(situation)
        if sheet is None:
            return None
        if sheet.after_hours:
            left = await self.leaving.take(situation, sheet)
            return left and self._kept(situation, sheet, left)
        text = situation.text.strip()
        for step in (self._decided, self._corrected, self._small_words):
            if result := await step(situation, sheet, text):
                return self._kept(situation, sheet, result)
        if not self._filling.marked(situation, sheet):
            small = self._is_small(situation, sheet, text)
            if small or (not self._filling.fits(situation, sheet) and self._is_aside(situation, sheet, text)):
                sheet.aside = text if sheet.asked == Field.TEXT and not small else ""
                sheet.keep(situation.state)
                return None
        return self._kept(situation, sheet, await self._filling.take(situation, sheet))

    async def resumed(self, situation: Situation, result: Result) -> Result:
        """An answer to something else, with the open question behind it."""
        sheet = Sheet.of(situation.state)
        if sheet is None or result.outcome is Outcome.ERROR or not situation.state.form:
            return result
        if sheet.after_hours:
            return await self.leaving.resumed(situation, sheet, result)
        if result.act == Act.SWITCH_LANGUAGE and situation.state.language:
            sheet.language = situation.state.language
            sheet.keep(situation.state)
        if result.act in (Act.HANDOFF, Act.GOODBYE):
            # A person, or a good-bye, first: the form waits without a question.
            button = self._services.composer.button("appeal_go_on", "/appeal", sheet.language)
            word = reply([self._asker.block("appeal_kept", sheet.language)], [button])
            return replace(result, replies=(*result.replies, word))
        lead = self._asker.block("appeal_resume", sheet.language)
        return replace(result, replies=(*result.replies, *self._asker.question(sheet, [lead])))

    def forgotten(self, situation: Situation) -> bool:
        """Whether the form that was open is so old that it is forgotten now."""
        sheet = Sheet.of(situation.state)
        if sheet is None or not sheet.is_over(self._services.clock()):
            return False
        situation.state.form = None
        # Of an offer that nobody took up nothing is lost.
        return not sheet.suggested and Field.TEXT in sheet.values if sheet.after_hours else True

    def after_forgetting(self, situation: Situation, result: Result) -> Result:
        """The answer, with a word on the form that was forgotten."""
        if result.act == Act.APPEAL:
            return result
        button = self._services.composer.button("appeal", "/appeal", situation.language)
        word = self._asker.block("appeal_forgotten", situation.language)
        return replace(result, replies=(*result.replies, reply([word], [button])))

    async def _decided(self, situation: Situation, sheet: Sheet, text: str) -> Result | None:
        """Cancelled, confirmed, or not right."""
        not_now = sheet.asked == Field.PHONE and self._cues.has("not_now", text)
        if self._cues.has("cancel", text) and not not_now:
            return self._cancel(situation, sheet)
        if sheet.asked == CONFIRM and self._cues.has("confirm", text):
            return await self._filing.file(situation, sheet)
        return None

    async def _corrected(self, situation: Situation, sheet: Sheet, text: str) -> Result | None:
        """A field that is to be changed, or an addition to the content."""
        if added := self._corrections.added(text):
            return await self._filling.add(situation, sheet, added)
        correction = self._corrections.of(text, sheet.asked) or self._corrections.of_value(text, sheet.values)
        if correction is None:
            return self._filling.other_district(situation, sheet)
        if correction.field is None and correction.value is None and not sheet.values:
            return None
        if correction.value is not None and (result := await self._filling.correct(situation, sheet, correction)):
            return result
        name = correction.field or self._last(sheet)
        if name is None:
            return self._asker.which(sheet)
        sheet.asked = name
        return self._asker.asks(sheet)

    async def _small_words(self, situation: Situation, sheet: Sheet, text: str) -> Result | None:
        """Why this is asked; skip it; go on; the bare wish again."""
        asked = sheet.asked
        if explained := self._explained(situation, sheet, text):
            return self._asker.asks(sheet, [explained])
        if asked in set(Field):
            left_out = self._cues.has("skip", text) or (asked == Field.PHONE and self._cues.has("not_now", text))
            left_out |= asked == Field.DISTRICT and len(text) <= _STORY and self._cues.has("not_known", text)
            if left_out and asked == Field.TEXT:
                return self._asker.asks(sheet, [self._asker.block("appeal_text_needed", sheet.language)])
            if left_out:
                return self._filling.leave_out(sheet, Field(asked))
        if any(self._cues.has(cue, text) for cue in ("go_on", "confirm", "not_now")):
            return self._asker.asks(sheet)
        if situation.understood.act == Act.APPEAL and len(self._filling.without_wish(text)) < _BARE_WISH:
            return self._asker.asks(sheet)
        return None

    def _explained(self, situation: Situation, sheet: Sheet, text: str) -> Block | None:
        """What a question about the form itself is answered with: why a field is asked for, who reads it."""
        if len(text) > _SHORT or self._answerer.sure(situation.understood) or self._cues.has("story", text):
            return None
        if self._cues.has("privacy", text):
            return self._asker.block("appeal_privacy", sheet.language)
        if self._cues.has("when", text):
            return self._asker.block("appeal_when", sheet.language)
        asks_why = sheet.asked in set(Field) and self._cues.has("why", text)
        return self._asker.explanation(sheet, sheet.asked) if asks_why else None

    @staticmethod
    def _last(sheet: Sheet) -> Field | None:
        """The field that was filled in last, meant by a bare “wrong”; None where the whole is looked at."""
        if sheet.asked == CONFIRM:
            return None
        before = [name for name in Field if name in sheet.values and name != sheet.asked]
        return Field(list(sheet.values)[-1]) if before else None

    def _is_small(self, situation: Situation, sheet: Sheet, text: str) -> bool:
        """Whether a message is a pleasantry or asks for something the bot does at any time.

        A name may look like one to the classifier: then its words must be those of one.
        """
        understood, most = situation.understood, _STORY if sheet.asked == Field.TEXT else _SHORT
        said = self._cues.has("small", text)
        act = (
            len(text) <= most
            and understood.act in (_SMALL if said else _SMALL - _LEANING)
            and understood.confidence >= _SURE_ACT
        )
        if act and understood.act == Act.APPEAL_STATUS and number_in(text):
            return True
        return act and (said or not self._filling.plausible(sheet, text))

    def _is_aside(self, situation: Situation, sheet: Sheet, text: str) -> bool:
        """Whether a message that names no field plainly is about something else."""
        understood, asked = situation.understood, sheet.asked
        plausible = self._filling.plausible(sheet, text)
        asks = self._services.cues.has("asks", text) or text.endswith(("?", "？"))
        sure = self._answerer.sure(understood)
        if asked == Field.TEXT:
            return asks and len(text) <= _SHORT and not self._cues.has("story", text)
        if asks:
            return not (self._cues.has("story", text) and len(text) > _SHORT)
        if situation.state.asked or understood.act == Act.SET_PROFILE:
            return not plausible
        return sure and len(text) <= _NOUN and not self._cues.has("sentence", text)

    def _cancel(self, situation: Situation, sheet: Sheet) -> Result:
        situation.state.form = None
        return self._asker.cancelled(sheet)

    def _turned(self, situation: Situation) -> Sheet | None:
        sheet = Sheet.of(situation.state)
        if sheet is not None:
            sheet.begin_turn(situation.state.turn, self._services.clock())
        return sheet

    @staticmethod
    def _kept(situation: Situation, sheet: Sheet, result: Result) -> Result:
        sheet.end_turn(situation.state)
        return result
