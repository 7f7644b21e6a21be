"""The desk on Telegram: codes that link staff, where handoffs are worked on, and which message shows what."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, RowId

_OPEN = text("is_open")
_OFFER = text("is_offer")


class TelegramCodeRow(Base):
    """A one-time code by which somebody links their Telegram account; only its SHA-256 is kept."""

    __tablename__ = "telegram_codes"

    staff_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    code_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]


class TelegramThreadRow(Base):
    """A place where staff read and answer a handoff: the private chat of `staff_id`, or a topic of the staff's group.

    `posted_to` is the id of the last message of the desk that was posted there. `chosen_at` is when somebody last
    turned to this one of their chats. A topic has its `thread_id`.
    """

    __tablename__ = "telegram_threads"
    __table_args__ = (
        UniqueConstraint("handoff_id", "chat_id"),
        Index("ix_telegram_threads_open", "chat_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"))
    chat_id: Mapped[int] = mapped_column(BigInteger)
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    posted_to: Mapped[int] = mapped_column(BigInteger)
    is_open: Mapped[bool]
    chosen_at: Mapped[datetime]


class TelegramMessageRow(Base):
    """A message on Telegram that belongs to a handoff: sent by qifu or by staff.

    `desk_message_id` is the message of the desk it shows, `shown_at` the edit of that one it shows, None for the first
    words. `is_caption`: the words are a caption. `is_offer`: it asks staff to claim and still says so.
    """

    __tablename__ = "telegram_messages"
    __table_args__ = (
        Index("ix_telegram_messages_desk_message_id", "desk_message_id"),
        Index("ix_telegram_messages_handoff_id", "handoff_id"),
        Index("ix_telegram_messages_offers", "handoff_id", "chat_id", sqlite_where=_OFFER, postgresql_where=_OFFER),
    )

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"))
    desk_message_id: Mapped[int | None] = mapped_column(ForeignKey("desk_messages.id", ondelete="CASCADE"))
    shown_at: Mapped[datetime | None]
    is_caption: Mapped[bool]
    is_offer: Mapped[bool]
