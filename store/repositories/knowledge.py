"""Loads the seeds into the database and reads them back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select

from qifu.errors import StoreError
from qifu.labels import Topic
from seeds.model import Contact, Matter, Measure, Plan, Point, Question, Seeds
from store.models import (
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
    SeedLoad,
)
from store.models.base import Ranked
from store.repositories.base import Repository, insert_for
from store.repositories.seed_rows import tables_of

_READ_ATTEMPTS = 3


class KnowledgeRepository(Repository):
    """What is known. Turns keep the ids of points on their own, so that replacing the seeds loses no history."""

    async def checksum(self) -> str | None:
        """The checksum of the seeds in the database; None where there are none."""
        return await self.session.scalar(select(SeedLoad.checksum).where(SeedLoad.id == 1))

    async def replace_all(self, seeds: Seeds, checksum: str) -> bool:
        """Make the database hold `seeds` and nothing else; False where it holds them already.

        Two processes that do so at once wait for each other. Raises KeyError, or StoreError when the session ends,
        for ids that don't resolve; the seeds' own check names them all.
        """
        note = insert_for(self.dialect, SeedLoad).values(id=1, checksum=checksum, loaded_at=self.clock())
        # This row is the lock: who writes it first replaces, the other then finds its checksum unchanged.
        changed = await self.session.scalar(
            note.on_conflict_do_update(
                index_elements=["id"],
                set_={"checksum": note.excluded.checksum, "loaded_at": note.excluded.loaded_at},
                where=SeedLoad.checksum != note.excluded.checksum,
            ).returning(SeedLoad.id)
        )
        if changed is None:
            return False
        tables = tables_of(seeds)
        for table in reversed(tables):
            await self.session.execute(delete(table))
        for table, rows in tables.items():
            if rows:
                await self.session.execute(insert(table), rows)
        return True

    async def load(self) -> Seeds:
        """All that is known, without the documents' segments; empty where nothing was loaded.

        Raises StoreError where the seeds are replaced again and again while they are read.
        """
        for _ in range(_READ_ATTEMPTS):
            before = await self.checksum()
            seeds = await self._read()
            if await self.checksum() == before:
                return seeds
        raise StoreError("the seeds are being replaced; try again when `qifu seed` has ended")

    async def _read(self) -> Seeds:
        points = await self._all(PointRow)
        seeds = Seeds(
            plans={row.id: _plan(row) for row in await self._all(PlanRow)},
            points={row.id: Point(row.id, row.text, row.line) for row in points},
            english={row.id: row.english for row in points if row.english is not None},
        )
        points_of = _grouped((row.measure_id, row.id) for row in points)
        for measure in await self._all(MeasureRow):
            seeds.measures[measure.id] = _measure(measure, tuple(seeds.points[id_] for id_ in points_of[measure.id]))
        await self._read_matters(seeds)
        await self._read_contacts(seeds)
        questions = await self.session.scalars(select(QuestionRow).order_by(QuestionRow.id))
        seeds.questions = [Question(row.intent, row.text, row.point_id, row.line, row.path) for row in questions]
        return seeds

    async def _read_matters(self, seeds: Seeds) -> None:
        points = _grouped((row.matter_id, row.point_id) for row in await self._all(MatterPoint))
        contacts = _grouped((row.matter_id, row.contact_id) for row in await self._all(MatterContact))
        for row in await self._all(MatterRow):
            seeds.matters[row.id] = _matter(row, points[row.id], contacts[row.id])

    async def _read_contacts(self, seeds: Seeds) -> None:
        # A contact's places are points and measures in one order, though they stand in two tables.
        places = [(row.rank, row.contact_id, row.point_id) for row in await self._all(PointContact)]
        places += [(row.rank, row.contact_id, row.measure_id) for row in await self._all(MeasureContact)]
        named_in = _grouped((contact, place) for _, contact, place in sorted(places))
        for row in await self._all(ContactRow):
            seeds.contacts[row.id] = _contact(row, named_in[row.id])

    async def _all[Row: Ranked](self, table: type[Row]) -> Sequence[Row]:
        return (await self.session.scalars(select(table).order_by(table.rank))).all()


def _grouped(pairs: Iterable[tuple[str, str]]) -> defaultdict[str, tuple[str, ...]]:
    groups: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for key, value in pairs:
        groups[key] += (value,)
    return groups


def _plan(row: PlanRow) -> Plan:
    return Plan(
        id=row.id,
        title=row.title,
        title_en=row.title_en,
        issuer=row.issuer,
        number=row.number,
        date=row.date,
        district=row.district,
        status=row.status,
        year=row.year,
    )


def _measure(row: MeasureRow, points: tuple[Point, ...]) -> Measure:
    return Measure(
        id=row.id,
        plan=row.plan_id,
        place=row.place,
        title=row.title,
        kind=row.kind,
        points=points,
        units=tuple(row.units),
        note=row.note,
    )


def _matter(row: MatterRow, points: tuple[str, ...], contacts: tuple[str, ...]) -> Matter:
    return Matter(
        id=row.id,
        topic=row.topic,
        name=row.name,
        name_en=row.name_en,
        points=points,
        contacts=contacts,
        keywords=tuple(row.keywords),
        audience=row.audience,
        general=row.general,
        line=row.line,
    )


def _contact(row: ContactRow, named_in: tuple[str, ...]) -> Contact:
    return Contact(
        id=row.id,
        name=row.name,
        name_en=row.name_en,
        kind=row.kind,
        district=row.district,
        handles=row.handles,
        handles_en=row.handles_en,
        source=row.source,
        named_in=named_in,
        topics=tuple(Topic(topic) for topic in row.topics),
        phone=row.phone,
        address=row.address,
        hours=row.hours,
        aliases=tuple(row.aliases),
    )
