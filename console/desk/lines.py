"""A handoff as the lines of a messenger: what was said with the bot, what people wrote, and what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.desk.talk import Transcript
from console.names import Names
from console.wording import Words
from qifu.labels import CloseReason, Direction, HandoffEvent, HandoffReason, RatingReason
from store.models import DeskMessageRow, HandoffEventRow, HandoffRow, TurnRow

PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
"""What a browser shows without running anything of it."""

type Kind = Literal["user", "bot", "staff", "note", "system", "event", "alarm"]

_UNSAID = (HandoffEvent.ANSWERED, HandoffEvent.EDITED, HandoffEvent.REMINDED)
_ALARMS = (HandoffEvent.ALERTED, HandoffEvent.ESCALATED, HandoffEvent.NEGLECTED)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message; `place` is its place among the message's files. `is_picture`: a browser can show it."""

    name: str
    size: int
    place: int
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `key` stays the same while the line changes: it is edited, or delivered."""

    key: str
    at: datetime
    kind: Kind
    text: str
    author: str = ""
    staff_id: int | None = None
    message_id: int | None = None
    files: tuple[File, ...] = ()
    edited: bool = False
    delivered: bool = True
    before: bool = False
    """Whether it was said before a person was called."""


def lines_of(transcript: Transcript, people: Mapping[int, str], names: Names, words: Words) -> list[Line]:
    """The lines in the order in which they came."""
    asked = transcript.handoff.requested_at
    kept = {message.turn_id for message in transcript.messages if message.turn_id}
    keys = {message.client_key for message in transcript.messages if message.direction == Direction.USER}
    found: list[Line] = []
    for turn in transcript.turns:
        repeated = turn.id in kept or turn.message_id in keys
        found += _turn(turn, repeated, asked)
    found += [_message(message, people) for message in transcript.messages]
    found += [_event(event, transcript.handoff, people, names, words) for event in _told(transcript.events)]
    return sorted(found, key=lambda line: line.at)


def _turn(row: TurnRow, repeated: bool, asked: datetime) -> list[Line]:
    before = row.accepted_at < asked
    said = [] if repeated or row.is_payload else [Line(f"t{row.id}", row.accepted_at, "user", row.text, before=before)]
    replies = [reply["text"] for reply in row.replies or () if reply.get("text")]
    at = row.answered_at or row.accepted_at
    return said + [Line(f"t{row.id}r{n}", at, "bot", text, before=before) for n, text in enumerate(replies)]


def _message(row: DeskMessageRow, people: Mapping[int, str]) -> Line:
    kinds: dict[Direction, Kind] = {
        Direction.USER: "user",
        Direction.STAFF: "staff",
        Direction.NOTE: "note",
        Direction.SYSTEM: "system",
    }
    return Line(
        f"m{row.id}",
        row.at,
        kinds[row.direction],
        row.text,
        author=people.get(row.staff_id or 0, ""),
        staff_id=row.staff_id,
        message_id=row.id,
        files=files_of(row.attachments),
        edited=row.edited_at is not None,
        delivered=row.delivered_at is not None or row.direction != Direction.STAFF,
    )


def files_of(attachments: list[Any]) -> tuple[File, ...]:
    """The files of a message or an appeal."""
    return tuple(
        File(
            str(file.get("name") or file.get("kind") or ""),
            int(file.get("size") or 0),
            place,
            is_picture=file.get("mime") in PICTURES,
        )
        for place, file in enumerate(attachments)
    )


def _told(events: Sequence[HandoffEventRow]) -> list[HandoffEventRow]:
    """The events to show: stars, their reason and their words come one after the other and are one rating."""
    ratings = [event for event in events if event.kind == HandoffEvent.RATED]
    last = {event.detail.get("rating"): event for event in ratings}
    return [event for event in events if event.kind not in _UNSAID and (event not in ratings or event in last.values())]


def _event(row: HandoffEventRow, handoff: HandoffRow, people: Mapping[int, str], names: Names, words: Words) -> Line:
    detail = row.detail
    to = detail.get("to")
    told = [people.get(person, "") for person in (to if isinstance(to, list) else [to] if to else [])]
    values = {
        "number": handoff.number,
        "name": people.get(row.staff_id or 0, words("common.system")),
        "to": "、".join(filter(None, told)) or words("desk.everybody"),
        "stars": detail.get("rating", ""),
        "reason": _reason(row.kind, detail, names),
    }
    key = "offered_nobody" if row.kind == HandoffEvent.OFFERED and not told else row.kind.value
    kind: Kind = "alarm" if row.kind in _ALARMS else "event"
    said = words(f"desk_event.{key}", **values)
    # Events keep no words: those of the rating that counts stand on the handoff.
    if row.kind == HandoffEvent.RATED and detail.get("rating") == handoff.rating and handoff.rating_text:
        said += words("desk_event.rated_words", said=handoff.rating_text)
    return Line(f"e{row.id}", row.at, kind, said)


def _reason(kind: HandoffEvent, detail: Mapping[str, Any], names: Names) -> str:
    reason = detail.get("reason")
    if not reason:
        return ""
    if kind == HandoffEvent.REQUESTED:
        return names.label(HandoffReason(reason))
    if kind == HandoffEvent.RATED:
        return f"（{names.label(RatingReason(reason))}）"
    return names.label(CloseReason(reason)) if kind == HandoffEvent.CLOSED else ""
