"""Recognises the form's fields in what people write: by labels, by their looks, by the question that is open."""

import re
from dataclasses import dataclass, field

from actions.appeal.sheet import Field
from actions.cues import Cues
from bot.desk.validation import phone_number, refuses_phone

_ENDS = re.compile(
    r"([，。；;\n！!？?]+|,(?!\s*(?:ltd|inc|llc|limited|corp))|(?<!co)(?<!\bmr)(?<!\bms)\.(?=\s)"
    r"|(?:^|(?<=\s))[0-9][、)）](?=\S))",
    re.I,
)
_AROUND = " \t\n，,。.；;、:：!！?？\"'“”"
_SHORTEST_REST = 2
_MOST_COMPANY, _MOST_REFUSAL, _SLIP = 40, 14, 6
_LOCAL_DIGITS = 8


# Letters, digits and some signs in full width; Chinese punctuation stays as people write it.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，！？；：（）"}


def _narrow(text: str) -> str:
    return text.translate(_WIDE).replace("\u3000", " ").strip()


@dataclass
class Reading:
    """What was recognised. values: by field, as written (a district as written, too); refused: no call is wanted.

    labelled: the fields that were named; rest: what no field took.
    """

    values: dict[Field, str] = field(default_factory=dict)
    labelled: set[Field] = field(default_factory=set)
    refused: bool = False
    rest: str = ""


