"""Leaves a question for people outside service hours: an appeal that needs no more than the question itself.

The wish for a person opens it. What is typed next is the question, unless the bot can answer it, or it is a command:
then the offer is kept. One confirmation files it.
"""

from dataclasses import replace

from actions.answering import Answerer
from actions.appeal.asking import Asker
from actions.appeal.correcting import Corrections
from actions.appeal.filing import Filing
from actions.appeal.filling import Filling
from actions.appeal.sheet import CONFIRM, TAKES_FILES, Field, Sheet
from actions.result import Result
from actions.services import Called, Services
from actions.situation import Situation
from bot.desk.validation import SHORTEST_TEXT
from qifu.labels import Act, Channel, Outcome

_SHORT = 30
_SHORT_WORDS = 20
"""Characters of English words that tell something, where Chinese needs `SHORTEST_TEXT`."""
_SURE_ACT = 0.5
_MOST_IGNORED = 3
"""After so many messages about something else an offer that nobody took up is dropped."""
_FAILED = (Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE)


class Leaving:
    """One for all conversations; what it knows of each stands in the conversation's sheet."""

    def __init__(self, services: Services, answerer: Answerer, asker: Asker, filling: Filling, filing: Filing) -> None:
        self._services, self._answerer, self._asker = services, answerer, asker
        self._filling, self._filing = filling, filing
        self._cues = services.appeal_cues
        self._corrections = Corrections(self._cues)

    def offer(self, situation: Situation, called: Called) -> Result:
        """When people are back, and the way to leave the question; a form that is open is left as it is."""
        state, language = situation.state, situation.language
        sheet = Sheet.of(state)
        closed = self._asker.block("handoff_closed", language, hours=called.hours, opens_at=called.opens_at)
        if sheet is not None and not sheet.after_hours:
            return self._asker.told([closed], Outcome.HANDOFF, Act.HANDOFF)
        if sheet is None or sheet.begun == (state.turn or 0):
            sheet = self._begun(situation)
        sheet.language, sheet.ignored = language, 0
        sheet.go_on()
        sheet.keep(state)
        away = situation.conversation.partition(":")[0] == Channel.TERMINAL
        key = "leave_offer" if sheet.asked == CONFIRM else "leave_ask"
        text = self._asker.shown(sheet, Field.TEXT) if sheet.asked == CONFIRM else ""
        before = sheet.suggested and sheet.values.get(Field.TEXT) == state.wondered
        ask = self._asker.block(key, language, promised=called.promised, text=text, suggested=before, terminal=away)
        return self._asker.told([closed, ask], Outcome.HANDOFF, Act.HANDOFF, self._asker.buttons_of(sheet))

    @staticmethod
    def written(situation: Situation) -> str | None:
        """What was written to be left; a person who can be called after all wants to know it, too."""
        sheet = Sheet.of(situation.state)
        return sheet.values.get(Field.TEXT) if sheet and sheet.after_hours else None

    @staticmethod
    def drop(situation: Situation) -> None:
        """Nothing is to be left any more: a person was called."""
        sheet = Sheet.of(situation.state)
        if sheet and sheet.after_hours:
            situation.state.form = None

    async def take(self, situation: Situation, sheet: Sheet) -> Result | None:
        """The answer to a typed message; None for one that the bot is to try first."""
        text = situation.text.strip()
        if result := await self._decided(situation, sheet, text):
            return result
        if self._is_whole_appeal(situation):
            situation.state.form = None
            return None
        if result := await self._field(situation, sheet, text):
            return result
        if self._is_story(situation, text):
            return await self._own(situation, sheet, text)
        # Whether the bot knows an answer is seen when it has tried: `resumed`.
        sheet.keep(situation.state)
        return None

    async def _decided(self, situation: Situation, sheet: Sheet, text: str) -> Result | None:
        """Left, not left, or something else is to be left."""
        if self._cues.has("cancel", text):
            situation.state.form = None
            return self._asker.cancelled(sheet)
        if sheet.asked == CONFIRM and self._cues.has("confirm", text):
            return await self._filing.file(situation, sheet)
        if self._cues.has("another", text) or (sheet.suggested and self._cues.has("bare_correction", text)):
            return self._another(sheet)
        return None

    def _is_story(self, situation: Situation, text: str) -> bool:
        """Whether a message tells what happened, rather than that it asks or commands."""
        understood = situation.understood
        if situation.state.asked or len(text) < SHORTEST_TEXT or not self._cues.has("story", text):
            return False
        small = understood.act is not None and understood.confidence >= _SURE_ACT and len(text) <= _SHORT
        return not small and not (self._services.cues.has("asks", text) and self._answerer.sure(understood))

    async def resumed(self, situation: Situation, sheet: Sheet, result: Result) -> Result:
        """The bot's answer with the offer below it; a message it has no answer to is what is to be left."""
        state = situation.state
        if result.act in (Act.HANDOFF, Act.APPEAL) or result.outcome is Outcome.ERROR:
            return result
        if result.outcome in _FAILED and situation.text:
            return self._end(situation, sheet, await self._own(situation, sheet, situation.text.strip()))
        sheet.ignored += 1
        if result.outcome is Outcome.ANSWERED and (sheet.suggested or Field.TEXT not in sheet.values):
            self._suggest(sheet, state.last.question)
        if sheet.ignored >= _MOST_IGNORED and (sheet.suggested or Field.TEXT not in sheet.values):
            state.form = None
            return result
        if result.act == Act.SWITCH_LANGUAGE and state.language:
            sheet.language = state.language
        if result.act == Act.SET_DISTRICT and state.district:
            sheet.fill(Field.DISTRICT, state.district)
        sheet.go_on()
        sheet.keep(state)
        text = self._asker.shown(sheet, Field.TEXT) if sheet.asked == CONFIRM else ""
        word = self._asker.block("leave_kept", sheet.language, text=text)
        kept = self._asker.told([word], Outcome.FORM, Act.HANDOFF, self._asker.buttons_of(sheet, few=True))
        return replace(result, replies=(*result.replies, *kept.replies))

    def _begun(self, situation: Situation) -> Sheet:
        """A fresh sheet, with the question that was asked before, or with what was said together with the wish."""
        state = situation.state
        attaches = situation.conversation.partition(":")[0] in TAKES_FILES
        sheet = Sheet(
            begun=state.turn or 0, language=situation.language, attaches=attaches, asked=Field.TEXT, after_hours=True
        )
        sheet.begin_turn(state.turn, self._services.clock())
        if district := state.district or next(iter(state.last.districts), None):
            sheet.fill(Field.DISTRICT, district)
        self._suggest(sheet, situation.text.strip() if self._tells(situation.text) else state.wondered)
        return sheet

    def _tells(self, text: str) -> bool:
        """Whether somebody says with the wish for a person what it is about."""
        # A blank in their place keeps the words around them apart, which the wish has to know.
        beyond = self._cues.pattern("calling").sub(" ", self._services.cues.pattern("person").sub(" ", text))
        beyond = self._filling.without_wish(beyond)
        return len(beyond) >= (_SHORT_WORDS if beyond.isascii() else SHORTEST_TEXT)

    @staticmethod
    def _suggest(sheet: Sheet, question: str) -> None:
        if question:
            sheet.fill(Field.TEXT, question)
            sheet.suggested = True

    def _another(self, sheet: Sheet) -> Result:
        """Something else than what was suggested is to be left."""
        sheet.values.pop(Field.TEXT, None)
        sheet.suggested = False
        sheet.go_on()
        return self._asker.asks(sheet)

    def _is_whole_appeal(self, situation: Situation) -> bool:
        """Whether the user would rather fill in the whole form."""
        understood = situation.understood
        appeal = understood.act == Act.APPEAL and understood.confidence >= _SURE_ACT
        return appeal or self._filling.opens(situation)

    async def _field(self, situation: Situation, sheet: Sheet, text: str) -> Result | None:
        """A company, a telephone number or the like, which need not be given."""
        if sheet.asked in set(Field) - {Field.TEXT}:
            return await self._asked(situation, sheet, text)
        if sheet.asked == CONFIRM and (added := self._corrections.added(text)):
            sheet.suggested = False
            return await self._filling.add(situation, sheet, added)
        correction = self._corrections.of(text, sheet.asked)
        if correction and correction.field and correction.value is not None:
            return await self._filling.correct(situation, sheet, correction)
        if correction and correction.field:
            sheet.asked = correction.field
            return self._asker.asks(sheet)
        if not self._filling.marked(situation, sheet):
            return None
        own = sheet.suggested and len(self._filling.left_over(situation, sheet)) >= SHORTEST_TEXT
        return await (self._own(situation, sheet, text) if own else self._filling.take(situation, sheet))

    async def _asked(self, situation: Situation, sheet: Sheet, text: str) -> Result | None:
        """The answer to a field that a button asked for; “skip” leaves it as it was."""
        if self._cues.has("skip", text) or self._cues.has("not_now", text):
            sheet.go_on()
            return self._asker.asks(sheet)
        asks = self._services.cues.has("asks", text)
        if asks and not (self._filling.marked(situation, sheet) or self._filling.fits(situation, sheet)):
            return None
        return await self._filling.take(situation, sheet)

    async def _own(self, situation: Situation, sheet: Sheet, text: str) -> Result:
        """The message is what is to be left, or more of it."""
        sheet.ignored, sheet.language = 0, situation.language
        if sheet.suggested or sheet.asked == Field.TEXT:
            sheet.suggested, sheet.asked = False, Field.TEXT
            return await self._filling.content(situation, sheet, text)
        return await self._filling.add(situation, sheet, text)

    @staticmethod
    def _end(situation: Situation, sheet: Sheet, result: Result) -> Result:
        sheet.end_turn(situation.state)
        return result
