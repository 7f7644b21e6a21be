"""Work that is done again and again beside the rest of a process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger()

GRACE = 3.0
"""Seconds that background work has to come to an end of its own before it is cancelled."""


async def wound_up(task: asyncio.Task[None], stop: asyncio.Event, grace: float = GRACE) -> None:
    """Asks background work to stop, and waits `grace` seconds for it: a transaction is ended rather than broken off."""
    stop.set()
    try:
        await asyncio.wait({task}, timeout=grace)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def repeating(
    name: str, seconds: float, work: Callable[[], Awaitable[None]], grace: float = GRACE
) -> AsyncIterator[None]:
    """Does some work every so many seconds while the block runs; what goes wrong is logged and tried again."""

    stop = asyncio.Event()

    async def repeat() -> None:
        while not stop.is_set():
            try:
                await work()
            except Exception:
                log.exception("background_work_failed", work=name)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        await wound_up(task, stop, grace)
