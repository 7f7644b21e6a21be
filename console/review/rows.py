"""Conversations as rows of a spreadsheet: a turn a row, people's messages between them, personal data masked."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from console.review.names import ReviewNames
from console.review.query import Query
from console.review.speech import answer_of, button_of
from console.services import ConsoleServices
from console.times import exact
from qifu.exports.exporter import Batch
from qifu.labels import Direction
from store.masking import mask
from store.models import DeskMessageRow, TurnMarkRow, TurnRow
from store.repositories import Card, Key, ReviewCardRepository, ReviewListRepository, ReviewRepository

COLUMNS = (
    "conversation",
    "turn",
    "at",
    "channel",
    "district",
    "who",
    "said",
    "answer",
    "outcome",
    "topic",
    "matter",
    "intent",
    "confidence",
    "points",
    "feedback",
    "ms",
    "marks",
    "labels",
    "reviewed",
    "rating",
)
_AT_ONCE = 100


class ConversationRows:
    """The rows of all conversations that fulfil a filter, the last active first."""

    def __init__(self, services: ConsoleServices, names: ReviewNames, query: Query) -> None:
        self._services = services
        self._words = services.words
        self._names = names
        self._chosen = query.filter(services.clock())
        self.title = self._words("export_value.sheet")
        self.headings: Sequence[str] = [self._words(f"export_column.{column}") for column in COLUMNS]

    async def total(self) -> int:
        """How many conversations there are."""
        async with self._services.database.session() as session:
            return await ReviewListRepository(session).how_many(self._chosen)

    async def batches(self) -> AsyncIterator[Batch]:
        """The rows, some conversations at a time."""
        after: Key | None = None
        while True:
            async with self._services.database.session() as session:
                review = ReviewRepository(session, self._services.clock)
                listed = await ReviewListRepository(session).page(self._chosen, _AT_ONCE, after)
                if not listed:
                    return
                cards = await ReviewCardRepository(session).cards(listed)
                rows = await self._rows(review, cards)
            after = listed[-1].key
            yield Batch(rows, len(cards))
            if len(listed) < _AT_ONCE:
                return

    async def _rows(self, review: ReviewRepository, cards: Sequence[Card]) -> list[list[str]]:
        ids = [card.listed.id for card in cards]
        turns, messages = defaultdict(list), defaultdict(list)
        for turn in await review.turns_of(ids):
            turns[turn.conversation_id].append(turn)
        for message in await review.messages_of(ids):
            messages[message.conversation_id].append(message)
        marks = await review.marks_in(ids)
        feedback = await review.feedback_of([turn.id for theirs in turns.values() for turn in theirs])
        rows: list[list[str]] = []
        for card in cards:
            key = card.listed.id
            own: list[tuple[datetime, list[str]]] = []
            offered: list[Any] = []
            for turn in turns[key]:
                own.append((turn.accepted_at, self._turn(card, turn, offered, feedback.get(turn.id), marks)))
                offered += turn.replies or []
            known = {turn.id for turn in turns[key]} | {turn.message_id for turn in turns[key]}
            for message in messages[key]:
                if message.turn_id not in known and message.client_key not in known:
                    own.append((message.at, self._message(card, message)))
            rows += [row for _, row in sorted(own, key=lambda pair: pair[0])]
        return rows

    def _turn(
        self, card: Card, turn: TurnRow, offered: list[Any], thumb: int | None, marks: dict[int, list[TurnMarkRow]]
    ) -> list[str]:
        words = self._words
        said = turn.text
        if turn.is_payload:
            said = words("conversations.pressed", name=button_of(turn.text, offered))
        return self._row(
            card,
            turn.accepted_at,
            turn=str(turn.id),
            who=words("export_value.user"),
            said=mask(said),
            answer=mask(answer_of(turn.replies)),
            outcome=words(f"outcome.{turn.outcome}") if turn.outcome else "",
            topic=self._names.topic(turn.topic),
            matter=self._names.matter(turn.matter),
            intent=turn.intent or "",
            confidence="" if turn.confidence is None else f"{turn.confidence:.3f}",
            points="、".join(map(str, turn.points or ())),
            feedback=words(f"export_value.{'up' if thumb > 0 else 'down'}") if thumb else "",
            ms="" if turn.ms is None else str(turn.ms),
            marks="、".join(words(f"mark.{row.mark}") for row in marks.get(turn.id, ())),
        )

    def _message(self, card: Card, message: DeskMessageRow) -> list[str]:
        who = self._words("export_value.user" if message.direction is Direction.USER else "export_value.system")
        if message.direction is Direction.STAFF:
            who = self._names.staff.get(message.staff_id or 0, who)
        return self._row(card, message.at, who=who, said=mask(message.text))

    def _row(self, card: Card, at: datetime, **cells: str) -> list[str]:
        listed = card.listed
        shared = {
            "conversation": str(card.number),
            "at": exact(at),
            "channel": self._words(f"channel.{listed.channel}"),
            "district": self._names.district(listed.district),
            "labels": "、".join(card.labels),
            "reviewed": self._words("export_value.yes") if card.reviewed else "",
            "rating": str(card.rating or ""),
        }
        return [(shared | cells).get(column, "") for column in COLUMNS]
