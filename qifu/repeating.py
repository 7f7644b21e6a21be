"""Work that is done again and again beside the rest of a process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger()


@asynccontextmanager
async def repeating(name: str, seconds: float, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Does some work every so many seconds while the block runs; what goes wrong is logged and tried again."""

    async def repeat() -> None:
        while True:
            try:
                await work()
            except Exception:
                log.exception("background_work_failed", work=name)
            await asyncio.sleep(seconds)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
