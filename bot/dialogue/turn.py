"""What passes between a channel and the dialogue: an incoming message, and the turn made of it."""

from dataclasses import dataclass, field
from typing import Any, Literal

from qifu.labels import Channel, Language, Outcome

BlockKind = Literal["lead", "quote", "citation", "note", "contact", "translation", "text"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One user message. `message_id` is unique within its conversation: the same one twice is the same message.

    `is_payload`: the text is the payload of a button that qifu itself offered, not something typed.
    """

    conversation_id: str
    channel: Channel
    message_id: str
    text: str
    language: Language | None = None
    is_payload: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A choice below a reply. `payload` is ASCII, at most 60 bytes (Telegram allows 64)."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a reply with its role, for channels that can show roles."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the user; `text` is the plain text of all blocks."""

    text: str
    buttons: tuple[Button, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A user message with the replies to it and how it was understood. `ms` is the time to answer in milliseconds."""

    text: str
    replies: tuple[Reply, ...]
    outcome: Outcome
    id: int | None = None
    intent: str | None = None
    confidence: float | None = None
    topic: str | None = None
    matter: str | None = None
    act: str | None = None
    entities: tuple[dict[str, Any], ...] = ()
    points: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    ms: int = 0
    parse: dict[str, Any] = field(default_factory=dict)
