"""The fast clock, seen from the simulation."""

import asyncio
from datetime import datetime, timedelta

from store.models.base import utc_now

POLL = 0.15
"""How often somebody looks at their screen, in real seconds."""


class SimTime:
    """Begins to run when it is made. Spans are in the desk's seconds."""

    def __init__(self, start: datetime, speed: float) -> None:
        self.start, self.speed, self.since = start, speed, utc_now()
        self.began = start

    def now(self) -> datetime:
        """The desk's moment."""
        return self.start + (utc_now() - self.since) * self.speed

    def begin(self) -> None:
        """From now on the seconds count."""
        self.began = self.now()

    @property
    def passed(self) -> float:
        """Seconds since the simulation began, without those left out."""
        return (self.now() - self.began).total_seconds()

    def after(self, seconds: float) -> datetime:
        """The moment so many seconds from now."""
        return self.now() + timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Waits so many of the desk's seconds."""
        await asyncio.sleep(max(0.0, seconds / self.speed))

    async def until(self, seconds: float) -> None:
        """Waits until so many seconds have passed."""
        while (left := seconds - self.passed) > 0:
            await self.sleep(left)

    def leave_out(self, seconds: float) -> None:
        """Lets so many of the seconds that passed not count: while nothing ran, nothing could happen."""
        self.began += timedelta(seconds=seconds)

    @property
    def environment(self) -> dict[str, str]:
        """What makes a program's clock this one."""
        return {
            "QIFU_CLOCK_START": self.start.isoformat(),
            "QIFU_CLOCK_SINCE": self.since.isoformat(),
            "QIFU_CLOCK_SPEED": str(self.speed),
        }
