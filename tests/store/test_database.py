"""The database opens, migrates, commits and says what is wrong with it."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from qifu.errors import StoreError
from qifu.labels import Channel
from store.database import Database
from store.migrations.versions.v0001_knowledge import TABLES as OF_FIRST_REVISION
from store.models import Base, ConversationRow
from store.models.search import WORDS
from store.repositories import ConversationRepository
from tests.fakes.postgres import PostgresServer


def differences(connection: Connection) -> list[object]:
    """What the models would still change in a database."""
    # The words of search are each database's own kind of table, which models can't say.
    ours = {"compare_type": True, "include_name": lambda name, kind, _: not (kind == "table" and WORDS in (name or ""))}
    context = MigrationContext.configure(connection, opts=ours)
    return list(compare_metadata(context, Base.metadata))


async def run(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run a statement beside the code under test; its rows."""
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        result = await connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


async def test_migrations_build_exactly_the_tables_of_the_models(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.dispose()
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_twice_or_from_two_places_at_once_changes_nothing_more(url: str) -> None:
    first, second = Database(url), Database(url)
    await asyncio.gather(first.migrate(), second.migrate())
    await first.migrate()
    await second.check()
    await first.dispose()
    await second.dispose()


async def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await run(url, "UPDATE alembic_version SET version_num = '9999'")
    for attempt in (database.migrate, database.check):
        with pytest.raises(StoreError, match=r"newer than this version of qifu.*9999.*update qifu"):
            await attempt()
    await database.dispose()


async def test_a_database_of_an_older_version_is_named_by_check_and_brought_up_by_migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    for table in (WORDS, *(table.name for table in reversed(Base.metadata.sorted_tables))):
        if table not in OF_FIRST_REVISION:
            await run(url, f"DROP TABLE {table}")
    await run(url, "UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(StoreError, match="older"):
        await database.check()
    await database.migrate()
    await database.check()
    await database.dispose()


async def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    # A table in the way of the second revision: the first must not stay either.
    await run(url, "CREATE TABLE conversations (id TEXT)")
    database = Database(url)
    with pytest.raises(StoreError):
        await database.migrate()
    await run(url, "DROP TABLE conversations")
    with pytest.raises(StoreError, match="isn't set up"):
        await database.check()
    await database.migrate()
    await database.check()
    await database.dispose()


async def test_an_empty_database_says_how_to_set_it_up(url: str) -> None:
    database = Database(url)
    with pytest.raises(StoreError, match="make serve"):
        await database.check()
    with pytest.raises(StoreError, match=r"tables are missing.*make serve"):
        async with database.session() as session:
            await ConversationRepository(session).get("web:1")
    await database.dispose()


async def test_a_session_commits_when_it_ends_and_not_when_it_raises(database: Database) -> None:
    async with database.session() as session:
        await ConversationRepository(session).get_or_create("web:kept", Channel.WEB)
    with pytest.raises(RuntimeError, match="in between"):
        async with database.session() as session:
            await ConversationRepository(session).get_or_create("web:lost", Channel.WEB)
            raise RuntimeError("in between")
    async with database.session() as session:
        assert await ConversationRepository(session).get("web:kept")
        assert await ConversationRepository(session).get("web:lost") is None


async def test_a_broken_rule_becomes_a_store_error_that_keeps_the_cause_and_no_user_text(database: Database) -> None:
    with pytest.raises(StoreError) as caught:
        async with database.session() as session:
            session.add(ConversationRow(id="秘密"))
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert "秘密" not in str(caught.value)
    assert "秘密" not in str(caught.value.__cause__).split("DETAIL")[0]


async def test_errors_that_are_not_of_the_database_pass_through_a_session(database: Database) -> None:
    with pytest.raises(ConnectionRefusedError):
        async with database.session():
            raise ConnectionRefusedError("Rasa is away")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "can't be read; correct QIFU_DATABASE_URL"),
        ("mysql://user@host/db", "“mysql” is no database qifu works with"),
        ("sqlite:///sync.db", "“sqlite” is no database"),
        ("postgresql+asyncpg://user:pass@host:port/db", "can't be read"),
    ],
)
def test_a_wrong_url_is_named_with_the_setting_to_correct(url: str, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        Database(url)


async def test_sqlite_makes_its_folder(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'deep' / 'qifu.db'}")
    await database.migrate()
    await database.dispose()
    assert (tmp_path / "new" / "deep" / "qifu.db").exists()


async def test_sqlite_is_set_up_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}")
    await database.migrate()
    async with database.session() as session:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [await session.scalar(text(f"PRAGMA {pragma}")) for pragma in pragmas]
    assert values == ["wal", 1, 1, 5000]
    await database.dispose()


async def test_a_sqlite_path_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'qifu.db'}")
    with pytest.raises(StoreError, match=r"file/qifu\.db can't be created.*QIFU_HOME"):
        await database.migrate()
    await database.dispose()


async def test_a_folder_in_place_of_the_sqlite_file_is_named(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}")
    with pytest.raises(StoreError, match=r"can't be opened; make the file and its folder writable"):
        await database.migrate()
    await database.dispose()


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "qifu.db").write_text("not a database, but long enough to be looked at " * 50)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}")
    with pytest.raises(StoreError, match="is no SQLite database; move the file away"):
        await database.check()
    await database.dispose()


async def test_a_full_disk_is_named(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}")
    await database.migrate()
    with pytest.raises(StoreError, match="no room left; free space"):
        async with database.session() as session:
            # SQLite reports a file that may not grow as it reports a full disk.
            await session.execute(text("PRAGMA max_page_count=1"))
            await ConversationRepository(session).get_or_create("web:" + "x" * 100_000, Channel.WEB)
    await database.dispose()


async def test_a_server_that_is_away_is_named_without_the_password() -> None:
    database = Database("postgresql+asyncpg://qifu:secret@127.0.0.1:1/qifu")
    with pytest.raises(StoreError, match=r"no PostgreSQL answers at 127\.0\.0\.1:1; start it") as caught:
        await database.check()
    assert "secret" not in str(caught.value)
    await database.dispose()


async def test_a_database_that_the_server_lacks_is_named(postgres: PostgresServer) -> None:
    database = Database(postgres.url("no_such"))
    with pytest.raises(StoreError, match="no_such does not exist on the server; create it"):
        await database.migrate()
    await database.dispose()


async def test_a_server_that_goes_away_and_comes_back_is_named_and_used_again() -> None:
    with PostgresServer() as server:
        database = Database(server.url())
        await database.migrate()
        server.stop()
        with pytest.raises(StoreError, match="no PostgreSQL answers"):
            await database.check()
        server.start()
        await database.check()
        await database.dispose()
