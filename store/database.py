"""The database: sessions, migrations and a check, on SQLite or PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from store import migrate
from store.engine import create_engine, parse_url
from store.faults import name_of, named_faults


class Database:
    """One database. `url` names an asynchronous driver: `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`.

    Nothing is opened before the first use. Every method raises StoreError where the database can't be used.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._engine = create_engine(self._url)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @property
    def name(self) -> str:
        """The database as it may be printed: without its password."""
        return name_of(self._url)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A unit of work: committed when the block ends, rolled back when it raises.

        Keep it short, and wait for nothing else inside it: on SQLite the first write holds off all other writers.
        """
        with named_faults(self._url):
            async with self._sessions() as session:
                yield session
                await session.commit()

    async def migrate(self) -> None:
        """Create the tables or bring them up to date; does nothing where they are. All of it happens or nothing."""
        with named_faults(self._url):
            async with self._engine.connect() as connection:
                if connection.dialect.name != "sqlite":
                    await connection.run_sync(migrate.upgrade, self.name)
                    await connection.commit()
                else:
                    await self._migrate_sqlite(connection)

    async def _migrate_sqlite(self, connection: AsyncConnection) -> None:
        # SQLite changes a table by copying and dropping it; with foreign keys on, dropping deletes what refers to it.
        await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        try:
            await connection.run_sync(migrate.upgrade, self.name)
            await connection.commit()
        finally:
            await connection.rollback()
            await connection.exec_driver_sql("PRAGMA foreign_keys=ON")

    async def check(self) -> None:
        """Raises StoreError where the database can't be reached or its tables aren't those of this code."""
        with named_faults(self._url):
            async with self._engine.connect() as connection:
                await connection.run_sync(migrate.check, self.name)

    async def dispose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
