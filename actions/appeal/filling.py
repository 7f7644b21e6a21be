"""Fills the form: what a message tells goes into the fields, checked by the desk's own rules."""

from dataclasses import dataclass, field

from actions.appeal.asking import Asker
from actions.appeal.correcting import Correction
from actions.appeal.reading import Reader, Reading
from actions.appeal.sheet import CONFIRM, Field, Sheet
from actions.cues import Cues
from actions.result import Result
from actions.services import Services
from actions.situation import Situation
from bot.desk.validation import (
    SHORTEST_TEXT,
    company_problem,
    name_problem,
    phone_number,
    plain,
    refuses_phone,
    text_problem,
)
from bot.dialogue.turn import Block
from qifu.labels import District

_MOST_COMPANY, _MOST_NAME, _MOST_PLAIN_COMPANY = 60, 20, 20
_STORY = 12
_DIGITS = 5
_BEYOND_WISH = 6


@dataclass
class Taken:
    """What a message brought: fields that were written, what is wrong, what else is to be said."""

    names: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Filling:
    """Works on one sheet at a time; keeps nothing itself."""

    def __init__(self, services: Services, cues: Cues, asker: Asker) -> None:
        self._services, self._cues, self._asker = services, cues, asker
        self._reader = Reader(cues)

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

    def without_wish(self, text: str) -> str:
        """What a message says besides the wish to file an appeal."""
        return self._cues.pattern("wish").sub("", text)

    def fits(self, situation: Situation, sheet: Sheet) -> bool:
        """Whether a message plainly names a field: by a label, or by its looks."""
        reading = self._read(situation, situation.text, sheet.asked)
        if reading.refused or reading.labelled or Field.PHONE in reading.values:
            return True
        asks = self._services.cues.has("asks", situation.text)
        if sheet.asked == Field.DISTRICT and situation.understood.districts:
            return not self._cues.has("asks_again", situation.text.strip()) and not asks
        return bool(reading.values) and not (asks and reading.rest)

    def plausible(self, sheet: Sheet, text: str) -> bool:
        """Whether a message may be the value that is asked for, though nothing marks it as such."""
        text = text.strip()
        if self._cues.has("story", text) or "\n" in text:
            return False
        if sheet.asked == Field.COMPANY:
            named = self._reader.company(text) is not None
            return named or (len(text) <= _MOST_PLAIN_COMPANY and any(c.isalpha() for c in text))
        if sheet.asked == Field.CONTACT_NAME:
            latin = self._cues.has("latin_person", text)
            bare = len(text) <= _MOST_NAME // 2 and any(c.isalpha() for c in text)
            return latin or self._reader.person(text) is not None or (bare and not any(c.isdigit() for c in text))
        return False

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
        taken = await self._write(situation, sheet, reading)
        if content or not taken.names:
            await self._set(situation, sheet, Field.TEXT, content, taken)
        sheet.aside = ""
        return self._answer(sheet, taken, asked=Field.TEXT)

    async def add(self, situation: Situation, sheet: Sheet, text: str) -> Result:
        """Adds to the content."""
        taken = Taken()
        if Field.TEXT not in sheet.values:
            await self._set(situation, sheet, Field.TEXT, text, taken)
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
        await self._set(situation, sheet, name, value, taken)
        return self._answer(sheet, taken, asked=name)

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
                await self._set(situation, sheet, name, value, taken)
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
                await self._set(situation, sheet, asked, situation.text, taken)
                reading.rest = "" if len(rest) < _STORY else rest
        elif asked is Field.PHONE:
            if sum(c.isdigit() for c in rest) >= _DIGITS and len(rest) <= 2 * _STORY:
                await self._set(situation, sheet, asked, rest, taken)
                reading.rest = ""
        elif rest and self.plausible(sheet, rest):
            await self._set(situation, sheet, asked, rest, taken)
            reading.rest = ""

    async def _set(self, situation: Situation, sheet: Sheet, name: Field, value: str, taken: Taken) -> None:
        """Checks and writes one field; what is wrong with it is said."""
        if name is Field.DISTRICT:
            await self._set_district(situation, sheet, value, taken)
            return
        problem: str | None
        if name is Field.PHONE:
            found = self._cues.pattern("phone").search(value)
            number = phone_number(found.group(0) if found else value)
            value, problem = number or "", None if number else "phone"
        elif name is Field.COMPANY:
            named = self._reader.company(value)
            value = plain(named[0] if named else self._bare(value, "company_lead"))
            problem = company_problem(value)
        elif name is Field.CONTACT_NAME:
            value = plain(self._reader.person(value) or self._bare(value, "person_lead"))
            problem = name_problem(value)
        else:
            value = value.strip()
            problem = text_problem(plain(value))
        if problem:
            taken.blocks.append(self._asker.problem(problem, sheet.language))
            taken.wrong.append(name)
            return
        sheet.fill(name, value)
        taken.names.append(name)

    async def _set_district(self, situation: Situation, sheet: Sheet, value: str, taken: Taken) -> None:
        understood = situation.understood if value == situation.text else await self._services.parser.parse(value)
        # 上海市闵行区 is in Minhang.
        named = [d for d in understood.districts if d != District.SHANGHAI] or understood.districts
        if len(named) == 1:
            sheet.fill(Field.DISTRICT, named[0])
            taken.names.append(Field.DISTRICT)
            return
        key = "appeal_other_city" if understood.other_city and not named else "appeal_one_district"
        taken.blocks.append(self._asker.block(key, sheet.language))
        taken.wrong.append(Field.DISTRICT)

    def _bare(self, value: str, lead: str) -> str:
        match = self._cues.pattern(lead).match(value)
        return (value[match.end() :] if match else value).strip(" ，,。.;；：:")

    def _tell(self, sheet: Sheet, rest: str, taken: Taken) -> None:
        """What no field took: the content, or more of it, where it tells something."""
        tells = len(rest) >= _STORY or (len(rest) >= SHORTEST_TEXT and self._cues.has("story", rest))
        if not tells:
            return
        if Field.TEXT not in sheet.values:
            if text_problem(plain(rest)) is None:
                sheet.fill(Field.TEXT, rest)
                taken.names.append(Field.TEXT)
        else:
            self._append(sheet, rest, taken)

    def _append(self, sheet: Sheet, text: str, taken: Taken) -> None:
        if text in sheet.values[Field.TEXT]:
            return
        whole = f"{sheet.values[Field.TEXT]}\n{text}"
        if problem := text_problem(plain(whole)):
            taken.blocks.append(self._asker.problem(problem, sheet.language))
            return
        sheet.fill(Field.TEXT, whole)
        taken.blocks.append(self._asker.block("appeal_added", sheet.language))

    def _nothing(self, sheet: Sheet) -> list[Block]:
        """Why a message could not be taken, where the question alone would not tell."""
        codes = {Field.COMPANY: "company_short", Field.CONTACT_NAME: "name_short", Field.PHONE: "phone"}
        if code := codes.get(Field(sheet.asked)) if sheet.asked != CONFIRM else None:
            return [self._asker.problem(code, sheet.language)]
        key = "appeal_not_understood" if sheet.asked == CONFIRM else "appeal_one_district"
        return [self._asker.block(key, sheet.language)]

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
