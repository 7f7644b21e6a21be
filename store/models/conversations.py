"""What was said: conversations, their turns, their dialogue state and what users thought of the answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import Channel, District, Language, Outcome
from store.models.base import Base, CleanJson, RowId, label

_ANSWERED = text("outcome IS NOT NULL")


def _index(name: str, *columns: str) -> Index:
    """An index over answered turns."""
    return Index(f"ix_turns_{name}", *columns, sqlite_where=_ANSWERED, postgresql_where=_ANSWERED)


class ConversationRow(Base):
    """One user on one channel. `id` is the channel's, e.g. `telegram:12345`.

    `turns` counts the answered ones; it follows within seconds (store/repositories/search.py).
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index("ix_conversations_last_at_id", "last_at", "id", "started_at"),
        Index("ix_conversations_channel_last_at_id", "channel", "last_at", "id"),
        Index("ix_conversations_district_last_at_id", "district", "last_at", "id"),
        Index("ix_conversations_turns", "turns", "last_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[Channel] = mapped_column(label(Channel))
    language: Mapped[Language | None] = mapped_column(label(Language))
    district: Mapped[District | None] = mapped_column(label(District))
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    turns: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class TurnRow(Base):
    """One user message, from its arrival on; the answer's columns stay empty until it is answered.

    `points` and `contacts` are ids as they were then: they outlive the seeds they came from. `ms` is milliseconds.
    """

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_id"),
        Index("ix_turns_conversation_id_id", "conversation_id", "id"),
        # Rows are long: what lists and figures of the console ask for stands in the indexes themselves.
        _index("talk", "conversation_id", "outcome", "topic", "matter", "confidence", "accepted_at"),
        _index("outcome", "outcome", "topic", "accepted_at", "matter", "confidence", "conversation_id"),
        _index("time", "accepted_at", "outcome", "topic", "matter", "confidence", "conversation_id"),
        Index(
            "ix_turns_unanswered",
            "id",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        # Ids of deleted turns stay unused: old buttons still carry them.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[str]
    text: Mapped[str]
    is_payload: Mapped[bool]
    language: Mapped[Language | None] = mapped_column(label(Language))
    accepted_at: Mapped[datetime]

    answered_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    replies: Mapped[list[Any] | None] = mapped_column(CleanJson)
    outcome: Mapped[Outcome | None] = mapped_column(label(Outcome))
    intent: Mapped[str | None]
    confidence: Mapped[float | None]
    topic: Mapped[str | None]
    matter: Mapped[str | None]
    act: Mapped[str | None]
    entities: Mapped[list[Any] | None] = mapped_column(CleanJson)
    points: Mapped[list[Any] | None] = mapped_column(CleanJson)
    contacts: Mapped[list[Any] | None] = mapped_column(CleanJson)
    parse: Mapped[dict[str, Any] | None] = mapped_column(CleanJson)
    ms: Mapped[int | None]


class DialogueStateRow(Base):
    """What the dialogue remembers of a conversation between two messages: district, profile, a half-filled form."""

    __tablename__ = "dialogue_states"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(CleanJson(verbatim=True))
    updated_at: Mapped[datetime]


class FeedbackRow(Base):
    """A user's opinion of a turn, +1 or -1; the latest one holds."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint("value IN (-1, 1)", name="value"),
        Index("ix_feedback_value", "value", "conversation_id", "turn_id"),
        Index("ix_feedback_at", "at", "turn_id", "value"),
    )

    turn_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    value: Mapped[int]
    at: Mapped[datetime]
