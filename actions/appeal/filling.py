"""Fills the form: what a message tells goes into the fields, checked by the desk's own rules."""

from actions.appeal.asking import Asker
from actions.appeal.correcting import Correction
from actions.appeal.reading import Reader, Reading
from actions.appeal.sheet import CONFIRM, Field, Sheet
from actions.appeal.writing import Taken, Writer, content_problem
from actions.cues import Cues
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from bot.desk.validation import (
    SHORTEST_TEXT,
    plain,
    refuses_phone,
    text_problem,
)
from bot.dialogue.turn import Block
from qifu.labels import Act

_MOST_COMPANY, _MOST_NAME, _MOST_PLAIN_COMPANY = 60, 20, 20
_STORY = 12
_DIGITS = 5
_BEYOND_WISH = 6
_MANY = 3


class Filling:
    """Works on one sheet at a time; keeps nothing itself."""

    def __init__(self, services: Services, cues: Cues, asker: Asker) -> None:
        self._services, self._cues, self._asker = services, cues, asker
        self._reader = Reader(cues)
        self._writer = Writer(services, cues, self._reader, asker)

    async def known(self, situation: Situation) -> dict[str, str]:
        """What is known of this user: from the last appeal, the profile and the chosen district."""
        known = await self._services.desk.known(situation.conversation)
        if (name := situation.state.profile.get("organisation")) and self._reader.company(name):
            known["company"] = name
        if situation.state.district:
            known["district"] = situation.state.district
        return {name: known[name] for name in Field if known.get(name)}

    async def opening(self, situation: Situation, sheet: Sheet) -> list[str]:
        """The fields that the first message fills, besides saying that somebody wants to complain."""
        text = situation.text.strip()
        if not text:
            return []
        if begins := self._cues.match("begins", text):
            text = text[begins.end() :].strip()
        reading = self._read(situation, text)
        content = reading.values.pop(Field.TEXT, None) or reading.rest
        taken = await self._write(situation, sheet, reading)
        beyond = len(self.without_wish(content))
        asks, story = self._services.cues.has("asks", content), self._cues.has("story", content)
        tells = (beyond >= SHORTEST_TEXT and not asks) or (beyond >= _BEYOND_WISH and story)
        if tells and text_problem(plain(content)) is None:
            sheet.fill(Field.TEXT, content)
            taken.names.append(Field.TEXT)
        return taken.names

    def opens(self, situation: Situation) -> bool:
        """Whether a message is an appeal by its shape: “登记诉求：…”, or several labelled fields."""
        labelled = self._read(situation, situation.text).labelled
        return self._cues.has("begins", situation.text) or (len(labelled) >= _MANY and Field.TEXT in labelled)

    def without_wish(self, text: str) -> str:
        """What a message says besides the wish to file an appeal."""
        return self._cues.pattern("wish").sub("", text)

    def marked(self, situation: Situation, sheet: Sheet) -> bool:
        """Whether a message says by itself what it is for: a label, a telephone number, the refusal of one."""
        reading = self._read(situation, situation.text, sheet.asked)
        return reading.refused or bool(reading.labelled) or Field.PHONE in reading.values

    def left_over(self, situation: Situation, sheet: Sheet) -> str:
        """What a message says beyond the fields in it."""
        return self._read(situation, situation.text, sheet.asked).rest

    def fits(self, situation: Situation, sheet: Sheet) -> bool:
        """Whether a message looks like a field, or like the answer to the question that is open."""
        reading = self._read(situation, situation.text, sheet.asked)
        asks = self._services.cues.has("asks", situation.text)
        leads: dict[str, str] = {Field.COMPANY: "company_lead", Field.CONTACT_NAME: "person_lead"}
        name = leads.get(sheet.asked)
        if lead := self._cues.match(name, situation.text) if name else None:
            value = situation.text[lead.end() :].strip()
            if not asks and self.plausible(sheet, value) and not self._cues.has("trade", value):
                return True
        if sheet.asked == Field.DISTRICT and situation.understood.districts:
            return not self._cues.has("asks_again", situation.text.strip()) and not asks
        return bool(reading.values) and not (asks and reading.rest)

    def plausible(self, sheet: Sheet, text: str) -> bool:
        """Whether a message may be the value that is asked for, though nothing marks it as such."""
        text = text.strip()
        if "\n" in text or (self._reader.company(text) is None and self._sentence(text)):
            return False
        if sheet.asked == Field.COMPANY:
            named = self._reader.company(text) is not None
            return named or (len(text) <= _MOST_PLAIN_COMPANY and any(c.isalpha() for c in text))
        if sheet.asked == Field.CONTACT_NAME:
            latin = self._cues.has("latin_person", text)
            bare = len(text) <= _MOST_NAME // 2 and any(c.isalpha() for c in text)
            return latin or self._reader.person(text) is not None or (bare and not any(c.isdigit() for c in text))
        return False

    def _sentence(self, text: str) -> bool:
        return self._cues.has("story", text) or self._cues.has("sentence", text)

    async def take(self, situation: Situation, sheet: Sheet) -> Result:
        """The form's answer to a message that is for it."""
        text = situation.text.strip()
        if sheet.asked == Field.TEXT:
            return await self.content(situation, sheet, text)
        reading = self._read(situation, text, sheet.asked)
        taken = await self._write(situation, sheet, reading, direct=True)
        rest = reading.rest
        if rest and not (sheet.asked in taken.wrong and rest == text):
            self._tell(sheet, rest, taken)
        if not taken.names and not taken.blocks:
            taken.blocks = self._nothing(sheet)
        return self._answer(sheet, taken)

    async def content(self, situation: Situation, sheet: Sheet, text: str) -> Result:
        """The answer to the question for the content; other fields in it are filled where they are empty."""
        reading = self._read(situation, text)
        said = reading.values.pop(Field.TEXT, None)
        content = said or (reading.rest if reading.labelled or not reading.rest else text)
        if sheet.after_hours and not reading.labelled:
            # A few words (想问下开店) may look like a name: here only a telephone number is more than content.
            reading.values = {Field.PHONE: reading.values[Field.PHONE]} if Field.PHONE in reading.values else {}
            content = text
        taken = await self._write(situation, sheet, reading)
        if content or not taken.names:
            await self._writer.write(situation, sheet, Field.TEXT, content, taken)
        sheet.aside = ""
        return self._answer(sheet, taken, asked=Field.TEXT)

    async def add(self, situation: Situation, sheet: Sheet, text: str) -> Result:
        """Adds to the content."""
        taken = Taken()
        if Field.TEXT not in sheet.values:
            await self._writer.write(situation, sheet, Field.TEXT, text, taken)
        else:
            self._append(sheet, text, taken)
        return self._answer(sheet, taken)

    async def correct(self, situation: Situation, sheet: Sheet, correction: Correction) -> Result | None:
        """Writes the new value; None where it isn't said of which field."""
        value, taken = correction.value or "", Taken()
        if correction.field is None:
            reading = self._read(situation, value)
            if reading.values or reading.refused:
                reading.labelled = set(reading.values)
                return self._answer(sheet, await self._write(situation, sheet, reading))
            if sheet.asked == CONFIRM or not sheet.values:
                return None
            name = Field(list(sheet.values)[-1])
        else:
            name = correction.field
        if name is Field.PHONE and refuses_phone(value):
            return self.leave_out(sheet, name)
        await self._writer.write(situation, sheet, name, value, taken)
        return self._answer(sheet, taken, asked=name)

    def other_district(self, situation: Situation, sheet: Sheet) -> Result | None:
        """“徐汇写错了，是普陀”: the district named last; None where the message is no such correction."""
        named, text = situation.understood.districts, situation.text
        was = sheet.values.get(Field.DISTRICT)
        settled = was is not None and (sheet.asked != Field.TEXT or (was in named and named[-1] != was))
        if not (settled and named and len(text) <= _MOST_NAME and self._cues.has("slip", text)):
            return None
        taken = Taken([Field.DISTRICT])
        sheet.fill(Field.DISTRICT, named[-1])
        return self._answer(sheet, taken)

    def leave_out(self, sheet: Sheet, name: Field) -> Result:
        """A field that the user would rather not fill in."""
        sheet.leave_out(name)
        key = "appeal_phone_refused" if name is Field.PHONE else "appeal_skipped"
        sheet.go_on()
        return self._asker.asks(sheet, [self._asker.block(key, sheet.language)])

    def _read(self, situation: Situation, text: str, asked: str | None = None) -> Reading:
        return self._reader.read(text, situation.understood.places, asked)

    async def _write(self, situation: Situation, sheet: Sheet, reading: Reading, *, direct: bool = False) -> Taken:
        """Writes what was recognised; `direct`: what is left over may be what was asked for."""
        taken, asked = Taken(), sheet.asked
        for name, value in reading.values.items():
            open_to_it = name not in sheet.values or asked in (name, CONFIRM) or name in reading.labelled
            if open_to_it and value:
                await self._writer.write(situation, sheet, name, value, taken)
        if reading.refused and Field.PHONE not in reading.values:
            sheet.leave_out(Field.PHONE)
            taken.blocks.append(self._asker.block("appeal_phone_refused", sheet.language))
        unanswered = direct and asked in set(Field) and asked not in (*taken.names, *taken.wrong)
        if unanswered and not (reading.refused and asked == Field.PHONE):
            await self._directly(situation, sheet, reading, taken)
        return taken

    async def _directly(self, situation: Situation, sheet: Sheet, reading: Reading, taken: Taken) -> None:
        """The value that was asked for, without any mark."""
        asked, rest = Field(sheet.asked), reading.rest
        if asked is Field.DISTRICT:
            if situation.understood.districts or situation.understood.other_city:
                await self._writer.write(situation, sheet, asked, situation.text, taken)
                reading.rest = "" if len(rest) < _STORY else rest
        elif asked is Field.PHONE:
            if sum(c.isdigit() for c in rest) >= _DIGITS and len(rest) <= 2 * _STORY:
                await self._writer.write(situation, sheet, asked, rest, taken)
                reading.rest = ""
        elif rest and self.plausible(sheet, rest) and situation.understood.act != Act.SET_DISTRICT:
            await self._writer.write(situation, sheet, asked, rest, taken)
            reading.rest = ""

    def _tell(self, sheet: Sheet, rest: str, taken: Taken) -> None:
        """What no field took: the content, or more of it, where it tells something."""
        tells = len(rest) >= _STORY or (len(rest) >= SHORTEST_TEXT and self._sentence(rest))
        if not tells:
            return
        if Field.TEXT not in sheet.values:
            if content_problem(sheet, rest) is None:
                sheet.fill(Field.TEXT, rest)
                taken.names.append(Field.TEXT)
        else:
            self._append(sheet, rest, taken)

    def _append(self, sheet: Sheet, text: str, taken: Taken) -> None:
        if text in sheet.values[Field.TEXT]:
            return
        whole = f"{sheet.values[Field.TEXT]}\n{text}"
        if problem := content_problem(sheet, whole):
            taken.blocks.append(self._asker.problem(problem, sheet.language))
            return
        sheet.fill(Field.TEXT, whole)
        taken.blocks.append(self._asker.block("appeal_added", sheet.language))

    def _nothing(self, sheet: Sheet) -> list[Block]:
        """Why a message could not be taken, where the question alone would not tell."""
        if sheet.asked == Field.PHONE:
            return [self._asker.problem("phone", sheet.language)]
        keys = {CONFIRM: "appeal_not_understood", Field.DISTRICT: "appeal_one_district"}
        return [self._asker.block(keys.get(sheet.asked, "appeal_unclear"), sheet.language)]

    def _answer(self, sheet: Sheet, taken: Taken, asked: str | None = None) -> Result:
        """The next question; the same one where its answer was wrong."""
        was = asked or sheet.asked
        if taken.wrong:
            sheet.asked = was if was in taken.wrong else taken.wrong[0]
        elif was == CONFIRM or was in sheet.values or was in sheet.left_out:
            sheet.go_on()
        else:
            sheet.asked = was
        more = [name for name in taken.names if len(taken.names) > 1 or name != was]
        noted = self._asker.noted(sheet, more) if sheet.asked != CONFIRM else []
        return self._asker.asks(sheet, [*taken.blocks, *noted])
