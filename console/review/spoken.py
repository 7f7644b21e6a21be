"""A turn as a page shows it: what was said, how it ended, and how the bot came to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.review.listing import TONES
from console.review.names import ReviewNames
from console.review.speech import Piece, button_of, marked, shown
from console.services import ConsoleServices
from console.times import SHANGHAI, exact
from qifu.labels import TurnMark
from store.models import TurnMarkRow, TurnRow
from store.repositories.review_filter import BANDS

_BLOCKS = ("lead", "quote", "citation", "note", "contact", "translation", "text")
_SURE = 100


@dataclass(frozen=True)
class Block:
    """A piece of a reply with its role."""

    kind: str
    pieces: list[Piece]


@dataclass(frozen=True)
class Answer:
    """One message of the bot's with the buttons below it."""

    blocks: list[Block]
    buttons: list[str]


@dataclass(frozen=True)
class Spoken:
    """A turn."""

    id: int
    said: list[Piece]
    pressed: str
    answers: list[Answer]
    at: str
    exact: str
    answered_at: str
    outcome: str
    tone: str
    about: str
    confidence: str
    band: str
    ms: str
    thumb: int
    marks: Mapping[str, str]
    """Marks with who made them."""
    comments: Sequence[tuple[str, str]]


def spoken(
    row: TurnRow,
    services: ConsoleServices,
    names: ReviewNames,
    *,
    words_sought: str,
    reveal: bool,
    thumb: int,
    marks: Sequence[TurnMarkRow],
    comments: Sequence[tuple[str, str]],
    offered: Sequence[Mapping[str, Any]],
) -> Spoken:
    """A stored turn as the page shows it; `offered` are the replies before it, whose buttons may have been pressed."""
    words = services.words
    confidence = row.confidence
    return Spoken(
        id=row.id,
        said=marked(shown(row.text, reveal), words_sought) if row.text and not row.is_payload else [],
        pressed=words("conversations.pressed", name=button_of(row.text, offered)) if row.is_payload else "",
        answers=[_answer(reply, words_sought, reveal) for reply in row.replies or ()],
        at=f"{row.accepted_at.astimezone(SHANGHAI):%H:%M}",
        exact=exact(row.accepted_at),
        answered_at=f"{row.answered_at.astimezone(SHANGHAI):%H:%M}" if row.answered_at else "",
        outcome=words(f"outcome.{row.outcome}") if row.outcome else words("conversation.pending"),
        tone=TONES.get(row.outcome, "quiet") if row.outcome else "warn",
        about=names.about(row.topic, row.matter) or (names.act(row.act) if row.act else ""),
        confidence="" if confidence is None else words("conversation.confidence", n=f"{confidence:.0%}"),
        band=band_of(confidence),
        ms="" if row.ms is None else words("conversation.ms", n=row.ms),
        thumb=thumb,
        marks={mark.mark.value: names.staff.get(mark.staff_id, "") for mark in marks},
        comments=comments,
    )


def band_of(confidence: float | None) -> str:
    """low, middle or high; empty without a number."""
    if confidence is None:
        return ""
    return next((band for band, (least, below) in BANDS.items() if least <= confidence < below), "high")


def _answer(reply: Mapping[str, Any], sought: str, reveal: bool) -> Answer:
    blocks = [
        Block(block["kind"] if block.get("kind") in _BLOCKS else "text", marked(shown(block["text"], reveal), sought))
        for block in reply.get("blocks") or ()
        if block.get("text")
    ]
    if not blocks:
        blocks = [Block("text", marked(shown(reply.get("text") or "", reveal), sought))]
    return Answer(blocks, [str(button.get("title")) for button in reply.get("buttons") or ()])


@dataclass(frozen=True)
class Share:
    """What one signal adds to a candidate's score; `width` is a percentage of the best one's score."""

    signal: str
    name: str
    value: str
    width: float


@dataclass(frozen=True)
class Candidate:
    """A point that came into question."""

    point: str
    text: str
    matter: str
    score: str
    shares: list[Share]
    chosen: bool


@dataclass(frozen=True)
class Cited:
    """A point that was quoted: where it stands, and what it says if the plans still hold it."""

    point: str
    place: str
    text: str


@dataclass(frozen=True)
class Analysis:
    """How the bot understood a turn and chose its answer."""

    intent: str
    act: str
    entities: list[tuple[str, str]]
    matters: list[tuple[str, str, float]]
    candidates: list[Candidate]
    legend: list[tuple[str, str]]
    cited: list[Cited]
    timing: str
    raw: str


_MOST_MATTERS = 5


def analysis(row: TurnRow, services: ConsoleServices, names: ReviewNames, raw: str) -> Analysis:
    """The parse of a turn in words; `raw` is the parse as it was stored, for whoever wants all of it."""
    words, parse = services.words, row.parse or {}
    candidates = [found for found in parse.get("candidates") or () if isinstance(found, dict)]
    best = max((float(found.get("score") or 0) for found in candidates), default=0.0) or 1.0
    signals = list(dict.fromkeys(signal for found in candidates for signal in found.get("shares") or {}))
    known = words.group("conversation")
    entity_names = {key.removeprefix("entity_"): name for key, name in known.items() if key.startswith("entity_")}
    share_names = {signal: known.get(f"share_{signal}", signal) for signal in signals}
    ranking = sorted((parse.get("matters") or {}).items(), key=lambda pair: -pair[1])[:_MOST_MATTERS]
    delivered = (
        words("conversation.delivered", at=_clock(row.delivered_at))
        if row.delivered_at
        else words("conversation.undelivered")
    )
    return Analysis(
        intent=row.intent or "",
        act=names.act(row.act) if row.act else "",
        entities=[
            (entity_names.get(str(found.get("entity")), str(found.get("entity"))), names.entity(found))
            for found in row.entities or ()
        ],
        matters=[(names.matter(matter), f"{share:.1%}", share * _SURE) for matter, share in ranking],
        candidates=[_candidate(found, best, row, names, share_names) for found in candidates],
        legend=list(share_names.items()),
        cited=[_cited(point, names, services) for point in row.points or ()],
        timing=words("conversation.timing_line", accepted=exact(row.accepted_at), ms=row.ms or 0, delivered=delivered),
        raw=raw,
    )


def _candidate(
    found: Mapping[str, Any], best: float, row: TurnRow, names: ReviewNames, signals: Mapping[str, str]
) -> Candidate:
    point, score = str(found.get("point")), float(found.get("score") or 0)
    given: Mapping[str, Any] = found.get("shares") or {}
    total = sum(map(float, given.values())) or 1.0
    # The district weighs the sum, so the shares are drawn as parts of the score.
    shares = [
        Share(signal, signals[signal], f"{float(value):.3f}", round(float(value) / total * score / best * _SURE, 2))
        for signal, value in given.items()
        if value
    ]
    text = names.point(point) or point
    return Candidate(
        point, text, names.matter(str(found.get("matter") or "")), f"{score:.3f}", shares, point in (row.points or ())
    )


def _cited(point: str, names: ReviewNames, services: ConsoleServices) -> Cited:
    words = services.words
    return Cited(point, names.place(point, words) or point, names.point(point) or words("conversation.source_gone"))


def _clock(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%H:%M:%S}"


JUDGING = (TurnMark.GOOD, TurnMark.WRONG, TurnMark.INCOMPLETE)
"""Marks that say how good an answer is."""
