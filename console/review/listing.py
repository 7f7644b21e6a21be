"""A page of the list: looked up by the filter, and as lines that a template draws."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from console.review.names import ReviewNames
from console.review.query import PLACE, Query
from console.review.speech import Piece, answer_of, excerpt, shown
from console.services import ConsoleServices
from console.times import exact, moment
from qifu.labels import Channel, HandoffState, Language, Outcome
from store.repositories import Card, Key, ReviewCardRepository, ReviewListRepository, ReviewRepository, SearchRepository

PAGE = 50
_LONGEST = 120
_INDEXED_AT_ONCE = 200
ICONS = {
    Channel.TELEGRAM: "send",
    Channel.WEB: "language",
    Channel.TERMINAL: "terminal",
    Channel.API: "api",
    Channel.BATCH: "playlist_play",
}
TONES = {
    Outcome.ANSWERED: "good",
    Outcome.CLARIFY: "warn",
    Outcome.NO_ANSWER: "bad",
    Outcome.ERROR: "bad",
    Outcome.HANDOFF: "calm",
}


@dataclass(frozen=True)
class Line:
    """A conversation in the list."""

    number: int
    url: str
    said: list[Piece]
    answer: list[Piece] | None
    outcome: str
    tone: str
    about: str
    tags: list[tuple[str, str]]
    up: int
    down: int
    labels: list[str]
    icon: str
    channel: str
    reviewed: bool
    at: str
    exact: str


@dataclass(frozen=True)
class Page:
    """Lines with the addresses of the pages beside this one; `waiting` turns are not in search yet."""

    lines: list[Line]
    newer: str
    older: str
    waiting: int


def key_of(written: str) -> Key | None:
    """A place in the list from an address."""
    at, _, conversation_id = written.partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Key(found, conversation_id) if found.tzinfo and conversation_id else None


def written(card: Card) -> str:
    """A place in the list as it stands in an address: the number stands for the conversation's id."""
    return f"{card.listed.last_at.isoformat()}~{card.number}"


async def place_of(repository: ReviewRepository, given: str) -> Key | None:
    """The place in the list that an address names by a conversation's number."""
    key = key_of(given)
    if key is None or not (key.conversation_id.isascii() and key.conversation_id.isdecimal()):
        return None
    row = await repository.conversation_of(int(key.conversation_id[:18]))
    return Key(key.last_at, row.id) if row else None


async def page_of(services: ConsoleServices, names: ReviewNames, query: Query, after: str, before: str) -> Page:
    """The page next to `after`, or right before `before`."""
    now = services.clock()
    chosen = query.filter(now)
    waiting = await taken_up(services) if chosen.words or chosen.longer else 0
    async with services.database.session() as session:
        review, lists = ReviewRepository(session, services.clock), ReviewListRepository(session)
        names.labels = await review.labels()
        begin = await place_of(review, after) if after else None
        end = await place_of(review, before) if before and begin is None else None
        rows = await lists.page(chosen, PAGE + 1, begin, end)
        there_is_more = len(rows) > PAGE
        rows = rows[-PAGE:] if end else rows[:PAGE]
        cards = await ReviewCardRepository(session).cards(
            await lists.with_hits(chosen, rows), with_replies=bool(chosen.words)
        )
    newer = older = ""
    if cards and (begin or (end and there_is_more)):
        newer = _beside(query, before=written(cards[0]))
    if cards and (end or there_is_more):
        older = _beside(query, after=written(cards[-1]))
    return Page([line_of(card, query, names, services, now) for card in cards], newer, older, waiting)


async def taken_up(services: ConsoleServices) -> int:
    """Takes the latest turns up into search, and tells how many still wait."""
    async with services.database.session() as session:
        await SearchRepository(session).catch_up(_INDEXED_AT_ONCE)
    async with services.database.session() as session:
        return await SearchRepository(session).waiting()


def _beside(query: Query, **place: str) -> str:
    return f"{PLACE}?{urlencode(dict(query.values) | place)}"


def line_of(card: Card, query: Query, names: ReviewNames, services: ConsoleServices, now: datetime) -> Line:
    """A conversation as a line."""
    words, row, said = services.words, card.listed, card.said
    text = shown(said.text) if said else ""
    if said and said.is_payload:
        text = words("conversations.pressed", name=said.text.lstrip("/").partition("{")[0])
    own, answer = excerpt(text, query["q"]), None
    if said and own is None and query["q"]:
        answer = excerpt(shown(answer_of(said.replies)), query["q"])
    plain = " ".join(text.split()) or words("conversations.silent")
    plain = plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…"
    outcome = said.outcome if said else None
    return Line(
        number=card.number,
        url=query.link(said.id if said and query else card.number),
        said=own or [Piece(plain)],
        answer=answer,
        outcome=words(f"outcome.{outcome}") if outcome else "",
        tone=TONES.get(outcome, "quiet") if outcome else "quiet",
        about=names.about(said.topic, said.matter) if said else "",
        tags=_tags(card, names, services, bool(query)),
        up=card.up,
        down=card.down,
        labels=card.labels,
        icon=ICONS[row.channel],
        channel=words(f"channel.{row.channel}"),
        reviewed=card.reviewed,
        at=moment(row.last_at, now, words),
        exact=exact(row.last_at),
    )


def _tags(card: Card, names: ReviewNames, services: ConsoleServices, sought: bool) -> list[tuple[str, str]]:
    words, row = services.words, card.listed
    tags = [(names.district(row.district), ""), (words("conversations.turns", n=row.turns) if row.turns else "", "")]
    if sought and row.hits > 1 and row.hits != row.turns:
        tags.append((words("conversations.hits", n=row.hits), ""))
    if row.language not in (None, Language.ZH):
        tags.append((words(f"language.{row.language}"), "mark"))
    if card.handoff is not None:
        states = {HandoffState.WAITING: "waiting", HandoffState.CLAIMED: "claimed"}
        tags.append((words(f"conversations.{states.get(card.handoff, 'handed')}"), "mark"))
    if card.rating:
        tags.append((words("conversations.stars", n=card.rating), "bad" if card.rating <= 2 else "good"))
    if card.for_trainer:
        tags.append((words("conversations.for_trainer"), "mark"))
    if card.comments:
        tags.append((words("conversations.comments", n=card.comments), ""))
    return [(tag, tone) for tag, tone in tags if tag]
