"""A training or a measuring that runs in the background: how far it is, what it said, and how it ended."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import accumulate

_MOST_LINES = 400


class Step(StrEnum):
    """What a job is at: checking the data, training, measuring the version, measuring the live one."""

    CHECK = "check"
    TRAIN = "train"
    MEASURE = "measure"
    COMPARE = "compare"


_LENGTHS = {Step.CHECK: 0.08, Step.TRAIN: 0.47, Step.MEASURE: 0.30, Step.COMPARE: 0.15}
"""What share of the whole each step takes, as measured."""
_STARTS = dict(zip(_LENGTHS, accumulate([0.0, *_LENGTHS.values()]), strict=False))


@dataclass
class Job:
    """One job. `share` is how much of the step is done (0 to 1); `log` holds the newest lines."""

    number: int
    by: int | None
    started_at: datetime
    step: Step = Step.CHECK
    share: float = 0.0
    log: deque[str] = field(default_factory=lambda: deque(maxlen=_MOST_LINES))
    task: asyncio.Task[None] | None = None

    @property
    def done(self) -> float:
        """How much of the whole is done (0 to 1)."""
        return min(1.0, _STARTS[self.step] + _LENGTHS[self.step] * self.share)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.task is not None and not self.task.done()

    def begin(self, step: Step) -> None:
        """Goes on to a step."""
        self.step, self.share = step, 0.0
        self.log.append(f"[{step}]")
