"""What the list shows of conversations beyond what it is ordered by, looked up for a page at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import HandoffState, Outcome, TurnMark
from store.models import (
    ConversationLabelRow,
    ConversationReviewRow,
    FeedbackRow,
    HandoffRow,
    ReviewCommentRow,
    ReviewLabelRow,
    TurnMarkRow,
    TurnRow,
)
from store.repositories.base import Repository
from store.repositories.review_list import Listed


class Said(NamedTuple):
    """What a line of the list shows of a turn; `replies` only where they were asked for."""

    id: int
    text: str
    is_payload: bool
    outcome: Outcome | None
    topic: str | None
    matter: str | None
    confidence: float | None
    replies: list[Any] | None


@dataclass
class Card:
    """What the list shows of a conversation. `number` is the id of its first turn: what staff call it by."""

    listed: Listed
    number: int = 0
    said: Said | None = None
    up: int = 0
    down: int = 0
    labels: list[str] = field(default_factory=list)
    reviewed: bool = False
    comments: int = 0
    for_trainer: int = 0
    handoff: HandoffState | None = None
    rating: int | None = None
    owner_id: int | None = None


class ReviewCardRepository(Repository):
    """Reads lines of the list."""

    async def cards(self, listed: Sequence[Listed], *, with_replies: bool = False) -> list[Card]:
        """The lines of the list, in its order."""
        cards = {row.id: Card(row) for row in listed}
        ids = list(cards)
        first = select(TurnRow.conversation_id, func.min(TurnRow.id)).where(TurnRow.conversation_id.in_(ids))
        for key, number in await self.session.execute(first.group_by(TurnRow.conversation_id)):
            cards[key].number = number
        said = await self._said([row.hit for row in listed if row.hit], with_replies)
        for card in cards.values():
            card.said = said.get(card.listed.hit or 0)
        for key, value, n in await self._counted(FeedbackRow, FeedbackRow.value, ids):
            card = cards[key]
            card.up, card.down = (n, card.down) if value > 0 else (card.up, n)
        for key, mark, n in await self._counted(TurnMarkRow, TurnMarkRow.mark, ids):
            cards[key].for_trainer += n if mark == TurnMark.TRAINER else 0
        for key, n in await self._counted(ReviewCommentRow, None, ids):
            cards[key].comments = n
        for key, names in (await labels_by(self.session, ids)).items():
            cards[key].labels = [name for _, name in names]
        for key, at in await self.session.execute(
            select(ConversationReviewRow.conversation_id, ConversationReviewRow.at).where(
                ConversationReviewRow.conversation_id.in_(ids)
            )
        ):
            cards[key].reviewed = at >= cards[key].listed.last_at
        handoff = HandoffRow
        for key, state, rating, owner in await self.session.execute(
            select(handoff.conversation_id, handoff.state, handoff.rating, handoff.owner_id)
            .where(handoff.conversation_id.in_(ids))
            .order_by(handoff.id)
        ):
            card = cards[key]
            card.handoff, card.rating, card.owner_id = state, rating or card.rating, owner or card.owner_id
        return list(cards.values())

    async def _said(self, ids: Sequence[int], with_replies: bool) -> dict[int, Said]:
        row = TurnRow
        columns: list[Any] = [row.id, row.text, row.is_payload, row.outcome, row.topic, row.matter, row.confidence]
        if with_replies:
            columns.append(row.replies)
        rows: Sequence[Any] = (await self.session.execute(select(*columns).where(row.id.in_(ids)))).all()
        return {found[0]: Said(*(*found, None)[:8]) for found in rows}

    async def _counted(self, model: Any, by: Any, ids: Sequence[str]) -> Sequence[Any]:
        key = model.conversation_id
        columns = [key] if by is None else [key, by]
        return (await self.session.execute(select(*columns, func.count()).where(key.in_(ids)).group_by(*columns))).all()


async def labels_by(session: AsyncSession, ids: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Labels with their ids, by conversation, in the order of their names."""
    rows = await session.execute(
        select(ConversationLabelRow.conversation_id, ReviewLabelRow.id, ReviewLabelRow.name)
        .join(ReviewLabelRow, ReviewLabelRow.id == ConversationLabelRow.label_id)
        .where(ConversationLabelRow.conversation_id.in_(ids))
        .order_by(ReviewLabelRow.name)
    )
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, number, name in rows:
        found[key].append((number, name))
    return found
