"""Appeals (诉求): what users ask the authorities to do, and every change as an event."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import (
    AppealEvent,
    AppealGrade,
    AppealOrigin,
    AppealState,
    AppealTier,
    Channel,
    District,
    Language,
    RatingReason,
    Topic,
)
from store.models.base import Base, CleanJson, RowId, label

_JOINED = text("joined_to IS NOT NULL")
_OPEN = text("joined_to IS NULL AND state NOT IN ('resolved', 'rated')")
_PROMISED = text("answer_by IS NOT NULL AND answered_at IS NULL")


class AppealRow(Base):
    """An appeal. `number` is what people read out, e.g. SQ20261121-0007. The columns are a cache of the events.

    `phone_refused`: the user wants no call, the messenger is the way back. `unit` is a contact's id or a unit's name.
    `deadline` is by when the next step is due: to be looked at first, then to be resolved. `answer_by` is the end of
    the day on which a person was promised to answer, where that was promised; `answered_at` is when one did first.
    `hotline_number` is the
    number at 12345 where it was passed on. `joined_to` is the appeal this one repeats: it takes part in nothing else.
    `overdue_on` is the last day in Shanghai on which it was found overdue. `files` are as `DeskMessageRow.attachments`.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        UniqueConstraint("conversation_id", "client_key"),
        Index("ix_appeals_conversation_id_id", "conversation_id", "id"),
        Index("ix_appeals_state_id", "state", "id"),
        Index("ix_appeals_owner_id_id", "owner_id", "id"),
        Index("ix_appeals_created_at_id", "created_at", "id"),
        Index("ix_appeals_due", "deadline", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_appeals_promised", "answer_by", sqlite_where=_PROMISED, postgresql_where=_PROMISED),
        Index("ix_appeals_joined_to", "joined_to", sqlite_where=_JOINED, postgresql_where=_JOINED),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        # Events outlive their appeal, so that its id must not become another's.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    client_key: Mapped[str | None]
    channel: Mapped[Channel] = mapped_column(label(Channel))
    language: Mapped[Language] = mapped_column(label(Language))
    origin: Mapped[AppealOrigin] = mapped_column(label(AppealOrigin))
    company: Mapped[str | None]
    contact_name: Mapped[str | None]
    phone: Mapped[str | None]
    phone_refused: Mapped[bool]
    district: Mapped[District | None] = mapped_column(label(District))
    topic: Mapped[Topic | None] = mapped_column(label(Topic))
    matter: Mapped[str | None]
    text: Mapped[str]
    files: Mapped[list[Any]] = mapped_column(CleanJson)
    created_at: Mapped[datetime]

    state: Mapped[AppealState] = mapped_column(label(AppealState))
    grade: Mapped[AppealGrade | None] = mapped_column(label(AppealGrade))
    tier: Mapped[AppealTier | None] = mapped_column(label(AppealTier))
    unit: Mapped[str | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    deadline: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    overdue_on: Mapped[date | None] = mapped_column(Date)
    hotline_number: Mapped[str | None]
    resolution: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    rating_reason: Mapped[RatingReason | None] = mapped_column(label(RatingReason))
    rating_text: Mapped[str | None]
    reopened_at: Mapped[datetime | None]
    joined_to: Mapped[int | None] = mapped_column(ForeignKey("appeals.id", ondelete="SET NULL"))

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.joined_to is None and self.state not in (AppealState.RESOLVED, AppealState.RATED)

    @property
    def promised_by(self) -> datetime | None:
        """By when somebody still has to answer as promised; None where nothing is (any more) to be kept."""
        return self.answer_by if self.is_open and self.answered_at is None else None

    @property
    def reopened(self) -> bool:
        """Whether it was opened again, which can be done once."""
        return self.reopened_at is not None


class AppealEventRow(Base):
    """One change of an appeal. Rows are only ever added, and stay when their appeal is forgotten.

    For that they hold nothing personal: labels, moments, units and the ids of staff. What was written stands beside
    them in `appeal_notes`, which goes with the appeal.
    """

    __tablename__ = "appeal_events"
    __table_args__ = (
        Index("ix_appeal_events_appeal_id_id", "appeal_id", "id"),
        Index("ix_appeal_events_kind_at", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(RowId)
    at: Mapped[datetime]
    kind: Mapped[AppealEvent] = mapped_column(label(AppealEvent))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(CleanJson)


class AppealNoteRow(Base):
    """The words of an event: a resolution, a remark, why it was reopened, the number at 12345."""

    __tablename__ = "appeal_notes"

    event_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("appeal_events.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeals.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
