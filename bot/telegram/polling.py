"""Fetches updates from Telegram where no webhook is set.

A request acknowledges what the one before it has brought, so it is made only once all of that is kept.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram.client import Client
from bot.telegram.intake import Intake, NotAnUpdate
from bot.telegram.pace import Pace

log = structlog.get_logger(__name__)


class Polling:
    """The loop. `run` ends only when stopped, or with InvalidToken where the token was revoked."""

    def __init__(self, client: Client, intake: Intake, pace: Pace, timeout: float) -> None:
        self._client = client
        self._intake = intake
        self._pace = pace
        self._timeout = timeout
        self._offset: int | None = None
        self._stopping = False
        self.running = False
        self._waiting: asyncio.Future[Any] | None = None

    async def run(self) -> None:
        """Fetches and keeps updates; after a failure again, with growing pauses."""
        pauses = self._pace.pauses()
        self.running = True
        while not self._stopping:
            try:
                await self._round()
                pauses = self._pace.pauses()
            except asyncio.CancelledError:
                if not self._stopping:
                    raise
            except InvalidToken:
                raise
            except Exception as error:
                await self._pause(error, pauses)

    def stop(self) -> None:
        """Breaks off waiting, never keeping."""
        self._stopping = True
        if self._waiting is not None:
            self._waiting.cancel()

    async def _round(self) -> None:
        await self._wait(self._intake.room())
        updates = await self._wait(self._client.fetch(self._offset, self._pace.poll, self._timeout))
        if not updates:
            self._offset = None  # all is acknowledged; after a quiet week Telegram may start anew with smaller numbers
        for update in updates:
            try:
                await self._intake.accept(update)
            except NotAnUpdate:
                log.error("telegram_update_unreadable")
                continue
            self._offset = int(update["update_id"]) + 1

    async def _pause(self, error: Exception, pauses: Iterator[float]) -> None:
        pause = next(pauses)
        if isinstance(error, RetryAfter):
            after = error.retry_after
            pause = max(pause, after if isinstance(after, int | float) else after.total_seconds())
        if isinstance(error, Conflict):
            log.error("telegram_conflict", remedy="the token is in use elsewhere: stop the other bot or its webhook")
        elif isinstance(error, TelegramError):
            log.warning("telegram_unreachable", error=type(error).__name__, pause=pause)
        else:
            log.error("telegram_update_not_kept", error=type(error).__name__, pause=pause)
        try:
            await self._wait(asyncio.sleep(pause))
        except asyncio.CancelledError:
            if not self._stopping:
                raise

    async def _wait[T](self, awaitable: Awaitable[T]) -> T:
        """Awaits what `stop` may break off."""
        future = asyncio.ensure_future(awaitable)
        self._waiting = future
        try:
            return await future
        finally:
            self._waiting = None
