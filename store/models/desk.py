"""The desk's handoffs: who waits, who talks with whom, what was said, and every change as an event."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import (
    Channel,
    CloseReason,
    Direction,
    District,
    HandoffEvent,
    HandoffReason,
    HandoffState,
    Language,
    RatingReason,
    RequestKind,
    Topic,
)
from store.models.base import Base, CleanJson, RowId, label

_OPEN = text("state IN ('waiting', 'claimed')")
_UNDELIVERED = text("delivered_at IS NULL")


class HandoffRow(Base):
    """A user who wants, or has, a person. `number` is what people read out, e.g. BB20261121-0007.

    The columns are a cache of the events: where it stands now. A conversation has at most one open handoff.
    `waiting_since` is the request or the last transfer, `claimed_at` the first claim, `answered_at` the first human
    answer, `closed_at` its end of whatever kind. `alerted_at` and `escalated_at` belong to the present wait;
    `unanswered_since` is the oldest user message the owner hasn't answered, `reminded_at` and `neglected_at` what
    followed from it.
    """

    __tablename__ = "handoffs"
    __table_args__ = (
        Index("uq_handoffs_open", "conversation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_handoffs_open_state", "state", "waiting_since", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_handoffs_conversation_id_id", "conversation_id", "id"),
        Index("ix_handoffs_requested_at_id", "requested_at", "id"),
        Index("ix_handoffs_owner_id_id", "owner_id", "id"),
        CheckConstraint("(state = 'claimed') <= (owner_id IS NOT NULL)", name="owned"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        # Events outlive their handoff, so that its id must not become another's.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    channel: Mapped[Channel] = mapped_column(label(Channel))
    language: Mapped[Language] = mapped_column(label(Language))
    state: Mapped[HandoffState] = mapped_column(label(HandoffState))
    reason: Mapped[HandoffReason] = mapped_column(label(HandoffReason))
    question: Mapped[str]
    district: Mapped[District | None] = mapped_column(label(District))
    topic: Mapped[Topic | None] = mapped_column(label(Topic))
    matter: Mapped[str | None]

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    wished_staff: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    offered_to: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    offered_until: Mapped[datetime | None]
    offered_all_at: Mapped[datetime | None]

    requested_at: Mapped[datetime]
    waiting_since: Mapped[datetime]
    alerted_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    unanswered_since: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    neglected_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[CloseReason | None] = mapped_column(label(CloseReason))
    rating: Mapped[int | None]
    rating_reason: Mapped[RatingReason | None] = mapped_column(label(RatingReason))
    rating_text: Mapped[str | None]

    @property
    def is_open(self) -> bool:
        """Whether the user waits for a person or talks with one."""
        return self.state in (HandoffState.WAITING, HandoffState.CLAIMED)

    @property
    def bot_is_silent(self) -> bool:
        """Whether the bot leaves the conversation to people: from the first claim to the end, transfers included."""
        return self.is_open and self.claimed_at is not None


class HandoffEventRow(Base):
    """One change of a handoff. Rows are only ever added, and stay when their handoff is forgotten.

    For that they hold nothing personal: labels, moments and the ids of staff, never what anybody wrote and never the
    conversation. `handoff_id` refers to nothing once the handoff is gone; ids aren't given out twice.
    """

    __tablename__ = "handoff_events"
    __table_args__ = (
        Index("ix_handoff_events_handoff_id_id", "handoff_id", "id"),
        Index("ix_handoff_events_kind_at", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(RowId)
    at: Mapped[datetime]
    kind: Mapped[HandoffEvent] = mapped_column(label(HandoffEvent))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(CleanJson)


class DeskMessageRow(Base):
    """What was said in a handoff, or noted by staff among themselves.

    `attachments` is a list of {kind, name, mime, size in bytes, ref: the channel's own file reference}. `client_key`
    names the message in the channel it came from: the same key in a conversation is the same message. Undelivered are
    messages that the other side has not been given yet; notes and system messages need no delivery.
    """

    __tablename__ = "desk_messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_key"),
        Index("ix_desk_messages_handoff_id_id", "handoff_id", "id"),
        Index("ix_desk_messages_undelivered", "id", sqlite_where=_UNDELIVERED, postgresql_where=_UNDELIVERED),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    direction: Mapped[Direction] = mapped_column(label(Direction))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    attachments: Mapped[list[Any]] = mapped_column(CleanJson)
    at: Mapped[datetime]
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id", ondelete="SET NULL"), index=True)
    edited_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    client_key: Mapped[str]


class DutyShiftRow(Base):
    """When somebody is on duty, in Shanghai's time: every `weekday` (0 is Monday), or on one `day`.

    A shift of a day replaces that person's weekly ones on that day; `ends` at 00:00 is midnight.
    """

    __tablename__ = "duty_shifts"
    __table_args__ = (
        CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name="weekday_or_day"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int | None]
    day: Mapped[date | None] = mapped_column(Date, index=True)
    begins: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)


class DutyDayOffRow(Base):
    """A day, in Shanghai's time, on which somebody is off duty whatever the roster says of that weekday."""

    __tablename__ = "duty_days_off"

    staff_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[date] = mapped_column(Date, primary_key=True)


class PresenceRow(Base):
    """What somebody said themselves of being on duty; it holds until the end of that day in Shanghai.

    `idle`: qifu itself took them off duty, because nobody sat before the console any more, and hasn't told them yet.
    """

    __tablename__ = "presence"

    staff_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    on_duty: Mapped[bool]
    since: Mapped[datetime]
    idle: Mapped[bool]


class CannedReplyRow(Base):
    """A text that staff send often; `{{district}}` and the like are filled in when it is used."""

    __tablename__ = "canned_replies"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    language: Mapped[Language] = mapped_column(label(Language))
    topic: Mapped[Topic | None] = mapped_column(label(Topic))
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime]


class NoticeRow(Base):
    """Something to be told to a user (`conversation_id`) or to staff (`staff_ids`), written with what it is about.

    `kind` names the words, `detail` fills them. `unique_key` keeps one occasion from being told twice. One that could
    not be delivered is tried again at `retry_at`.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("(conversation_id IS NULL) <> (staff_ids IS NULL)", name="one_side"),
        Index("ix_notices_undelivered", "id", sqlite_where=_UNDELIVERED, postgresql_where=_UNDELIVERED),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    staff_ids: Mapped[list[Any] | None] = mapped_column(CleanJson)
    handoff_id: Mapped[int | None] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(CleanJson)
    unique_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    attempts: Mapped[int]
    retry_at: Mapped[datetime | None]


class RequestCounter(Base):
    """The last number given out on a day; kept when requests are deleted, so that no number is given twice."""

    __tablename__ = "request_counters"

    kind: Mapped[RequestKind] = mapped_column(label(RequestKind), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int]
