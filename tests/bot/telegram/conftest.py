"""A fake Telegram for each test, and a running channel where a test asks for one."""

from collections.abc import AsyncIterator

import pytest

from store.database import Database
from tests.bot.telegram.desk_support import DeskRig, desk_rig
from tests.bot.telegram.support import Rig
from tests.fakes.telegram import FakeTelegram
from tests.store.conftest import database, template  # noqa: F401  # a database with all tables


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Everything but a running channel; one that the test has started is stopped."""
    async with FakeTelegram() as telegram:
        rig = Rig(telegram)
        yield rig
        await rig.stop(grace=0.2)


@pytest.fixture
async def running(rig: Rig) -> Rig:
    """With a channel that polls."""
    await rig.start()
    return rig


@pytest.fixture
def backend() -> str:
    """The desk's tests of this room run on SQLite; those of the store on both databases."""
    return "sqlite"


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[DeskRig]:  # noqa: F811
    """A channel with a desk, not yet started."""
    async with desk_rig(database) as rig:
        yield rig
