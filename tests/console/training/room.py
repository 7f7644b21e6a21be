"""A console over trainers' data of two topics, with a live model that is measured, and a person of each role."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Browser, Page, expect

from qifu.labels import StaffRole
from qifu.models.data import data_checksum
from qifu.models.registry import Registry
from qifu.models.room import ModelRoom
from qifu.settings import Settings
from qifu.training.workspace import Workspace
from store.database import Database
from store.models import AuditRow
from store.repositories import AuditFilter, AuditRepository, ModelRepository
from tests.actions.talk import build_services
from tests.console.served import ConsoleServer, log_in
from tests.fakes.browser import opened_page
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.models import scores
from tests.fakes.understanding import FakeParser, Meaning
from tests.store.factories import FakeClock

REFUND = "taxes/export_refund"
TRIAL = "bankruptcy/quick_trial"
TRANSFER = "bankruptcy/enforcement_transfer"
CENTER = "bankruptcy/reorganisation_center"
MEANINGS = [Meaning(("白皮书",), "taxes", {"taxes/whitepaper": 0.93}), Meaning(("注销",), "registration")]
MISS = {
    "where": "tests/nlu/bankruptcy.yml:3",
    "q": "破产案件繁简分流",
    "wanted": "bankruptcy",
    "points": ["shanghai-2024/1.10#1"],
    "got": "bankruptcy",
    "outcome": "answered",
    "matter": CENTER,
    "quoted": ["shanghai-2024/1.10#4"],
}
"""A question on fast trials that was answered with the centre for reorganisations."""


@dataclass
class Room:
    """The console, the data and the models."""

    served: ConsoleServer
    workspace: Workspace
    database: Database
    models: Registry

    async def questions(self, intent: str) -> list[tuple[str, str | None]]:
        """The questions of an intent with their points, as the data hold them."""
        catalogue = await self.workspace.read()
        return [(question.text, question.point) for question in catalogue.by_intent.get(intent, ())]

    async def audited(self, action: str) -> Sequence[AuditRow]:
        """Audit entries, newest first."""
        async with self.database.session() as session:
            return await AuditRepository(session).page(AuditFilter(action=action))

    @asynccontextmanager
    async def entered(
        self, browser: Browser, path: str, role: str = "trainer", **options: object
    ) -> AsyncIterator[Page]:
        """A page, opened by somebody of that role; clicks reach the server."""
        async with opened_page(browser, self.served.url, **options) as page:
            await log_in(page, self.served.url, role, path=path)
            await expect(page.locator("main h1")).to_be_visible()
            await page.wait_for_function("window.did_handshake === true")
            yield page


@asynccontextmanager
async def trainers_room(
    database: Database, small: Path, home: Path, reports: Sequence[dict[str, Any]] = (), **more: Any
) -> AsyncIterator[Room]:
    """The room, served while the block runs; each report is of a version, the last of which is live."""
    clock, settings = FakeClock(), Settings(home=home, database_url=None)
    workspace = Workspace(settings, source=small, clock=clock)
    catalogue = await workspace.read()
    registry = Registry(settings, database, clock)
    await _versions(registry, await asyncio.to_thread(data_checksum, small), reports)
    parser = more.get("parser") or FakeParser(MEANINGS)
    served = ConsoleServer(
        database,
        clock,
        training=workspace,
        # Of the models these pages look only at the register.
        models=cast(ModelRoom, _OnlyRegister(registry)),
        answering=build_services(catalogue.seeds, parser, FakeDesk(), FakeKeeper()),
    )
    for role in (StaffRole.TRAINER, StaffRole.MANAGER, StaffRole.SERVICE):
        await served.person(role)
    clock.forward(seconds=60)
    async with served.running():
        yield Room(served, workspace, database, registry)


async def _versions(registry: Registry, checksum: str, reports: Sequence[dict[str, Any]]) -> None:
    async with registry.database.session() as session:
        models = ModelRepository(session, registry.clock)
        for report in reports:
            row = await models.add(checksum)
            await models.trained(row.id, f"{row.id}.tar.gz")
            row.report = {"scores": report, "live_scores": None, "against": None, "asked": 0, "changed": 0}
            await session.flush()
            await models.publish(row.id, None, checksum, None)


@dataclass(frozen=True)
class _OnlyRegister:
    registry: Registry


def report(matters: dict[str, list[int]], misses: Sequence[dict[str, Any]] = (), fact: int = 90) -> dict[str, Any]:
    """What a version reaches: of each matter of how many, how many right, and how many with the fact."""
    groups = {"topic": {"taxes": [100, 97, 96], "bankruptcy": [100, 95, fact]}, "style": {}, "matter": matters}
    groups["act"] = {"thanks": [4, 3, 0]}
    figures = {"acts": [95.0, 20], "out of scope kept out": [98.0, 50]}
    return scores(groups=groups, misses=list(misses)) | {"figures": figures}
