"""What is known: plans, measures and points."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import District, PlanStatus
from store.models.base import Base, CleanJson, Ranked, label


class PlanRow(Ranked, Base):
    """A source document; fields as in seeds.model.Plan."""

    __tablename__ = "plans"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    title_en: Mapped[str]
    issuer: Mapped[str]
    number: Mapped[str | None]
    date: Mapped[str]
    district: Mapped[District] = mapped_column(label(District))
    status: Mapped[PlanStatus] = mapped_column(label(PlanStatus))
    year: Mapped[int]


class MeasureRow(Ranked, Base):
    """A numbered item of a plan; fields as in seeds.model.Measure."""

    __tablename__ = "measures"

    id: Mapped[str] = mapped_column(primary_key=True)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    place: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    units: Mapped[list[Any]] = mapped_column(CleanJson)
    note: Mapped[str | None]


class PointRow(Ranked, Base):
    """One sentence of a measure, with its unofficial English rendering."""

    __tablename__ = "points"

    id: Mapped[str] = mapped_column(primary_key=True)
    measure_id: Mapped[str] = mapped_column(ForeignKey("measures.id"), index=True)
    text: Mapped[str]
    english: Mapped[str | None]
    line: Mapped[int]


class SeedLoad(Base):
    """Which seeds are in the database: one row, always number 1."""

    __tablename__ = "seed_load"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    checksum: Mapped[str]
    loaded_at: Mapped[datetime]
