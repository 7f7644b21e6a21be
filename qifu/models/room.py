"""Where versions are made and made live; wired once, for the console and the background work."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from qifu.models.publisher import Publisher
from qifu.models.registry import Registry
from qifu.models.schedule import Schedule
from qifu.models.trainings import Trainings
from qifu.repeating import repeating
from qifu.running import Running

_FULFIL_EVERY = 2.0
_SCHEDULE_EVERY = 60.0


@dataclass(frozen=True)
class ModelRoom:
    """The parts, one of each a process."""

    registry: Registry
    trainings: Trainings
    publisher: Publisher
    schedule: Schedule


def build_room(registry: Registry, started: Running) -> ModelRoom:
    """The room over the lines that answer."""
    trainings = Trainings(registry)
    return ModelRoom(registry, trainings, Publisher(registry, started.lines), Schedule(registry, trainings))


@asynccontextmanager
async def room_open(room: ModelRoom) -> AsyncIterator[None]:
    """Trains at the set hour and publishes what the command line asks for while the block runs."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(room.publisher.close)
        stack.push_async_callback(room.trainings.cancel)
        await stack.enter_async_context(repeating("models_wanted", _FULFIL_EVERY, room.publisher.fulfil))
        await stack.enter_async_context(repeating("training_schedule", _SCHEDULE_EVERY, room.schedule.look))
        yield
