"""The seeds as rows of their tables."""

from collections.abc import Iterator
from typing import Any

from seeds.model import Seeds
from store.models import (
    Base,
    ContactRow,
    MatterContact,
    MatterPoint,
    MatterRow,
    MeasureContact,
    MeasureRow,
    PlanRow,
    PointContact,
    PointRow,
    QuestionRow,
)

type Rows = list[dict[str, Any]]


def tables_of(seeds: Seeds) -> dict[type[Base], Rows]:
    """All tables with their rows; what refers to another table stands after it.

    Raises KeyError where a point's measure or a plan is missing from the seeds.
    """
    return {
        PlanRow: _plans(seeds),
        MeasureRow: _measures(seeds),
        PointRow: _points(seeds),
        MatterRow: _matters(seeds),
        ContactRow: _contacts(seeds),
        MatterPoint: [
            {"matter_id": matter.id, "point_id": point, "rank": rank}
            for matter in seeds.matters.values()
            for rank, point in enumerate(matter.points)
        ],
        MatterContact: [
            {"matter_id": matter.id, "contact_id": contact, "rank": rank}
            for matter in seeds.matters.values()
            for rank, contact in enumerate(matter.contacts)
        ],
        PointContact: [row for row in _places(seeds, "point_id") if row["point_id"] in seeds.points],
        MeasureContact: [row for row in _places(seeds, "measure_id") if row["measure_id"] not in seeds.points],
        QuestionRow: _questions(seeds),
    }


def _plans(seeds: Seeds) -> Rows:
    return [
        {
            "id": plan.id,
            "title": plan.title,
            "title_en": plan.title_en,
            "issuer": plan.issuer,
            "number": plan.number,
            "date": plan.date,
            "district": plan.district,
            "status": plan.status,
            "year": plan.year,
            "rank": rank,
        }
        for rank, plan in enumerate(seeds.plans.values())
    ]


def _measures(seeds: Seeds) -> Rows:
    return [
        {
            "id": measure.id,
            "plan_id": measure.plan,
            "place": measure.place,
            "title": measure.title,
            "kind": measure.kind,
            "units": measure.units,
            "note": measure.note,
            "rank": rank,
        }
        for rank, measure in enumerate(seeds.measures.values())
    ]


def _points(seeds: Seeds) -> Rows:
    return [
        {
            "id": point.id,
            "measure_id": seeds.measure_of(point.id).id,
            "text": point.text,
            "english": seeds.english.get(point.id),
            "line": point.line,
            "rank": rank,
        }
        for rank, point in enumerate(seeds.points.values())
    ]


def _matters(seeds: Seeds) -> Rows:
    return [
        {
            "id": matter.id,
            "topic": matter.topic,
            "name": matter.name,
            "name_en": matter.name_en,
            "keywords": matter.keywords,
            "audience": matter.audience,
            "general": matter.general,
            "line": matter.line,
            "rank": rank,
        }
        for rank, matter in enumerate(seeds.matters.values())
    ]


def _contacts(seeds: Seeds) -> Rows:
    return [
        {
            "id": contact.id,
            "name": contact.name,
            "name_en": contact.name_en,
            "kind": contact.kind,
            "district": contact.district,
            "handles": contact.handles,
            "handles_en": contact.handles_en,
            "source": contact.source,
            "phone": contact.phone,
            "address": contact.address,
            "hours": contact.hours,
            "aliases": contact.aliases,
            "topics": contact.topics,
            "rank": rank,
        }
        for rank, contact in enumerate(seeds.contacts.values())
    ]


def _places(seeds: Seeds, column: str) -> Iterator[dict[str, Any]]:
    """Where a plan names a contact. A place is a point or a measure; each kind has its own table."""
    for contact in seeds.contacts.values():
        for rank, place in enumerate(contact.named_in):
            yield {column: place, "contact_id": contact.id, "rank": rank}


def _questions(seeds: Seeds) -> Rows:
    return [
        {
            "intent": question.intent,
            "text": question.text,
            "point_id": question.point,
            "path": question.path,
            "line": question.line,
        }
        for question in seeds.questions
    ]
