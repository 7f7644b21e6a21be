"""The run: both sides started anew for each round, measured by turns, in an order that changes."""

import shutil
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.load import Load
from bench.plan import CYCLE, Plan, Traffic, traffic
from bench.processes import Weight
from bench.qifu_side import QifuSide
from bench.side import Side
from bench.stock_model import StockModel, ensure_stock_model
from bench.stock_side import StockSide
from qifu.seeding import seed
from qifu.settings import Settings
from qifu.understanding_room import ensure_model
from store.database import Database

_WARM_UP = 4

Say = Callable[[str], None]


@dataclass
class Round:
    """What one side did in one round.

    `loads` by number of users; `memory` in MB and `cpu` in processor milliseconds a message, by process; `start` in
    seconds.
    """

    start: float = 0.0
    loads: dict[int, Load] = field(default_factory=dict)
    long: Load | None = None
    memory: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    def weigh(self, before: dict[str, Weight], after: dict[str, Weight]) -> None:
        """Takes what the processes weigh before and after the ordinary conversations."""
        sent = sum(len(load.ms) for load in self.loads.values())
        self.cpu = {name: (after[name].seconds - before[name].seconds) * 1000 / sent for name in after}
        self.memory = {name: weight.memory for name, weight in after.items()}

    @property
    def early(self) -> float:
        """The median latency in ms around message 10 of the long conversation."""
        return median(self.long.ms[:CYCLE]) if self.long else 0.0

    @property
    def late(self) -> float:
        """The same around message 200, for the same messages."""
        return median(self.long.ms[-CYCLE:]) if self.long else 0.0


@dataclass(frozen=True)
class Measured:
    """The rounds of each side, and the model that the stock side used."""

    qifu: list[Round]
    stock: list[Round]
    stock_model: StockModel


async def measure(settings: Settings, plan: Plan, say: Say) -> Measured:
    """Prepares both sides, then runs all rounds. `say` hears of each step.

    Raises QifuError where a side fails. Files and logs of the last run stay below `bench/run` of the home folder.
    """
    home = settings.home.absolute() / "bench"
    folder = home / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sent = traffic(plan.messages)
    say("models: trained where they are missing (the stock one takes minutes)")
    await ensure_model(settings)
    stock_model = await ensure_stock_model(home, plan.epochs, plan.quick)
    qifu = QifuSide(await _seeded(folder))
    say("replies: asked from qifu once, for both sides to say the same")
    stock = StockSide(stock_model.path, await _replies(qifu, folder, sent))
    measured = Measured([], [], stock_model)
    for number in range(1, plan.rounds + 1):
        # What starts second finds more in the operating system's cache, so the order changes.
        sides: list[Side] = [qifu, stock] if number % 2 else [stock, qifu]
        say(f"round {number} of {plan.rounds}")
        done = await _round(sides, _room(folder, f"round-{number}"), plan, sent, say)
        measured.qifu.append(done[qifu.name])
        measured.stock.append(done[stock.name])
    return measured


def _room(folder: Path, name: str) -> Path:
    room = folder / name
    room.mkdir()
    return room


async def _seeded(folder: Path) -> Path:
    """A database with the seeds; whether they are whole is what `qifu check` says."""
    path = folder / "seeded.db"
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        await seed(database, check=False)
    finally:
        await database.dispose()
    return path


async def _replies(qifu: QifuSide, folder: Path, sent: Traffic) -> dict[str, list[dict[str, Any]]]:
    try:
        await qifu.start(_room(folder, "replies"), sent)
        return await qifu.replies(sent.texts)
    finally:
        await qifu.stop()


async def _round(sides: list[Side], folder: Path, plan: Plan, sent: Traffic, say: Say) -> dict[str, Round]:
    done = {side.name: Round() for side in sides}
    async with AsyncExitStack() as stack:
        for side in sides:
            say(f"  {side.name} starts")
            stack.push_async_callback(side.stop)
            done[side.name].start = await side.start(folder, sent)
        for side in sides:
            await side.load(sent.conversations[:_WARM_UP], 2, "warm-up", plan.seconds)
        before = {side.name: side.weigh() for side in sides}
        for users in plan.users:
            say(f"  users at once: {users}")
            for side in sides:
                done[side.name].loads[users] = await side.load(sent.conversations, users, f"{users}", plan.seconds)
        for side in sides:
            done[side.name].weigh(before[side.name], side.weigh())
        say("  one long conversation")
        for side in sides:
            done[side.name].long = await side.load([sent.long], 1, "long", plan.seconds)
    return done
