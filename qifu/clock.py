"""The present moment as the desk has it: the real one, or in a simulation one that runs faster.

QIFU_CLOCK_START is the moment, with a time zone, that the desk's clock showed at the real moment QIFU_CLOCK_SINCE;
QIFU_CLOCK_SPEED is how many of its seconds pass in a real one. A process that is started again with the same three goes
on where the one before was. They are for tests: two hours of a service desk pass in minutes, and it is always open.
Settings refuse them unless QIFU_HOST is a loopback address, so that nobody is served by a wrong clock.
"""

from collections.abc import Callable
from datetime import datetime

from qifu.settings import Settings
from store.models.base import utc_now

LEAST_PAUSE = 0.1
"""However fast the clock runs, background work pauses for so many real seconds."""


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """The desk's clock."""
    start, since, speed = settings.clock_start, settings.clock_since, settings.clock_speed
    if start is None or since is None:
        return utc_now
    return lambda: start + (utc_now() - since) * speed


def real_seconds(settings: Settings, seconds: float) -> float:
    """How long background work that is due every so many seconds of the desk's clock pauses, in real seconds."""
    return seconds if settings.clock_speed == 1 else max(LEAST_PAUSE, seconds / settings.clock_speed)
