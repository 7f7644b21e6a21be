"""Versions over a database and a home of the test's own, with trainers' data of a few lines."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from qifu.labels import ModelState
from qifu.models.publisher import Publisher
from qifu.models.registry import Registry
from qifu.models.schedule import Schedule
from qifu.models.trainings import Trainings
from qifu.settings import Settings
from store.database import Database
from store.models import AuditRow, ModelVersionRow
from store.repositories import AuditFilter, AuditRepository, ModelRepository
from tests.fakes.models import FakeKnow, FakeLines, FakeMeasure, FakeTrain
from tests.store.factories import FakeClock


@dataclass
class World:
    """All parts, and what stands in for processes."""

    registry: Registry
    clock: FakeClock
    train: FakeTrain = field(default_factory=FakeTrain)
    measure: FakeMeasure = field(default_factory=FakeMeasure)
    know: FakeKnow = field(default_factory=FakeKnow)
    lines: FakeLines = field(default_factory=FakeLines)

    def __post_init__(self) -> None:
        self.trainings = Trainings(self.registry, train=self.train, measure=self.measure, know=self.know)
        self.publisher = Publisher(self.registry, self.lines, know=self.know)
        self.schedule = Schedule(self.registry, self.trainings)

    @property
    def questions(self) -> Path:
        """The file that trainers edit."""
        return self.registry.settings.training_home / "nlu" / "data" / "taxes.yml"

    def edit(self, text: str) -> None:
        """A trainer changes the data; the model made of them is another file."""
        self.questions.write_text(text, encoding="utf-8")
        self.train.file = f"{len(text)}-{hash(text) % 1000}.tar.gz"

    async def trained(self, text: str = "一", by: int | None = None) -> ModelVersionRow:
        """A version trained from new data, and measured."""
        self.edit(text)
        job = await self.trainings.train(by)
        assert job.task
        await job.task
        return await self.registry.get(job.number)

    async def live(self, text: str = "零") -> ModelVersionRow:
        """A version that went live without a report, as at a first start."""
        row = await self.trained(text)
        await self.registry.make_live(row, None, None)
        return await self.registry.get(row.id)

    async def states(self) -> dict[int, ModelState]:
        """States by number."""
        return {row.id: row.state for row in await self.registry.all()}

    async def audited(self, action: str) -> list[AuditRow]:
        """Audit entries, newest first."""
        async with self.registry.database.session() as session:
            return list(await AuditRepository(session).page(AuditFilter(action=action)))

    async def changes(self, number: int) -> list[tuple[str, int, str, str]]:
        """Changed answers: question, how often asked, before, after."""
        async with self.registry.database.session() as session:
            rows = await ModelRepository(session).changes(number)
        return [(row.question, row.asked, row.before["text"], row.after["text"]) for row in rows]


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    """Trainers' data, no version yet."""
    settings = Settings(home=tmp_path / "home")
    settings.models.mkdir(parents=True)
    clock = FakeClock()
    world = World(Registry(settings, database, clock), clock)
    (settings.home / "training" / "nlu" / "data").mkdir(parents=True)
    world.edit("零")
    yield world
    await world.trainings.cancel()
    await world.publisher.close()
