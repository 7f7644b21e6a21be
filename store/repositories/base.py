"""What all repositories share.

Statements that every message runs are built once, on tables instead of mapped classes, and get their values as
parameters: building and synchronising them each time costs several times what the database needs for them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from store.models.base import Base, utc_now

type Clock = Callable[[], datetime]
type Insert = postgresql.Insert | sqlite.Insert


def table_of(model: type[Base]) -> Table:
    """The table of a mapped class."""
    return cast(Table, model.__table__)


def insert_for(dialect: str, model: type[Base]) -> Insert:
    """An INSERT that knows ON CONFLICT, which PostgreSQL and SQLite write alike."""
    return postgresql.insert(table_of(model)) if dialect == "postgresql" else sqlite.insert(table_of(model))


def upsert_for(dialect: str, model: type[Base], key: str, *columns: str) -> Insert:
    """An INSERT that overwrites `columns` where there is a row with this key."""
    new = insert_for(dialect, model)
    return new.on_conflict_do_update(index_elements=[key], set_={name: new.excluded[name] for name in columns})


class Repository:
    """SQL on one subject, in the caller's session; the caller commits. `clock` tells the present moment in UTC."""

    def __init__(self, session: AsyncSession, clock: Clock = utc_now) -> None:
        self.session = session
        self.clock = clock

    @property
    def dialect(self) -> str:
        """postgresql or sqlite."""
        return self.session.get_bind().dialect.name

    async def count(self, statement: Executable, values: Mapping[str, Any] | None = None) -> int:
        """Run an UPDATE or DELETE; how many rows it met."""
        result = await self.session.execute(statement, values)
        return result.rowcount if isinstance(result, CursorResult) else 0
