"""A dialogue over a fake Rasa and a real database of its own."""

from collections.abc import AsyncIterator

import pytest

from actions.wording import Wording
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from store.database import Database
from tests.fakes.rasa import FakeRasa


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording()


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def memory(database: Database) -> Memory:
    return Memory(database)


@pytest.fixture
async def dialogue(rasa: FakeRasa, memory: Memory, wording: Wording) -> AsyncIterator[Dialogue]:
    client = RasaClient("http://rasa", 1.0, rasa.transport)
    yield Dialogue(client, memory, wording)
    await client.close()
