"""Each test of the store runs twice: on SQLite and on PostgreSQL, in a database of its own."""

import shutil
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from store.database import Database
from tests.fakes.postgres import PostgresServer

_numbers = count(1)


async def execute(server: PostgresServer, statement: str) -> None:
    """Run a statement on the server itself, such as CREATE DATABASE."""
    engine = create_async_engine(server.url(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.exec_driver_sql(statement)


async def empty_url(backend: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a new, empty database."""
    if backend == "sqlite":
        return f"sqlite+aiosqlite:///{folder / 'qifu.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    await execute(server, f"CREATE DATABASE {name}")
    return server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database a test runs on."""
    return str(request.param)


@pytest.fixture
async def url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    return await empty_url(backend, request, tmp_path)


@pytest.fixture
async def database(
    backend: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    template: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Database]:
    """A database with all tables and no rows: a copy of one that was migrated once."""
    if backend not in template:
        template[backend] = await empty_url(backend, request, tmp_path_factory.mktemp("template"))
        migrated = Database(template[backend])
        await migrated.migrate()
        await migrated.dispose()
    database = Database(await _copy(backend, request, tmp_path, template[backend]))
    yield database
    await database.dispose()


async def _copy(backend: str, request: pytest.FixtureRequest, folder: Path, template: str) -> str:
    if backend == "sqlite":
        shutil.copy(template.removeprefix("sqlite+aiosqlite:///"), folder / "qifu.db")
        return f"sqlite+aiosqlite:///{folder / 'qifu.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"copy_{next(_numbers)}"
    await execute(server, f"CREATE DATABASE {name} TEMPLATE {template.rpartition('/')[2]} STRATEGY file_copy")
    return server.url(name)


@pytest.fixture(scope="session")
def template() -> dict[str, str]:
    """The migrated database of each kind, once there is one."""
    return {}


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """A unit of work in a database of its own."""
    async with database.session() as session:
        yield session
