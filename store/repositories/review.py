"""What staff make of conversations: reviewed, labels, marks, comments; and conversations as staff read them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import HandoffState, Outcome, TurnMark
from store.models import (
    ConversationLabelRow,
    ConversationReviewRow,
    ConversationRow,
    FeedbackRow,
    HandoffRow,
    ReviewCommentRow,
    ReviewLabelRow,
    TurnMarkRow,
    TurnRow,
)
from store.repositories.base import Clock, Repository, insert_for, upsert_for
from store.repositories.review_list import Listed
from store.repositories.staff import AuditRepository

LONGEST_LABEL = 20
LONGEST_COMMENT = 2000


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


class ReviewRepository(Repository):
    """Reads and changes what staff make of conversations. Every change is written down for the audit.

    A conversation goes by the number of its first turn there: its id may be a user's own on Telegram.
    """

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        super().__init__(session, clock)
        self._audit = AuditRepository(session, clock)

    async def conversation_of(self, turn_id: int) -> ConversationRow | None:
        """The conversation that a turn belongs to."""
        theirs = select(TurnRow.conversation_id).where(TurnRow.id == turn_id).scalar_subquery()
        chosen = select(ConversationRow).where(ConversationRow.id == theirs)
        return await self.session.scalar(chosen, execution_options={"populate_existing": True})

    async def number_of(self, conversation_id: str) -> int:
        """The id of its first turn; 0 where there is none."""
        chosen = select(func.min(TurnRow.id)).where(TurnRow.conversation_id == conversation_id)
        return await self.session.scalar(chosen) or 0

    async def turn_ids(self, conversation_id: str) -> Sequence[int]:
        """All turns of a conversation, in order."""
        chosen = select(TurnRow.id).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.id)
        return (await self.session.scalars(chosen)).all()

    async def turns(self, ids: Sequence[int]) -> Sequence[TurnRow]:
        """Turns in order."""
        chosen = select(TurnRow).where(TurnRow.id.in_(ids)).order_by(TurnRow.id)
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def feedback_of(self, turn_ids: Sequence[int]) -> dict[int, int]:
        """What users thought of these turns, +1 or -1."""
        rows = await self.session.execute(
            select(FeedbackRow.turn_id, FeedbackRow.value).where(FeedbackRow.turn_id.in_(turn_ids))
        )
        return {row.turn_id: row.value for row in rows}

    async def handoffs_of(self, conversation_id: str) -> Sequence[HandoffRow]:
        """Its handoffs in order."""
        chosen = select(HandoffRow).where(HandoffRow.conversation_id == conversation_id).order_by(HandoffRow.id)
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

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
        for key, names in (await self._labels(ids)).items():
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

    # reviewed

    async def review_of(self, conversation_id: str) -> ConversationReviewRow | None:
        """Who read it last, and up to when."""
        return await self.session.get(ConversationReviewRow, conversation_id, populate_existing=True)

    async def set_reviewed(self, row: ConversationRow, staff_id: int, reviewed: bool) -> None:
        """Note that somebody has read a conversation as far as it goes now, or take that back."""
        if reviewed:
            await self.session.execute(
                upsert_for(self.dialect, ConversationReviewRow, "conversation_id", "staff_id", "at"),
                {"conversation_id": row.id, "staff_id": staff_id, "at": max(self.clock(), row.last_at)},
            )
        else:
            await self.session.execute(
                delete(ConversationReviewRow).where(ConversationReviewRow.conversation_id == row.id)
            )
        await self._write(staff_id, "conversation.reviewed" if reviewed else "conversation.unreviewed", row.id)

    # labels

    async def labels(self) -> dict[int, str]:
        """All labels by id, in the order of their names."""
        rows = await self.session.execute(select(ReviewLabelRow.id, ReviewLabelRow.name).order_by(ReviewLabelRow.name))
        return {row.id: row.name for row in rows}

    async def labels_of(self, conversation_id: str) -> dict[int, str]:
        """A conversation's labels."""
        return dict((await self._labels([conversation_id])).get(conversation_id, []))

    async def _labels(self, ids: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
        rows = await self.session.execute(
            select(ConversationLabelRow.conversation_id, ReviewLabelRow.id, ReviewLabelRow.name)
            .join(ReviewLabelRow, ReviewLabelRow.id == ConversationLabelRow.label_id)
            .where(ConversationLabelRow.conversation_id.in_(ids))
            .order_by(ReviewLabelRow.name)
        )
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for key, number, name in rows:
            found[key].append((number, name))
        return found

    async def add_label(self, conversation_id: str, name: str, staff_id: int) -> None:
        """Puts a label on a conversation; a new one where there is none of that name. Raises ValueError for no name."""
        name = " ".join(name.split())[:LONGEST_LABEL]
        if not name:
            raise ValueError("a label needs a name")
        now = self.clock()
        await self.session.execute(
            insert_for(self.dialect, ReviewLabelRow).on_conflict_do_nothing(index_elements=["name"]),
            {"name": name, "staff_id": staff_id, "at": now},
        )
        number = await self.session.scalar(select(ReviewLabelRow.id).where(ReviewLabelRow.name == name))
        await self.session.execute(
            insert_for(self.dialect, ConversationLabelRow).on_conflict_do_nothing(),
            {"conversation_id": conversation_id, "label_id": number, "staff_id": staff_id, "at": now},
        )
        await self._write(staff_id, "conversation.label", conversation_id, label=name)

    async def remove_label(self, conversation_id: str, label_id: int, staff_id: int) -> None:
        """Takes a label off a conversation; one that nothing carries any more is gone."""
        row = ConversationLabelRow
        name = await self.session.scalar(select(ReviewLabelRow.name).where(ReviewLabelRow.id == label_id))
        gone = delete(row).where(row.conversation_id == conversation_id, row.label_id == label_id)
        if name is None or not await self.count(gone):
            return
        if not await self.session.scalar(select(func.count()).where(row.label_id == label_id)):
            await self.session.execute(delete(ReviewLabelRow).where(ReviewLabelRow.id == label_id))
        await self._write(staff_id, "conversation.unlabel", conversation_id, label=name)

    # marks

    async def marks_of(self, conversation_id: str) -> dict[int, list[TurnMarkRow]]:
        """The marks on a conversation's turns, by turn."""
        found: dict[int, list[TurnMarkRow]] = defaultdict(list)
        chosen = select(TurnMarkRow).where(TurnMarkRow.conversation_id == conversation_id)
        for row in await self.session.scalars(chosen.order_by(TurnMarkRow.at)):
            found[row.turn_id].append(row)
        return found

    async def set_mark(self, turn_id: int, mark: TurnMark, staff_id: int, on: bool) -> None:
        """Marks a turn or takes the mark back. GOOD, WRONG and INCOMPLETE exclude each other."""
        conversation_id = await self.session.scalar(select(TurnRow.conversation_id).where(TurnRow.id == turn_id))
        if conversation_id is None:
            return
        others = [mark] if mark == TurnMark.TRAINER else [other for other in TurnMark if other != TurnMark.TRAINER]
        await self.session.execute(
            delete(TurnMarkRow).where(TurnMarkRow.turn_id == turn_id, TurnMarkRow.mark.in_(others))
        )
        if on:
            self.session.add(
                TurnMarkRow(
                    turn_id=turn_id, mark=mark, conversation_id=conversation_id, staff_id=staff_id, at=self.clock()
                )
            )
            await self.session.flush()
        action = "conversation.mark" if on else "conversation.unmark"
        await self._write(staff_id, action, conversation_id, mark=mark.value, turn=turn_id)

    async def for_trainer(self, limit: int = 200) -> Sequence[TurnMarkRow]:
        """Turns that were handed to the trainers, the latest first."""
        chosen = select(TurnMarkRow).where(TurnMarkRow.mark == TurnMark.TRAINER)
        return (await self.session.scalars(chosen.order_by(TurnMarkRow.turn_id.desc()).limit(limit))).all()

    # comments

    async def comments_of(self, conversation_id: str) -> Sequence[ReviewCommentRow]:
        """The remarks on a conversation, the first one first."""
        row = ReviewCommentRow
        chosen = select(row).where(row.conversation_id == conversation_id).order_by(row.id)
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def comment(self, conversation_id: str, text: str, staff_id: int, turn_id: int | None = None) -> None:
        """Adds a remark. Raises ValueError for an empty one."""
        text = text.strip()[:LONGEST_COMMENT]
        if not text:
            raise ValueError("a comment needs words")
        self.session.add(
            ReviewCommentRow(
                conversation_id=conversation_id, turn_id=turn_id, staff_id=staff_id, text=text, at=self.clock()
            )
        )
        await self.session.flush()
        await self._write(staff_id, "conversation.comment", conversation_id, turn=turn_id)

    async def remove_comment(self, comment_id: int, staff_id: int) -> bool:
        """Removes a remark of one's own; False where there is none."""
        row = await self.session.get(ReviewCommentRow, comment_id)
        if row is None or row.staff_id != staff_id:
            return False
        await self.session.delete(row)
        await self.session.flush()
        await self._write(staff_id, "conversation.uncomment", row.conversation_id)
        return True

    async def _write(self, staff_id: int, action: str, conversation_id: str, **detail: object) -> None:
        told = {key: value for key, value in detail.items() if value is not None}
        number = await self.number_of(conversation_id)
        await self._audit.write(staff_id, action, f"conversation:{number}", told or None)


def latest(row: ConversationReviewRow | None, last_at: datetime) -> bool:
    """Whether a conversation was read as far as it goes."""
    return row is not None and row.at >= last_at
