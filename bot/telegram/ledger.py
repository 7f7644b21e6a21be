"""What Telegram's room remembers for the desk, a transaction a block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from bot.desk.work import DeskStore, Work
from store.repositories import TelegramRepository


class Page(NamedTuple):
    """The repositories of one transaction."""

    work: Work
    telegram: TelegramRepository


class Ledger:
    """Opens transactions of the desk's store."""

    def __init__(self, store: DeskStore) -> None:
        self._store = store

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """A transaction, committed when the block ends."""
        async with self._store.work() as work:
            yield Page(work, TelegramRepository(work.session, lambda: work.now))
