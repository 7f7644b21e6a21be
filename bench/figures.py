"""The figures of a run: medians over the rounds, side by side, and whether the targets are reached."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Literal

from bench.load import Load
from bench.run import Measured, Round

ENOUGH_RATE = 2.5
"""Messages a second, qifu against stock, at each number of users."""
FAST_MS = 20.0
"""Median latency of a single user."""
STEADY = 1.2
"""The latency around message 200 against that around message 10; above it a conversation counts as growing."""

Unit = Literal["ms", "msg_s", "mb", "s", "times"]
Pick = Callable[[Round], float]


@dataclass(frozen=True)
class Spread:
    """A figure over all rounds: the median and the extremes."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """The spread of one value a round."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True)
class Row:
    """One figure of both sides. `users` and `of` say at how many users, or of which process."""

    name: str
    unit: Unit
    qifu: Spread | None
    stock: Spread | None
    users: int | None = None
    of: str | None = None

    @property
    def factor(self) -> float | None:
        """How many times better qifu is: stock / qifu, for messages a second qifu / stock; None where one lacks it."""
        if not self.qifu or not self.stock or not self.qifu.middle or not self.stock.middle:
            return None
        factor = self.stock.middle / self.qifu.middle
        return 1 / factor if self.unit == "msg_s" else factor


@dataclass(frozen=True)
class Target:
    """A target with what was reached."""

    name: str
    wanted: float
    got: float
    reached: bool


def rows(measured: Measured) -> list[Row]:
    """Every figure."""

    def row(name: str, unit: Unit, pick: Pick, users: int | None = None) -> Row:
        qifu, stock = (Spread.of([pick(one) for one in side]) for side in (measured.qifu, measured.stock))
        return Row(name, unit, qifu, stock, users)

    found = []
    for users in measured.qifu[0].loads:
        found += [
            row("p50", "ms", _at(users, lambda load: load.p50), users),
            row("p95", "ms", _at(users, lambda load: load.p95), users),
            row("rate", "msg_s", _at(users, lambda load: load.rate), users),
        ]
    found += [
        row("message_10", "ms", lambda one: one.early),
        row("message_200", "ms", lambda one: one.late),
        row("growth", "times", lambda one: one.late / one.early),
        row("start", "s", lambda one: one.start),
        row("cpu", "ms", lambda one: sum(one.cpu.values())),
        *_by_process("cpu_of", "ms", measured, lambda one: one.cpu),
        row("memory", "mb", lambda one: sum(one.memory.values())),
        *_by_process("memory_of", "mb", measured, lambda one: one.memory),
    ]
    return found


def _at(users: int, pick: Callable[[Load], float]) -> Pick:
    """A figure of the load of so many users."""
    return lambda one: pick(one.loads[users])


def _by_process(name: str, unit: Unit, measured: Measured, pick: Callable[[Round], dict[str, float]]) -> list[Row]:
    """A figure of each process; a process that only one side has stands alone."""

    def spread(side: list[Round], process: str) -> Spread | None:
        return Spread.of([pick(one)[process] for one in side]) if process in pick(side[0]) else None

    processes = dict.fromkeys((*pick(measured.qifu[0]), *pick(measured.stock[0])))
    return [Row(name, unit, spread(measured.qifu, p), spread(measured.stock, p), of=p) for p in processes]


def targets(found: list[Row]) -> list[Target]:
    """The targets with what was reached."""
    by_name = {(row.name, row.users): row for row in found}
    reached = []
    for (name, users), row in by_name.items():
        if name == "rate" and row.factor:
            reached.append(Target(f"rate_{users}", ENOUGH_RATE, row.factor, row.factor >= ENOUGH_RATE))
    if (single := by_name.get(("p50", 1))) and single.qifu:
        reached.append(Target("p50_1", FAST_MS, single.qifu.middle, single.qifu.middle < FAST_MS))
    if (growth := by_name[("growth", None)]).qifu:
        reached.append(Target("growth", STEADY, growth.qifu.middle, growth.qifu.middle <= STEADY))
    return reached
