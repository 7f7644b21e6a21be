"""The console over a database of its own, with a clock that the test moves."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from playwright.async_api import Browser

from bot.web.limits import Rate
from console.accounts.login import Attempt, Login, Visitor
from console.accounts.passwords import Passwords
from console.accounts.people import People
from console.accounts.sessions import Sessions
from store.database import Database
from store.models import AuditRow
from store.repositories import AuditFilter, AuditRepository
from tests.fakes.browser import running_chromium
from tests.store.conftest import _copy, empty_url
from tests.store.factories import FakeClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HERE = Visitor("127.0.0.1", "Chromium")
GOOD = "梧桐 under the rain"


@dataclass
class Accounts:
    """The accounts of a test, with a clock that stands still."""

    database: Database
    clock: FakeClock
    sessions: Sessions
    login: Login
    people: People

    async def enter(self, login: str, password: str, visitor: Visitor = HERE) -> Attempt:
        """An attempt to log in."""
        return await self.login.with_password(login, password, visitor)

    async def history(self, **wanted: object) -> list[AuditRow]:
        """Audit entries, newest first."""
        async with self.database.session() as session:
            return list(await AuditRepository(session).page(AuditFilter(**wanted)))  # type: ignore[arg-type]


def accounts_over(database: Database, rate: Rate | None = None) -> Accounts:
    """Accounts with quick hashing."""
    clock, passwords = FakeClock(), Passwords(CHEAP)
    sessions = Sessions(database, timedelta(minutes=30), timedelta(hours=12), clock)
    login = Login(database, passwords, sessions, clock, rate or Rate(1000, 0.01))
    return Accounts(database, clock, sessions, login, People(database, passwords, sessions, clock))


@pytest.fixture(params=["sqlite", "postgresql"])
async def accounts(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    migrated_urls: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Accounts]:
    """Accounts on both databases."""
    if request.param not in migrated_urls:
        url = await empty_url(request.param, request, tmp_path_factory.mktemp("console"))
        template = Database(url)
        await template.migrate()
        await template.dispose()
        migrated_urls[request.param] = url
    database = Database(await _copy(request.param, request, tmp_path, migrated_urls[request.param]))
    yield accounts_over(database)
    await database.dispose()


@pytest.fixture(scope="session")
def migrated_urls() -> dict[str, str]:
    """The migrated database of each kind, once there is one."""
    return {}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of pages."""
    async with running_chromium() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def own_database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of the test's own, in the loop of the browser."""
    shutil.copy(migrated, tmp_path / "qifu.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}")
    yield database
    await database.dispose()
