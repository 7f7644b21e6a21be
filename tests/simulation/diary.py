"""What was said in the simulation, kept outside of what is tested."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

_LETTERS = "bcdfghjkmnpqrstvwxz"
_LENGTH = 5
USER_TOKEN = re.compile(rf"uq[{_LETTERS}]{{{_LENGTH}}}")
STAFF_TOKEN = re.compile(rf"sq[{_LETTERS}]{{{_LENGTH}}}")


@dataclass(frozen=True)
class Said:
    """Something a user said: `key` names it in its channel, `token` stands in its words, None for a pressed button."""

    conversation: str
    key: str
    token: str | None
    at: datetime
    cue: bool = False
    """Whether the words are about the queue, a rating or the form: then staff need not get them."""


@dataclass(frozen=True)
class Answered:
    """Something a member of staff wrote in a handoff."""

    staff: str
    handoff: int
    token: str
    at: datetime
    at_console: bool = False


@dataclass
class Diary:
    """Everything that went in from outside, and what people met with."""

    said: list[Said] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    appeals: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """What was confirmed: the token in its words → the conversation, and the number that was told."""
    streamed: Counter[str] = field(default_factory=Counter)
    """How often each token of staff came to a page that was open."""
    met: Counter[str] = field(default_factory=Counter)
    """How often things happened that nobody is to blame for: tries again, lost claims, refusals."""
    events: list[str] = field(default_factory=list)
    """What went wrong on purpose, in order."""
    _numbers: "count[int]" = field(default_factory=lambda: count(7))

    def token(self, prefix: str) -> str:
        """A word that no other message has; letters only, so that nothing masks it or takes it for a number."""
        rest, letters = next(self._numbers) * 7919 % len(_LETTERS) ** _LENGTH, ""
        for _ in range(_LENGTH):
            rest, place = divmod(rest, len(_LETTERS))
            letters += _LETTERS[place]
        return prefix + letters

    def user_token(self) -> str:
        """A word for a user's message."""
        return self.token("uq")

    def staff_token(self) -> str:
        """A word for an answer of staff."""
        return self.token("sq")
