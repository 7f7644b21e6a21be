"""The half-filled form, as it stands in `DialogueState.form`: JSON, so that it survives a restart."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from actions.state import DialogueState
from qifu.labels import Channel, Language

NAME = "appeal"
CONFIRM = "confirm"
"""What is asked when every field is filled in: whether it is right."""
KEPT = timedelta(hours=24)
"""How long a half-filled form is kept after the last word on it."""
MOST_FILES = 10
TAKES_FILES = (Channel.TELEGRAM, Channel.WEB)


class Field(StrEnum):
    """The fields in the order of asking: 企业名称, 联系人, 电话, 区, 内容."""

    COMPANY = "company"
    CONTACT_NAME = "contact_name"
    PHONE = "phone"
    DISTRICT = "district"
    TEXT = "text"


@dataclass
class Sheet:
    """What was filled in so far.

    begun: the turn that began it, by which it is filed once; touched: the moment of the last word on it; asked: the
    open question, a field or CONFIRM; left_out: fields the user would rather not fill in (a phone number among them);
    attaches: the channel takes files; aside: what was asked instead of telling the content;
    changed: the turn of the last change, so that a confirmation is for what was shown; turn and before: the turn
    that was worked on last, and how the sheet stood before it, so that the same message again changes nothing more.

    after_hours: the short form of a wish for a person outside service hours, which needs the content alone; suggested:
    its content is the question that was asked before, not what was written for it; ignored: how many messages in a row
    were about something else.
    """

    begun: int = 0
    touched: str = ""
    language: Language = Language.ZH
    asked: str = Field.COMPANY
    values: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    attaches: bool = False
    aside: str = ""
    changed: int = 0
    turn: int | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after_hours: bool = False
    suggested: bool = False
    ignored: int = 0

    @classmethod
    def of(cls, state: DialogueState) -> Self | None:
        """The form that is open in a conversation, None where none is."""
        if not state.form or state.form.get("name") != NAME:
            return None
        known = {name: state.form[name] for name in cls.__dataclass_fields__ if name in state.form}
        if "language" in known:
            known["language"] = Language(known["language"])
        return cls(**known)

    def keep(self, state: DialogueState) -> None:
        """Puts it back where it is kept."""
        state.form = {"name": NAME, **asdict(self)}

    def end_turn(self, state: DialogueState) -> None:
        """Keeps it, unless it was closed; the conversation goes on in the form's language."""
        if state.form is not None:
            self.keep(state)
        state.spoken = self.language

    def is_over(self, now: datetime) -> bool:
        """Whether nobody said a word on it for so long that it is forgotten."""
        return bool(self.touched) and now - datetime.fromisoformat(self.touched) > KEPT

    def begin_turn(self, turn: int | None, now: datetime) -> None:
        """Takes note of the turn; the same turn again, after a crash, starts where it started before."""
        if turn is not None and turn == self.turn:
            for name, value in self.before.items():
                setattr(self, name, value)
        self.turn, self.touched = turn, now.isoformat()
        self.before = {
            "asked": self.asked,
            "values": dict(self.values),
            "left_out": list(self.left_out),
            "aside": self.aside,
            "changed": self.changed,
            "suggested": self.suggested,
            "ignored": self.ignored,
        }

    def fill(self, name: str, value: str) -> None:
        """Writes a field."""
        self.values[name] = value
        self.left_out = [other for other in self.left_out if other != name]
        self.changed = self.turn or 0

    def leave_out(self, name: str) -> None:
        """Notes that a field stays empty because the user wants it so."""
        self.values.pop(name, None)
        if name not in self.left_out:
            self.left_out.append(name)
        self.changed = self.turn or 0

    def missing(self) -> list[Field]:
        """The fields still to be asked for, in order."""
        needed = (Field.TEXT,) if self.after_hours else Field
        return [name for name in needed if name not in self.values and name not in self.left_out]

    def go_on(self) -> None:
        """Opens the next question."""
        missing = self.missing()
        self.asked = missing[0] if missing else CONFIRM


def attach(state: DialogueState, files: Sequence[dict[str, Any]], now: datetime) -> int | None:
    """Adds files to the open form; how many it has now, None where no form is open (or it is forgotten).

    A file is as bot/desk/talk.py's `Attachment`: kind, ref, name, mime, size. The same `ref` is kept once; beyond
    `MOST_FILES` nothing is added. The caller stores the state.
    """
    sheet = Sheet.of(state)
    if sheet is None or sheet.is_over(now):
        return None
    known = {file["ref"] for file in sheet.files}
    new = {file["ref"]: dict(file) for file in files if file["ref"] not in known}
    sheet.files = [*sheet.files, *new.values()][:MOST_FILES]
    sheet.touched = now.isoformat()
    sheet.keep(state)
    return len(sheet.files)
