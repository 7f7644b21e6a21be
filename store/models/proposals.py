"""What trainers are to look at: things users said, why, and what trainers decided."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from qifu.training.labels import ProposalState, Rejection
from store.models.base import Base, CleanJson, RowId, label

_OPEN = text("state = 'open'")


class ProposalRow(Base):
    """One thing a user said: a turn, or a message to a person where there was no turn.

    `reasons` are bits (qifu.training.labels.ProposalReason). `text` and `answer`, what staff answered, are masked.
    `proposed` is a list of {intent, point, share}, the best first; `share` is 0 to 1, or None where the desk said it.
    Proposals that are alike share `group_no`, the id of the first of them. `intent`, `point` and `final_text` are what
    a trainer accepted.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint("(turn_id IS NULL) <> (message_id IS NULL)", name="one_origin"),
        # All that the list's groups are counted by, so that long rows stay unread.
        Index(
            "ix_proposals_open",
            "group_no",
            "at",
            "topic",
            "reasons",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_proposals_decided", "state", "decided_at", "id"),
        # Ids name groups, too: one that was given out isn't given again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    turn_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("turns.id", ondelete="CASCADE"), unique=True)
    message_id: Mapped[int | None] = mapped_column(
        RowId, ForeignKey("desk_messages.id", ondelete="CASCADE"), unique=True
    )
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    reasons: Mapped[int]
    topic: Mapped[str | None]
    text: Mapped[str]
    answer: Mapped[str | None]
    proposed: Mapped[list[Any]] = mapped_column(CleanJson)
    group_no: Mapped[int | None] = mapped_column(RowId)

    state: Mapped[ProposalState] = mapped_column(label(ProposalState))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    intent: Mapped[str | None]
    point: Mapped[str | None]
    final_text: Mapped[str | None]
    rejection: Mapped[Rejection | None] = mapped_column(label(Rejection))
    canned_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("canned_replies.id", ondelete="SET NULL"))


class ProposalCursorRow(Base):
    """How far a source of proposals was read: up to the moment `at`, and there up to the row `number`."""

    __tablename__ = "proposal_cursors"

    source: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    number: Mapped[int] = mapped_column(RowId)
