"""Who wants to hear of new measures."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import District
from store.models.base import Base, CleanJson, label


class SubscriptionRow(Base):
    """A conversation that wants to hear of new measures; without topics: of all."""

    __tablename__ = "subscriptions"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    district: Mapped[District | None] = mapped_column(label(District))
    topics: Mapped[list[Any]] = mapped_column(CleanJson)
    created_at: Mapped[datetime]
