"""Telegram's inbox: every update is stored before it is acknowledged."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, CleanJson


class UpdateRow(Base):
    """An update as Telegram sent it; `error` says why the last of `attempts` failed."""

    __tablename__ = "updates"
    __table_args__ = (
        Index("ix_updates_received_at", "received_at"),
        Index(
            "ix_updates_unhandled",
            "received_at",
            "update_id",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    payload: Mapped[dict[str, Any]] = mapped_column(CleanJson)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int]
    error: Mapped[str | None]
