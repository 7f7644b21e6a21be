"""An appeal on its way to the desk, and what the desk tells of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qifu.labels import Language


@dataclass(frozen=True)
class Draft:
    """An appeal as the user confirmed it; `files` are as bot/desk/talk.py's `Attachment`.

    `after_hours`: it was left outside service hours instead of a talk with a person, who is promised to answer.
    """

    text: str
    company: str | None = None
    contact_name: str | None = None
    phone: str | None = None
    phone_refused: bool = False
    district: str | None = None
    topic: str | None = None
    matter: str | None = None
    files: tuple[dict[str, Any], ...] = ()
    language: Language | None = None
    after_hours: bool = False


@dataclass(frozen=True)
class Appeal:
    """An appeal as its user may see it.

    since: when it came into its state; due: by when the desk itself wants the next step done, None once it is
    resolved; answer_by: the end of the day on which a person was promised to answer, None where nothing was promised
    or somebody has answered; unit: a contact's id or a unit's name; remark: what the user was told last;
    hotline_number: the case at 12345; joined: what was just filed says the same as this one, which was open.
    """

    number: str
    state: str
    filed: datetime
    since: datetime
    due: datetime | None = None
    answer_by: datetime | None = None
    unit: str | None = None
    remark: str | None = None
    hotline_number: str | None = None
    joined: bool = False
    may_rate: bool = False
    may_reopen: bool = False
