"""Sends messages as several users would and takes the time of each answer."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from qifu.errors import ServiceError

Ask = Callable[[str, str], Awaitable[None]]
"""Sends a conversation's message and returns once its answer is there; raises QifuError where there is none."""


@dataclass(frozen=True)
class Load:
    """What was measured: milliseconds for each message in the order of the answers, and seconds for all."""

    ms: list[float]
    seconds: float

    @property
    def p50(self) -> float:
        """The median latency in milliseconds."""
        return median(self.ms)

    @property
    def p95(self) -> float:
        """The latency in milliseconds that 95 of 100 messages stay under."""
        return quantiles(self.ms, n=20, method="inclusive")[-1]

    @property
    def rate(self) -> float:
        """Messages answered in a second."""
        return len(self.ms) / self.seconds

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Load":
        """The load that `vars()` of one described."""
        return cls([float(ms) for ms in content["ms"]], float(content["seconds"]))


async def drive(ask: Ask, conversations: list[list[str]], users: int, name: str, seconds: float) -> Load:
    """Asks all conversations, each message after the answer to the one before, `users` conversations at a time.

    `name` keeps the conversations apart from those of other measurements. Raises ServiceError where it takes longer
    than `seconds`.
    """
    waiting = deque(enumerate(conversations))
    spent: list[float] = []

    async def user() -> None:
        while waiting:
            number, messages = waiting.popleft()
            for message in messages:
                started = time.perf_counter()
                await ask(f"{name}-{number}", message)
                spent.append((time.perf_counter() - started) * 1000)

    started = time.perf_counter()
    together = [asyncio.create_task(user()) for _ in range(users)]
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*together)
    except TimeoutError:
        raise ServiceError(f"{name}: {len(spent)} messages answered in {seconds:.0f} s, then the time was up") from None
    finally:
        for task in together:
            task.cancel()
    return Load(spent, time.perf_counter() - started)
