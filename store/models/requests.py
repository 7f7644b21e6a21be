"""What users asked people for: handoffs, appeals and subscriptions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import District, Topic
from store.models.base import Base, CleanJson, RowId, label


class RequestKind(StrEnum):
    """What a request is."""

    HANDOFF = "handoff"
    APPEAL = "appeal"


class RequestState(StrEnum):
    """How far a request has come."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    RATED = "rated"
    REOPENED = "reopened"


class RequestRow(Base):
    """A handoff or an appeal. `number` is what a person reads out, e.g. SQ20261121-0007."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_kind_state_created_at", "kind", "state", "created_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[RequestKind] = mapped_column(label(RequestKind))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    district: Mapped[District | None] = mapped_column(label(District))
    topic: Mapped[Topic | None] = mapped_column(label(Topic))
    text: Mapped[str]
    state: Mapped[RequestState] = mapped_column(label(RequestState))
    created_at: Mapped[datetime]


class RequestCounter(Base):
    """The last number given out on a day; kept when requests are deleted, so that no number is given twice."""

    __tablename__ = "request_counters"

    kind: Mapped[RequestKind] = mapped_column(label(RequestKind), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int]


class SubscriptionRow(Base):
    """A conversation that wants to hear of new measures; without topics: of all."""

    __tablename__ = "subscriptions"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    district: Mapped[District | None] = mapped_column(label(District))
    topics: Mapped[list[Any]] = mapped_column(CleanJson)
    created_at: Mapped[datetime]
