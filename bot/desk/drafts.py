"""What a user fills in before an appeal is filed, and what became of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.desk.likeness import SAME, likeness
from bot.desk.talk import Attachment
from bot.desk.validation import (
    Problem,
    company_problem,
    name_problem,
    phone_number,
    plain,
    text_problem,
)
from qifu.labels import AppealOrigin, District, Language, Topic
from store.models import AppealRow

_MOST_FILES = 10


@dataclass(frozen=True)
class AppealDraft:
    """The fields of the form: 企业名称, 联系人, 电话, 区, 内容, files. Only `text` must be there for everybody.

    `phone_refused`: the user wants no call. The form asks for what `missing` names before it files.
    """

    text: str
    company: str | None = None
    contact_name: str | None = None
    phone: str | None = None
    phone_refused: bool = False
    district: District | None = None
    topic: Topic | None = None
    matter: str | None = None
    files: Sequence[Attachment] = ()
    origin: AppealOrigin = AppealOrigin.FORM
    language: Language | None = field(default=None)

    def columns(self) -> dict[str, Any]:
        """The row's columns: texts as they are kept, the telephone number in one way of writing."""
        return {
            "text": plain(self.text),
            "company": plain(self.company) if self.company else None,
            "contact_name": plain(self.contact_name) if self.contact_name else None,
            "phone": phone_number(self.phone) if self.phone and not self.phone_refused else None,
            "phone_refused": self.phone_refused,
            "district": self.district,
            "topic": self.topic,
            "matter": self.matter,
            "files": [asdict(file) for file in self.files],
            "origin": self.origin,
        }


@dataclass(frozen=True, slots=True)
class Filing:
    """What was filed: the appeal to name to the user. `joined`: it says the same as this one, which was open."""

    appeal: AppealRow
    new: bool
    joined: bool


def missing(draft: AppealDraft) -> list[str]:
    """The fields the form still has to ask for, in the order of asking; a refused number isn't asked for again."""
    needed = {
        "company": draft.company,
        "contact_name": draft.contact_name,
        "phone": draft.phone or draft.phone_refused,
        "district": draft.district,
        "text": draft.text.strip(),
    }
    return [name for name, value in needed.items() if not value]


def problems(draft: AppealDraft) -> list[Problem]:
    """What is wrong with the fields that are filled in. A wish for a person outside service hours may be short."""
    found = {
        "company": company_problem(plain(draft.company)) if draft.company else None,
        "contact_name": name_problem(plain(draft.contact_name)) if draft.contact_name else None,
        "phone": "phone" if draft.phone and not draft.phone_refused and phone_number(draft.phone) is None else None,
        "text": text_problem(plain(draft.text)),
        "files": "files_many" if len(draft.files) > _MOST_FILES else None,
    }
    if draft.origin == AppealOrigin.AFTER_HOURS and draft.text.strip() and found["text"] == "text_short":
        found["text"] = None
    return [Problem(name, code) for name, code in found.items() if code]


def duplicate_of(draft: AppealDraft, rows: Sequence[AppealRow]) -> AppealRow | None:
    """The open appeal among `rows` that says the same, the most alike one."""
    text = plain(draft.text)
    scored = [(likeness(text, row.text), -row.id, row) for row in rows if row.is_open]
    best = max(scored, key=lambda found: found[:2], default=None)
    return best[2] if best and best[0] >= SAME else None
