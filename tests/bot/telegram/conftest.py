"""A fake Telegram for each test, and a running channel where a test asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.bot.telegram.support import Rig
from tests.fakes.telegram import FakeTelegram


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
