"""What goes over the wire: the JSON of the HTTP API, documented in OpenAPI from here."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.dialogue.turn import BlockKind, Reply
from bot.web.ports import Author, Charge, ChargeState, Conversation, Entry, Told
from qifu.labels import Channel, District, Language, Outcome

MAX_TEXT = 16_000
MessageId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Payload = Annotated[str, StringConstraints(pattern=r"^/[\x20-\x7e]{0,59}$")]


class In(BaseModel):
    """A request: unknown fields are a mistake worth telling."""

    model_config = ConfigDict(extra="forbid")


class ConversationIn(In):
    """What a new conversation starts with."""

    language: Language | None = Field(None, description="Language of the greeting: zh or en.")
    district: District | None = Field(None, description="The district whose measures come first.")
    keep: Literal["token", "cookie"] = Field(
        "token",
        description="Where the secret goes: `token` returns it in the answer, `cookie` sets an HttpOnly cookie "
        "(what the chat page does).",
    )


class MessageIn(In):
    """A message of the user: either `text` as typed, or the `payload` of a button that a reply offered."""

    message_id: MessageId = Field(
        description="Chosen by the client, unique within the conversation. Sending it again returns the same turn."
    )
    text: str | None = Field(None, max_length=MAX_TEXT, description="What the user typed.")
    payload: Payload | None = Field(None, description="A pressed button's payload, exactly as it came.")
    language: Language | None = Field(None, description="Language of the reply's frame.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "MessageIn":
        if (self.text is None) == (self.payload is None):
            raise ValueError("give either text or payload")
        return self


class DistrictIn(In):
    """The district to choose."""

    district: District


class ButtonOut(BaseModel):
    """A choice below a reply; post its payload as a message when it is pressed."""

    title: str
    payload: str


class BlockOut(BaseModel):
    """A piece of a reply with its role."""

    kind: BlockKind
    text: str


class ReplyOut(BaseModel):
    """One message to the user; `text` is the plain text of all blocks."""

    text: str
    blocks: list[BlockOut]
    buttons: list[ButtonOut]

    @classmethod
    def of(cls, reply: Reply) -> "ReplyOut":
        """A reply as JSON."""
        return cls(
            text=reply.text,
            blocks=[BlockOut(kind=block.kind, text=block.text) for block in reply.blocks],
            buttons=[ButtonOut(title=button.title, payload=button.payload) for button in reply.buttons],
        )


class FileOut(BaseModel):
    """A photo or file that belongs to a message."""

    kind: str = Field(description="photo, document, voice …")
    name: str
    mime: str
    size: int = Field(description="In bytes; 0 where it isn't known.")


class ToldOut(BaseModel):
    """What the desk told without being asked just now."""

    kind: str = Field(description="message: what a person wrote; else the notice: claimed, transferred, closed …")
    id: int = Field(description="The same kind and id again replaces what was told before.")
    place: int = Field(description="Grows within a conversation; what follows it can be asked for by `told`.")
    name: str | None = Field(description="The person's name.")
    edited: bool
    files: list[FileOut]

    @classmethod
    def of(cls, told: Told) -> "ToldOut":
        """What was told as JSON."""
        return cls(
            kind=told.kind,
            id=told.id,
            place=told.place,
            name=told.name,
            edited=told.edited,
            files=[FileOut(kind=file.kind, name=file.name, mime=file.mime, size=file.size) for file in told.files],
        )


class ChargeOut(BaseModel):
    """Who answers now."""

    state: ChargeState = Field(description="bot; waiting: the bot, while a person is waited for; claimed: a person.")
    number: str | None = Field(None, description="The handoff's number.")
    name: str | None = Field(None, description="The person's name.")
    ahead: int | None = Field(None, description="How many wait before.")
    wait: str | None = Field(None, description="The expected wait in words, where it is known.")

    @classmethod
    def of(cls, charge: Charge) -> "ChargeOut":
        """The charge as JSON."""
        return cls(state=charge.state, number=charge.number, name=charge.name, ahead=charge.ahead, wait=charge.wait)


class TurnOut(BaseModel):
    """A message of the user with the replies to it and how it was understood, or what the desk told unasked."""

    id: int | None = Field(description="Grows within a conversation; null for a greeting and for what the desk told.")
    message_id: str | None = Field(description="The id the client gave the message; null where nobody asked.")
    at: datetime = Field(description="When, in UTC.")
    author: Author = Field(description="Who replied: the bot, a person of the staff, or the desk itself (a notice).")
    text: str = Field(description="What the user wrote, or the payload of the button; empty in a greeting.")
    replies: list[ReplyOut]
    outcome: Outcome
    pending: bool = Field(description="The message is kept, its answer is still to come under the same id.")
    intent: str | None
    confidence: float | None
    topic: str | None
    matter: str | None
    act: str | None
    entities: list[dict[str, Any]]
    points: list[str] = Field(description="Ids of the points quoted, such as minhang-2023/7#5.")
    contacts: list[str]
    ms: int = Field(description="Time to answer in milliseconds.")
    told: ToldOut | None = Field(None, description="Set where the desk told it unasked.")

    @classmethod
    def of(cls, entry: Entry) -> "TurnOut":
        """A stored turn as JSON."""
        turn = entry.turn
        return cls(
            id=turn.id,
            message_id=entry.message_id,
            at=entry.at,
            author=entry.author,
            text=turn.text,
            replies=[ReplyOut.of(reply) for reply in turn.replies],
            outcome=turn.outcome,
            pending=entry.pending,
            intent=turn.intent,
            confidence=turn.confidence,
            topic=turn.topic,
            matter=turn.matter,
            act=turn.act,
            entities=list(turn.entities),
            points=list(turn.points),
            contacts=list(turn.contacts),
            ms=turn.ms,
            told=ToldOut.of(entry.told) if entry.told else None,
        )


class ConversationOut(BaseModel):
    """A conversation."""

    id: str
    channel: Channel
    district: District | None
    language: Language | None

    @classmethod
    def of(cls, conversation: Conversation) -> "ConversationOut":
        """A conversation as JSON."""
        return cls(
            id=conversation.id,
            channel=Channel(conversation.id.partition(":")[0]),
            district=conversation.district,
            language=conversation.language,
        )


class OpenedOut(BaseModel):
    """A conversation that was just opened."""

    conversation: ConversationOut
    token: str | None = Field(description="The secret that opens it; null where it was set as a cookie.")
    turn: TurnOut


class TurnsOut(BaseModel):
    """Part of a transcript, oldest first."""

    conversation: ConversationOut
    charge: ChargeOut
    turns: list[TurnOut]


class DistrictOut(BaseModel):
    """The district that is chosen now."""

    district: District


class NameOut(BaseModel):
    """A label with its names."""

    id: str
    zh: str
    en: str


class NoticeOut(BaseModel):
    """What everybody is told in an emergency."""

    zh: str
    en: str


class MetaOut(BaseModel):
    """What a client needs to draw its choices."""

    topics: list[NameOut]
    districts: list[NameOut]
    languages: list[Language]
    max_text: int = Field(description="How many characters of a message are read.")
    notice: NoticeOut | None = Field(None, description="The emergency notice, while there is one.")


class HealthOut(BaseModel):
    """How the parts are: `ok` when all are, else `degraded`; `down` when nobody could say."""

    status: Literal["ok", "degraded", "down"]
    parts: dict[str, Any]


class ErrorOut(BaseModel):
    """Why a request was refused."""

    code: str
    message: str
    fields: list[dict[str, str]] | None = None


class ProblemOut(BaseModel):
    """The body of every answer that isn't a success."""

    error: ErrorOut
