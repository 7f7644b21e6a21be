"""What a conversation remembers between turns: district, profile, language, the last answer, open choices."""

from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, Self

from qifu.labels import Language


@dataclass
class LastAnswer:
    """The last answer, for follow-ups: `shown` and `rest` are point ids, `districts` those it was given for."""

    question: str = ""
    topic: str | None = None
    matter: str | None = None
    shown: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    districts: list[str] = field(default_factory=list)


@dataclass
class DialogueState:
    """The memory of one conversation. It is kept in the database and survives a restart of either process.

    language: chosen by the user; spoken: that of the last message; page: that of the
    page it was sent from; district: chosen by the user;
    focus: mentioned last, used where none is chosen; options: matters offered by a
    clarify; asked: the question that the clarify was about; misses: failed answers in a row; turn: id of the turn
    being answered; form: a half-filled form; called: a person was called and isn't there yet; offered: why a person
    was offered in the last turn; desk: what the desk asked for last (a remark, why an appeal is to be reopened);
    noticed: the emergency notice that was shown last; filed: the turn that filed an appeal last, and its number;
    wondered: the last question in scope, answered or not.
    """

    district: str | None = None
    focus: list[str] = field(default_factory=list)
    profile: dict[str, str] = field(default_factory=dict)
    language: Language | None = None
    spoken: Language | None = None
    page: Language | None = None
    last: LastAnswer = field(default_factory=LastAnswer)
    options: list[str] = field(default_factory=list)
    asked: str | None = None
    misses: int = 0
    turn: int | None = None
    text: str = ""
    form: dict[str, Any] | None = None
    called: bool = False
    offered: str | None = None
    desk: dict[str, str] | None = None
    noticed: str = ""
    filed: dict[str, Any] | None = None
    wondered: str = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which `from_json` makes the same state."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The state of a JSON object; unknown fields of an older or newer version are dropped."""
        known = {name: content[name] for name in cls.__dataclass_fields__ if name in content}
        last = known.get("last") or {}
        known["last"] = LastAnswer(**{name: last[name] for name in LastAnswer.__dataclass_fields__ if name in last})
        for name in ("language", "spoken", "page"):
            if known.get(name):
                known[name] = Language(known[name])
        return cls(**known)


class StateKeeper(Protocol):
    """Where states are kept."""

    async def load(self, conversation_id: str) -> DialogueState:
        """The state of a conversation; a fresh one for a new conversation."""
        ...

    async def save(self, conversation_id: str, state: DialogueState) -> None:
        """Keeps the state durably."""
        ...
