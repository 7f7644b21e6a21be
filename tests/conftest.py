"""What tests of several rooms share."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from seeds.model import Seeds
from seeds.read import read_seeds
from store.database import Database
from tests.fakes.postgres import PostgresMissingError, PostgresServer


@pytest.fixture(autouse=True)
def logs_set_back() -> Iterator[None]:
    """Commands set the logs up for their own streams, which end with them."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL; QIFU_SKIP_POSTGRES=1 skips the tests that need one."""
    if os.environ.get("QIFU_SKIP_POSTGRES") == "1":
        pytest.skip("QIFU_SKIP_POSTGRES=1")
    try:
        server = PostgresServer()
    except PostgresMissingError as error:
        pytest.fail(str(error), pytrace=False)
    with server:
        yield server


@pytest.fixture(scope="session")
def seeds() -> Seeds:
    """The real seeds, read once."""
    return read_seeds()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "qifu.db"

    async def migrate() -> None:
        database = Database(f"sqlite+aiosqlite:///{path}")
        await database.migrate()
        await database.dispose()

    asyncio.run(migrate())
    return path


@pytest.fixture
async def database(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of the test's own."""
    shutil.copy(migrated, tmp_path / "qifu.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}")
    yield database
    await database.dispose()
