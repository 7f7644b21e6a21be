"""Starts what answers a message: the action webhook, Rasa, and the house around them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from qifu.build import House, build
from qifu.servers import LOOPBACK, free_port, serving
from qifu.settings import Settings
from qifu.understanding_room import RasaProcess
from store.database import Database


@dataclass(frozen=True)
class Running:
    """A house whose Rasa runs."""

    house: House
    rasa: RasaProcess


@asynccontextmanager
async def running(settings: Settings, database: Database, model: Path) -> AsyncIterator[Running]:
    """Rasa and the actions over a seeded database while the block runs; all is stopped after it.

    Raises ServiceError where a port is taken or Rasa doesn't come up.
    """
    action_port = free_port(LOOPBACK, settings.action_port, "QIFU_ACTION_PORT")
    rasa_port = free_port(LOOPBACK, settings.rasa_port, "QIFU_RASA_PORT")
    async with AsyncExitStack() as stack:
        house = await build(settings, database, f"http://{LOOPBACK}:{rasa_port}")
        stack.push_async_callback(house.close)
        await stack.enter_async_context(serving(house.webhook, LOOPBACK, action_port))
        rasa = RasaProcess(settings, model, rasa_port, f"http://{LOOPBACK}:{action_port}/webhook")
        stack.push_async_callback(rasa.stop)
        await rasa.start()
        yield Running(house, rasa)
