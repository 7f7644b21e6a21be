"""Builds the engine for SQLite or PostgreSQL; the first connection is made when it is first used."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, FromClause, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from qifu.errors import StoreError
from store.faults import VARIABLE, connecting
from store.writers import wait_in_line

CONNECT_TIMEOUT = 10.0
"""How long a connection to PostgreSQL may take, in seconds."""
STATEMENT_TIMEOUT = 60.0
"""How long PostgreSQL may work on one statement, in seconds."""
BUSY_TIMEOUT_MS = 5000
"""How long SQLite waits for another writer, in milliseconds."""

_DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class _HintedCompiler(SQLiteCompiler):
    """Writes what `Select.with_hint` says of a table behind its name, such as INDEXED BY."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


def parse_url(url: str) -> URL:
    """The URL of a database. Raises StoreError for what is no URL or names a database qifu doesn't know."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            f"the database's URL can't be read; correct {VARIABLE}, e.g. postgresql://user@host/qifu"
        ) from None
    if parsed.drivername not in _DRIVERS:
        raise StoreError(
            f"“{parsed.drivername}” is no database qifu works with; {VARIABLE} starts with {' or '.join(_DRIVERS)}"
        )
    return parsed


def create_engine(url: URL) -> AsyncEngine:
    """An engine for `url` that raises StoreError where it can't connect."""
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = create_async_engine(
            url,
            # What users write never stands in an error's text.
            hide_parameters=True,
            pool_pre_ping=not is_sqlite,
            connect_args=_sqlite_arguments() if is_sqlite else _postgres_arguments(),
        )
    except (SQLAlchemyError, ImportError, TypeError) as error:
        raise StoreError(f"the database's URL makes no sense ({error}); correct {VARIABLE}") from error
    _map_connecting(engine, url)
    if is_sqlite:
        engine.dialect.statement_compiler = _HintedCompiler
        wait_in_line(engine, BUSY_TIMEOUT_MS / 1000)
    return engine


def _sqlite_arguments() -> dict[str, Any]:
    # A transaction takes the write lock when it begins, so it never fails half-way because another one wrote.
    return {"isolation_level": "IMMEDIATE", "timeout": BUSY_TIMEOUT_MS / 1000}


def _postgres_arguments() -> dict[str, Any]:
    return {
        "timeout": CONNECT_TIMEOUT,
        "command_timeout": STATEMENT_TIMEOUT,
        "server_settings": {"application_name": "qifu", "timezone": "UTC"},
    }


def _map_connecting(engine: AsyncEngine, url: URL) -> None:
    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(
        dialect: Dialect, record: ConnectionPoolEntry, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> DBAPIConnection:
        try:
            if (file := sqlite_file(url)) is not None:
                _prove(file)
            connection = dialect.connect(*arguments, **options)
            return _configured_sqlite(connection) if dialect.name == "sqlite" else connection
        except Exception as error:
            raise connecting(error, url) from error


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite database; None where it lives in memory or on a server."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return None if url.database.startswith("file:") else Path(url.database)


def _prove(file: Path) -> None:
    """Open the file here first: where that fails in aiosqlite's own thread, it ends with a traceback on stderr."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)):
        pass


def _configured_sqlite(connection: DBAPIConnection) -> DBAPIConnection:
    # WAL lets pages be read while a turn is written; NORMAL survives a crash of the process, which is the promise.
    pragmas = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}")
    try:
        for pragma in pragmas:
            with closing(connection.cursor()) as cursor:
                cursor.execute(f"PRAGMA {pragma}")
    except Exception:
        connection.close()
        raise
    return connection
