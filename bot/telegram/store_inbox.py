"""The inbox over the database."""

from collections.abc import Sequence
from typing import Any

from bot.telegram.ports import StoredUpdate
from store.database import Database
from store.repositories import UpdateRepository

_ALL = 100_000


class StoreInbox:
    """Keeps updates in the database, each step in its own transaction. Raises StoreError where it can't be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def store(self, update_id: int, payload: dict[str, Any]) -> bool:
        """Keeps an update; False where it came before."""
        async with self._database.session() as session:
            return await UpdateRepository(session).store(update_id, payload)

    async def unhandled(self) -> Sequence[StoredUpdate]:
        """Those neither handled nor failed. A failed one isn't tried again: its sender was told to ask anew."""
        async with self._database.session() as session:
            return await UpdateRepository(session).unhandled(limit=_ALL, max_attempts=1)

    async def mark_handled(self, update_id: int) -> None:
        """Notes that it is done."""
        async with self._database.session() as session:
            await UpdateRepository(session).mark_handled(update_id)

    async def mark_failed(self, update_id: int, error: str) -> None:
        """Notes that it failed; `error` is the kind of error."""
        async with self._database.session() as session:
            await UpdateRepository(session).mark_failed(update_id, error)

    async def replace(self, update_id: int, payload: dict[str, Any]) -> None:
        """Keeps less of an update."""
        async with self._database.session() as session:
            await UpdateRepository(session).replace(update_id, payload)
