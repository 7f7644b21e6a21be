"""Writes single fields, each checked by the desk's own rules."""

from dataclasses import dataclass, field

from actions.appeal.asking import Asker
from actions.appeal.reading import Reader
from actions.appeal.sheet import Field, Sheet
from actions.cues import Cues
from actions.services import Services
from actions.situation import Situation
from bot.desk.validation import company_problem, name_problem, phone_number, plain, text_problem
from bot.dialogue.turn import Block
from qifu.labels import District

_FEWEST = 2
"""Letters or characters of a question that is left outside service hours."""


@dataclass
class Taken:
    """What a message brought: fields that were written, what is wrong, what else is to be said."""

    names: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Writer:
    """Checks a value and writes it into its field, or tells what is wrong with it."""

    def __init__(self, services: Services, cues: Cues, reader: Reader, asker: Asker) -> None:
        self._services, self._cues, self._reader, self._asker = services, cues, reader, asker

    async def write(self, situation: Situation, sheet: Sheet, name: Field, value: str, taken: Taken) -> None:
        """Checks and writes one field; what is wrong with it is said."""
        if name is Field.DISTRICT:
            await self._district(situation, sheet, value, taken)
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
            problem = content_problem(sheet, value)
        if problem:
            taken.blocks.append(self._asker.problem(problem, sheet.language))
            taken.wrong.append(name)
            return
        sheet.fill(name, value)
        taken.names.append(name)

    async def _district(self, situation: Situation, sheet: Sheet, value: str, taken: Taken) -> None:
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
        match = self._cues.match(lead, value)
        return (value[match.end() :] if match else value).strip(" ，,。.;；：:")


def content_problem(sheet: Sheet, text: str) -> str | None:
    """What is wrong with the content; outside service hours a few words will do."""
    problem = text_problem(plain(text))
    brief = sheet.after_hours and sum(c.isalnum() for c in text) >= _FEWEST
    return None if problem == "text_short" and brief else problem
