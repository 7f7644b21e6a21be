"""What was learned: versions of the model, the answers that a version changes, and when training starts by itself."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import ModelState
from store.models.base import Base, CleanJson, RowId, label


class ModelVersionRow(Base):
    """A version of the model; `id` is its number.

    `checksum` is that of its data, `file` the model's name in the folder of models. `origin` is the checksum of the
    repository's data when it went live: a restart after an update finds another. `report` holds figures and what is
    below its floor. `wanted_at` asks the running qifu to publish it, `refusal` is why it didn't.
    """

    __tablename__ = "model_versions"
    __table_args__ = (
        # The database itself keeps two versions from being live.
        Index(
            "uq_model_versions_live",
            "state",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        # Numbers of deleted versions stay unused.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    state: Mapped[ModelState] = mapped_column(label(ModelState))
    checksum: Mapped[str]
    file: Mapped[str | None]
    origin: Mapped[str | None]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    error: Mapped[str | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(CleanJson)
    wanted_at: Mapped[datetime | None]
    refusal: Mapped[str | None]


class ModelChangeRow(Base):
    """A question of last month's that a version answers differently; personal data is masked in all of it.

    `asked` is how often it was asked, `before` and `after` are the answers of the version then live and of this one.
    """

    __tablename__ = "model_changes"
    __table_args__ = (Index("ix_model_changes_version_id_asked_id", "version_id", "asked", "id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id", ondelete="CASCADE"))
    question: Mapped[str]
    asked: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(CleanJson)
    after: Mapped[dict[str, Any]] = mapped_column(CleanJson)


class TrainingScheduleRow(Base):
    """When training starts by itself: `daily_at` as HH:MM in Shanghai, None never; `last_day` is the last day it ran.

    There is one row at most, of id 1.
    """

    __tablename__ = "training_schedule"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    daily_at: Mapped[str | None]
    last_day: Mapped[str | None]
