"""A console for trainers: data of two topics that they may edit, a bot that knows them, conversations that failed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.desk.desk import Desk
from bot.desk.rules import DeskRules
from qifu.labels import StaffRole
from qifu.settings import Settings
from qifu.training.workspace import Workspace
from store.database import Database
from store.models import AuditRow
from store.repositories import AuditFilter, AuditRepository
from tests.actions.talk import build_services
from tests.bot.desk.support import OPEN_AT
from tests.console.served import ConsoleServer, log_in
from tests.fakes.browser import opened_page
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.understanding import FakeParser, Meaning
from tests.qifu.training.conftest import small  # noqa: F401 - a fixture
from tests.store.factories import FakeClock

REFUND, STUCK = "taxes/export_refund", "taxes/stuck_problem"
MEANINGS = [
    Meaning(("再见",), "goodbye"),
    Meaning(("转人工",), "handoff"),
    Meaning(("天气",), "out_of_scope", confidence=0.97),
    Meaning(("退税",), "taxes", {REFUND: 0.82, STUCK: 0.06}),
]


@dataclass
class TrainingRoom:
    """The console with its data; 赵训练 trains, 李经理 manages. It is ten on a Tuesday."""

    server: ConsoleServer
    workspace: Workspace
    database: Database
    clock: FakeClock
    desk: Desk

    async def audited(self, action: str) -> list[AuditRow]:
        """The audit entries of an action, newest first."""
        async with self.database.session() as session:
            return list(await AuditRepository(session).page(AuditFilter(action=action)))

    def trained(self) -> str:
        """The training questions on taxes as they stand now."""
        return (self.workspace.folder / "nlu/data/taxes.yml").read_text(encoding="utf-8")

    def held_out(self) -> str:
        """The held-out questions on taxes that trainers made."""
        path = self.workspace.folder / "tests/nlu/trainers/taxes.yml"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @asynccontextmanager
    async def entered(self, browser: Browser, login: str, path: str, **options: Any) -> AsyncIterator[Page]:
        """A page of the console, opened by somebody, that hears clicks."""
        async with opened_page(browser, self.server.url, **options) as page:
            await log_in(page, self.server.url, login, path=path)
            await expect(page.locator("main h1").first).to_be_attached()
            await settled(page)
            yield page


async def settled(page: Page) -> None:
    """Waits until clicks reach the server."""
    await page.wait_for_function("window.did_handshake === true")


@pytest_asyncio.fixture(loop_scope="session")
async def room(own_database: Database, small: Path, tmp_path: Path) -> AsyncIterator[TrainingRoom]:  # noqa: F811
    """The console, served while the test runs."""
    clock = FakeClock(OPEN_AT - timedelta(days=1))
    workspace = Workspace(Settings(home=tmp_path / "home", database_url=None), source=small, clock=clock)
    seeds = (await workspace.read()).seeds
    desk = Desk(own_database, DeskRules(), clock=clock)
    server = ConsoleServer(
        own_database,
        clock,
        desk=desk,
        answering=build_services(seeds, FakeParser(MEANINGS), FakeDesk(), FakeKeeper()),
        training=workspace,
        home=tmp_path / "home",
    )
    for role in (StaffRole.TRAINER, StaffRole.MANAGER, StaffRole.SERVICE):
        await server.person(role)
    async with server.running():
        yield TrainingRoom(server, workspace, own_database, clock, desk)
