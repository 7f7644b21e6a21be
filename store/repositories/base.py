"""What all repositories share."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import Executable

from store.models.base import Base, utc_now

Clock = Callable[[], datetime]


class Repository:
    """SQL on one subject, in the caller's session; the caller commits. `clock` tells the present moment in UTC."""

    def __init__(self, session: AsyncSession, clock: Clock = utc_now) -> None:
        self.session = session
        self.clock = clock

    def insert(self, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
        """An INSERT that knows ON CONFLICT, which the two databases write alike."""
        is_postgres = self.session.get_bind().dialect.name == "postgresql"
        return postgresql.insert(table) if is_postgres else sqlite.insert(table)

    async def count(self, statement: Executable) -> int:
        """Run an UPDATE or DELETE; how many rows it met."""
        result = await self.session.execute(statement)
        return result.rowcount if isinstance(result, CursorResult) else 0
