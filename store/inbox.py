"""Telegram's inbox for a channel that has no session of its own: each call is one transaction."""

from collections.abc import Sequence
from typing import Any

from store.database import Database
from store.models import UpdateRow
from store.repositories import UpdateRepository


class Inbox:
    """Keeps updates until they are handled. An update that failed once has failed for good: it is not given again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def store(self, update_id: int, payload: dict[str, Any]) -> bool:
        """Keep an update, on disk when this returns; False where it came before."""
        async with self._database.session() as session:
            return await UpdateRepository(session).store(update_id, payload)

    async def unhandled(self) -> Sequence[UpdateRow]:
        """Updates neither handled nor failed, in the order they came."""
        async with self._database.session() as session:
            return await UpdateRepository(session).unhandled(max_attempts=1)

    async def mark_handled(self, update_id: int) -> None:
        """Note that it is done."""
        async with self._database.session() as session:
            await UpdateRepository(session).mark_handled(update_id)

    async def mark_failed(self, update_id: int, error: str) -> None:
        """Note that it can't be done; `error` is the error's kind."""
        async with self._database.session() as session:
            await UpdateRepository(session).mark_failed(update_id, error)
