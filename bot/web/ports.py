"""What the web channel needs from the rest: the dialogue that answers and the transcript that remembers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.desk.talk import Attachment
from bot.dialogue.turn import Incoming, Turn
from qifu.labels import Channel, District, Language

Author = Literal["bot", "staff", "desk"]
ChargeState = Literal["bot", "waiting", "claimed"]


class Dialogue(Protocol):
    """Answers messages."""

    async def handle(self, incoming: Incoming) -> Turn:
        """The turn of a message; the stored one where the message_id is known. Never raises for what a user writes.

        While the answer can't be made yet, `turn.parse["pending"]` is true; it comes later under the same turn id.
        """
        ...

    async def open(self, conversation_id: str, channel: Channel, language: Language | None = None) -> Turn:
        """The greeting; begins the conversation where there is none. Not stored, so it has no id."""
        ...

    async def set_district(self, conversation_id: str, channel: Channel, district: District) -> None: ...

    async def mark_delivered(self, turn_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is known of a stored conversation."""

    id: str
    district: District | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk told a user unasked: what a person wrote (`message`), or a notice of that `kind`.

    `id` is the message's or the notice's own: the same one again replaces the one before. `place` grows with what is
    told in a conversation. `name` is the person's.
    """

    kind: str
    id: int
    place: int
    name: str | None = None
    edited: bool = False
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """Who answers now: the bot, the bot while a person is waited for, or a person of that name.

    `ahead` is how many wait before, `wait` the expected wait in words, where it is known.
    """

    state: ChargeState = "bot"
    number: str | None = None
    name: str | None = None
    ahead: int | None = None
    wait: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored turn with what a client needs to show it again. `at` is the time in UTC, `author` who replied.

    What the desk told unasked is a turn without an id and without a text of the user, and says so in `told`.
    """

    turn: Turn
    at: datetime
    message_id: str | None = None
    author: Author = "bot"
    told: Told | None = None

    @property
    def pending(self) -> bool:
        """Whether the message was accepted and its answer is still to come."""
        return bool(self.turn.parse.get("pending"))


class Transcripts(Protocol):
    """Reads what was said."""

    async def conversation(self, conversation_id: str) -> Conversation | None:
        """The conversation, or None where it was never opened or is deleted."""
        ...

    async def entries(self, conversation_id: str, since: int, limit: int, told: int = 0) -> Sequence[Entry]:
        """The newest `limit` turns whose id is greater than `since`, and of what was told, what follows `told`."""
        ...

    async def charge(self, conversation_id: str) -> Charge:
        """Who answers now."""
        ...
