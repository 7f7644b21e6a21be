"""Starts what answers a message: the house and its line of Rasa and actions; and works in the background."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from qifu.build import House, build
from qifu.clock import clock_of
from qifu.lines import Lines
from qifu.repeating import repeating
from qifu.servers import LOOPBACK, free_port
from qifu.settings import Settings
from qifu.understanding_room import RasaProcess
from store.database import Database

log = structlog.get_logger()

_RECOVER_EVERY = 2.0


@dataclass(frozen=True)
class Running:
    """A house whose Rasa runs."""

    house: House
    lines: Lines

    @property
    def rasa(self) -> RasaProcess:
        """The Rasa that answers now."""
        return self.lines.rasa


@asynccontextmanager
async def running(settings: Settings, database: Database, model: Path) -> AsyncIterator[Running]:
    """Rasa and the actions over a seeded database while the block runs; all is stopped after it.

    Raises ServiceError where a port is taken or Rasa doesn't come up.
    """
    action_port = free_port(LOOPBACK, settings.action_port, "QIFU_ACTION_PORT")
    rasa_port = free_port(LOOPBACK, settings.rasa_port, "QIFU_RASA_PORT")
    async with AsyncExitStack() as stack:
        house = await build(settings, database, f"http://{LOOPBACK}:{rasa_port}", clock_of(settings))
        stack.push_async_callback(house.close)
        lines = Lines(settings, house)
        stack.push_async_callback(lines.close)
        await lines.start(model, rasa_port, action_port)
        yield Running(house, lines)


@asynccontextmanager
async def recovering(house: House) -> AsyncIterator[None]:
    """Answers what was left waiting, by a crash or while Rasa was away, while the block runs."""

    async def recover() -> None:
        if await house.rasa.alive() and (answered := await house.dialogue.recover()):
            log.info("waiting_messages_answered", count=answered)

    async with repeating("recover", _RECOVER_EVERY, recover):
        yield
