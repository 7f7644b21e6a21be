"""What staff make of conversations: reviewed, labelled, marked, commented on; their saved filters and exports."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import ExportForm, ExportState, TurnMark
from store.models.base import Base, RowId, label


class ConversationReviewRow(Base):
    """Somebody has read a conversation up to that moment; what is said later makes it unread again."""

    __tablename__ = "conversation_reviews"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class ReviewLabelRow(Base):
    """A label that staff made."""

    __tablename__ = "review_labels"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class ConversationLabelRow(Base):
    """A label on a conversation."""

    __tablename__ = "conversation_labels"
    __table_args__ = (Index("ix_conversation_labels_label_id", "label_id", "conversation_id"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    label_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("review_labels.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class TurnMarkRow(Base):
    """What somebody thinks of an answer, or that a trainer is to look at it."""

    __tablename__ = "turn_marks"
    __table_args__ = (
        Index("ix_turn_marks_mark", "mark", "turn_id", "conversation_id"),
        Index("ix_turn_marks_mark_at", "mark", "at", "turn_id"),
        Index("ix_turn_marks_conversation_id", "conversation_id"),
    )

    turn_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    mark: Mapped[TurnMark] = mapped_column(label(TurnMark), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]


class ReviewCommentRow(Base):
    """A remark of staff on a conversation, or on one turn of it; users never see it."""

    __tablename__ = "review_comments"
    __table_args__ = (
        Index("ix_review_comments_conversation_id_id", "conversation_id", "id"),
        Index("ix_review_comments_turn_id", "turn_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    turn_id: Mapped[int | None] = mapped_column(RowId, ForeignKey("turns.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    at: Mapped[datetime]


class SavedFilterRow(Base):
    """A filter under a name; `query` is that of the list's address. A shared one is there for all."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("staff_id", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    shared: Mapped[bool]
    at: Mapped[datetime]


class ExportRow(Base):
    """A file of conversations that somebody asked for; only they get it.

    `done` of `total` conversations are written (None: not counted yet), `rows` lines so far; `file` is its name in the
    folder of exports.
    """

    __tablename__ = "exports"
    __table_args__ = (Index("ix_exports_staff_id_id", "staff_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    form: Mapped[ExportForm] = mapped_column(label(ExportForm))
    query: Mapped[str]
    state: Mapped[ExportState] = mapped_column(label(ExportState))
    done: Mapped[int]
    total: Mapped[int | None]
    rows: Mapped[int]
    file: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
