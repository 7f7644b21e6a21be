"""What people ask about and whom they are sent to: matters, contacts, training questions."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import District, Topic
from store.models.base import Base, CleanJson, Ranked, RowId, label


class MatterRow(Ranked, Base):
    """What a person asks about; fields as in seeds.model.Matter."""

    __tablename__ = "matters"

    id: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[Topic] = mapped_column(label(Topic), index=True)
    name: Mapped[str]
    name_en: Mapped[str]
    keywords: Mapped[list[Any]] = mapped_column(CleanJson)
    audience: Mapped[str | None]
    general: Mapped[bool]
    line: Mapped[int]


class ContactRow(Ranked, Base):
    """A unit, window, centre, platform, studio or hotline; fields as in seeds.model.Contact."""

    __tablename__ = "contacts"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    district: Mapped[District] = mapped_column(label(District))
    handles: Mapped[str]
    handles_en: Mapped[str]
    source: Mapped[str]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    hours: Mapped[str | None]
    aliases: Mapped[list[Any]] = mapped_column(CleanJson)
    topics: Mapped[list[Any]] = mapped_column(CleanJson)


class MatterPoint(Ranked, Base):
    """A point that answers a matter."""

    __tablename__ = "matter_points"

    matter_id: Mapped[str] = mapped_column(ForeignKey("matters.id"), primary_key=True)
    point_id: Mapped[str] = mapped_column(ForeignKey("points.id"), primary_key=True, index=True)


class MatterContact(Ranked, Base):
    """A contact of a matter."""

    __tablename__ = "matter_contacts"

    matter_id: Mapped[str] = mapped_column(ForeignKey("matters.id"), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True, index=True)


class PointContact(Ranked, Base):
    """A contact that a point names."""

    __tablename__ = "point_contacts"

    point_id: Mapped[str] = mapped_column(ForeignKey("points.id"), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True, index=True)


class MeasureContact(Ranked, Base):
    """A contact that a measure names as a whole, such as its responsible unit."""

    __tablename__ = "measure_contacts"

    measure_id: Mapped[str] = mapped_column(ForeignKey("measures.id"), primary_key=True)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contacts.id"), primary_key=True, index=True)


class QuestionRow(Base):
    """A training question; `path` and `line` are where trainers find it."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    intent: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    point_id: Mapped[str | None] = mapped_column(ForeignKey("points.id"), index=True)
    path: Mapped[str]
    line: Mapped[int]
