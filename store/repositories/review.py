"""What staff make of conversations: reviewed, labels, marks, comments; and conversations as staff read them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import Direction, TurnMark
from store.models import (
    ConversationLabelRow,
    ConversationReviewRow,
    ConversationRow,
    DeskMessageRow,
    FeedbackRow,
    HandoffRow,
    ReviewCommentRow,
    ReviewLabelRow,
    TurnMarkRow,
    TurnRow,
)
from store.repositories.base import Clock, Repository, insert_for, upsert_for
from store.repositories.review_cards import labels_by
from store.repositories.staff import AuditRepository

LONGEST_LABEL = 20
LONGEST_COMMENT = 2000


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

    async def turns_of(self, conversation_ids: Sequence[str]) -> Sequence[TurnRow]:
        """All turns of these conversations, in order."""
        chosen = select(TurnRow).where(TurnRow.conversation_id.in_(conversation_ids)).order_by(TurnRow.id)
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def messages_of(self, conversation_ids: Sequence[str]) -> Sequence[DeskMessageRow]:
        """What people wrote to each other in these conversations, in order; notes are staff's own."""
        row = DeskMessageRow
        chosen = select(row).where(row.conversation_id.in_(conversation_ids), row.direction != Direction.NOTE)
        return (await self.session.scalars(chosen.order_by(row.id))).all()

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

    # reviewed

    async def review_of(self, conversation_id: str) -> ConversationReviewRow | None:
        """Who read it last, and up to when."""
        return await self.session.get(ConversationReviewRow, conversation_id, populate_existing=True)

    async def set_reviewed(self, row: ConversationRow, staff_id: int, reviewed: bool) -> None:
        """Note that somebody has read a conversation as far as it goes in `row`, or take that back."""
        if reviewed:
            column = ConversationRow.last_at
            last_at = await self.session.scalar(select(column).where(ConversationRow.id == row.id)) or row.last_at
            read_to = max(self.clock(), last_at) if last_at <= row.last_at else row.last_at
            await self.session.execute(
                upsert_for(self.dialect, ConversationReviewRow, "conversation_id", "staff_id", "at"),
                {"conversation_id": row.id, "staff_id": staff_id, "at": read_to},
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
        return dict((await labels_by(self.session, [conversation_id])).get(conversation_id, []))

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
        return await self.marks_in([conversation_id])

    async def marks_in(self, conversation_ids: Sequence[str]) -> dict[int, list[TurnMarkRow]]:
        """The marks on the turns of these conversations, by turn."""
        found: dict[int, list[TurnMarkRow]] = defaultdict(list)
        chosen = select(TurnMarkRow).where(TurnMarkRow.conversation_id.in_(conversation_ids))
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