class Reader:
    """Reads messages by the patterns of cues.yml."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues

    def read(self, text: str, places: list[str], asked: str | None = None) -> Reading:
        """The fields of a message. `places`: names of districts in it; `asked`: the field that was asked for."""
        text = _narrow(text)
        reading, free = self._labelled(text)
        kept: list[str] = []
        pieces = _ENDS.split(free)
        for piece, end in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
            left = self._piece(piece, places, asked, reading)
            if left.strip(_AROUND):
                kept.append(left + end)
        reading.rest = "".join(kept).strip().strip("，,；;、").strip()
        if len(reading.rest) < _SHORTEST_REST and reading.values:
            reading.rest = ""
        return reading

    def _labelled(self, text: str) -> tuple[Reading, str]:
        """Values behind labels, and the text without them."""
        found: dict[int, re.Match[str]] = {}
        for name in ("named", "label"):
            for match in self._cues.all(name, text):
                found[match.start()] = match
        labels = [found[start] for start in sorted(found)]
        reading, free = Reading(), []
        free.append(text[: labels[0].start()] if labels else text)
        for index, match in enumerate(labels):
            end = labels[index + 1].start() if index + 1 < len(labels) else len(text)
            name, value = Field(str(match.lastgroup)), text[match.end() : end]
            if name is Field.TEXT:
                reading.values.setdefault(name, value.strip().strip("，,；;、").strip())
                reading.labelled.add(name)
                continue
            head, sign, tail = [*_ENDS.split(value.lstrip(), maxsplit=1), "", ""][:3]
            if self._fits(name, head, reading):
                reading.labelled.add(name)
                free.append(tail)
            else:
                free.append(text[match.start() : match.end()] + head + sign + tail)
        return reading, "\n".join(part for part in free if part.strip(_AROUND))

    def _fits(self, name: Field, value: str, reading: Reading) -> bool:
        """Whether a labelled value can be one; where it is, it is taken."""
        value = value.strip(_AROUND)
        if name is Field.PHONE:
            # The label is part of the refusal: 电话：不方便留.
            if refuses_phone(value) or refuses_phone(f"电话{value}"):
                reading.refused = True
                return True
            found = self._cues.pattern("phone").search(value)
            if not found and sum(c.isdigit() for c in value) < _LOCAL_DIGITS - 3:
                return False
            reading.values.setdefault(name, found.group(0).strip() if found else value)
            if rest := value.replace(found.group(0), "").strip(_AROUND) if found else "":
                self._piece(rest, [], None, reading)
            return True
        if not value or self._cues.has("slip", value[:_SLIP]) or self._is_story(name, value):
            return False
        if name is Field.CONTACT_NAME:
            value = self._without_phone(value, reading, sure=True)
        reading.values.setdefault(name, value)
        return True

    def _is_story(self, name: Field, value: str) -> bool:
        return name is Field.CONTACT_NAME and self._cues.has("story", value)

    def _piece(self, piece: str, places: list[str], asked: str | None, reading: Reading) -> str:
        """What is left of a stretch between signs once its fields are taken."""
        bare = piece.strip(_AROUND)
        if bare and Field.PHONE not in reading.values and self._refuses(bare, asked):
            reading.refused = True
            return ""
        left = self._without_phone(bare, reading, sure=asked == Field.PHONE)
        if company := self.company(left) if Field.COMPANY not in reading.values else None:
            reading.values[Field.COMPANY] = company[0]
            return self._piece(company[1], places, asked, reading)
        if not left or self._is_whole(left, places, asked, reading):
            return ""
        return piece if left == bare else left

    def _is_whole(self, text: str, places: list[str], asked: str | None, reading: Reading) -> bool:
        """Whether a stretch is a district or a person and nothing else; it is taken then."""
        if Field.DISTRICT not in reading.values and self._is_place(text, places):
            reading.values[Field.DISTRICT] = text
            return True
        if Field.CONTACT_NAME not in reading.values and (
            name := self.person(text, sure=bool(reading.values) or asked == Field.CONTACT_NAME)
        ):
            reading.values[Field.CONTACT_NAME] = name
            if name != text and not self._cues.has("person_titled", text):
                reading.labelled.add(Field.CONTACT_NAME)
            return True
        return False

    def _refuses(self, text: str, asked: str | None) -> bool:
        if self._cues.has("no_phone", text) and len(text) <= _MOST_REFUSAL:
            return True
        if asked == Field.PHONE:
            return refuses_phone(text)
        return len(text) <= _MOST_REFUSAL and self._cues.has("phone_topic", text) and refuses_phone(text)

    def _without_phone(self, text: str, reading: Reading, sure: bool) -> str:
        """The text without the telephone number in it, which is taken; `sure`: any eight digits are one."""
        for match in self._cues.all("phone", text):
            written = match.group(0).strip()
            if phone_number(written) is None or not (sure or self._cues.has("phone_plain", written)):
                continue
            reading.values.setdefault(Field.PHONE, written)
            before, after = text[: match.start()].strip(_AROUND), text[match.end() :].strip(_AROUND)
            before = re.sub(self._cues.pattern("phone_words").pattern + "$", "", before, flags=re.I)
            return f"{before} {after}".strip(_AROUND)
        return text

    def company(self, text: str) -> tuple[str, str] | None:
        """A firm's name that a stretch of text is, and what follows it (的王经理); None where it is none."""
        lead = self._cues.match("company_lead", text)
        bare = text[lead.end() :] if lead else text
        head, sign, tail = bare.partition("的")
        if sign and not tail:
            bare, sign = head, ""
        for name, rest in ((bare, ""), (head, tail)):
            name = name.strip(_AROUND)  # noqa: PLW2901  # the same name, trimmed
            if (
                len(name) <= _MOST_COMPANY
                and self._cues.has("company", name)
                and not self._cues.has("company_not", name)
            ):
                return name, rest if sign else ""
        return None

    def person(self, text: str, *, sure: bool = True) -> str | None:
        """How to address somebody, where a stretch of text says so: 王女士, 我叫张三, 找李工, Mr Smith.

        `sure`: a bare name (张三) is one, as it is beside other fields and where it was asked for.
        """
        if found := self._cues.match("surname", text):
            return text[found.start("name") : found.end("name")]
        lead = self._cues.match("person_lead", text)
        name = text[lead.end() :].strip(_AROUND) if lead else text
        if self._cues.has("person_titled", name) or ((sure or lead) and self._cues.has("person_bare", name)):
            return name
        spoken = lead and lead.group(0).isascii() and lead.group(0).strip()
        capital = bool(name) and all(word[:1].isupper() for word in name.split())
        return name if spoken and capital and self._cues.has("latin_person", name) else None

    def _is_place(self, text: str, places: list[str]) -> bool:
        """Whether a stretch says where the firm is and nothing else."""
        lower = text.lower()
        named = [place.lower() for place in places if place and place.lower() in lower]
        for place in named:
            lower = lower.replace(place, "")
        return bool(named) and not self._cues.pattern("district_words").sub("", lower)
