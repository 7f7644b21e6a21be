"""Lets the writers of a SQLite file wait in line.

SQLite makes a second writer look again after pauses that grow to 100 ms, and whoever looks at the right moment is
next: with 16 users at once a message could wait a second for its turn. Here writers of one process wait for each other
in the order in which they came; SQLite's own waiting remains for other processes.
"""

import asyncio
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

_HOLDS = "qifu_writes"


def wait_in_line(engine: AsyncEngine, seconds: float) -> None:
    """From its first change to its end, a transaction of `engine` is the only one that writes.

    One that has waited for `seconds` goes on all the same; then SQLite decides.
    """
    line = asyncio.Lock()

    async def wait(_: Any) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await line.acquire()
        return False

    @event.listens_for(engine.sync_engine, "before_cursor_execute", named=True)
    def begin(conn: Connection, context: Any, **_: Any) -> None:
        changes = context is not None and (context.isinsert or context.isupdate or context.isdelete)
        if changes and _HOLDS not in conn.info:
            # The adapted connection, which the pool hands out, can wait where plain code can't.
            adapted: Any = conn.connection.dbapi_connection
            conn.info[_HOLDS] = adapted.run_async(wait)

    @event.listens_for(engine.sync_engine, "checkin")
    def end(dbapi_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        # A connection goes back to the pool once its transaction has ended in whatever way.
        if record.info.pop(_HOLDS, False):
            line.release()
