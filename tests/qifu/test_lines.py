"""A line takes over from another while messages run: none is lost, none mixes two versions."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actions.knowledge.base import Knowledge
from actions.knowledge.search import PointSearch
from bot.dialogue.rasa import RasaClient
from qifu import understanding_room
from qifu.errors import ServiceError
from qifu.lines import Known
from qifu.running import Running, running
from qifu.settings import Settings
from store.database import Database
from store.repositories import KnowledgeRepository
from tests.actions.knowledge import small_seeds
from tests.fakes import rasa_server
from tests.store.factories import an_incoming


@pytest.fixture
async def started(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """A house whose Rasa is a stand-in that answers with the name of its model."""
    monkeypatch.setattr(understanding_room, "NLU", rasa_server.room(tmp_path))
    monkeypatch.setattr(understanding_room, "_PYTHON", rasa_server.PYTHON)
    async with database.session() as session:
        await KnowledgeRepository(session).replace_all(small_seeds(), "x")
    settings = Settings(home=tmp_path, rasa_port=0, action_port=0, rasa_timeout=5.0)
    async with running(settings, database, Path("one")) as house:
        yield house


async def nothing() -> None:
    """Writes nothing down."""


async def says(started: Running, number: int = 0) -> str:
    """What the bot answers."""
    turn = await started.house.dialogue.handle(an_incoming("退税几天", f"web:{number}"))
    return "".join(reply.text for reply in turn.replies)


async def test_another_line_takes_over_and_the_first_is_ended(started: Running) -> None:
    first = started.rasa
    assert await says(started) == "one"
    await started.lines.change(Path("two"), None, nothing)
    assert await says(started) == "two"
    assert started.rasa.url != first.url
    assert await started.house.rasa.alive()
    assert not await RasaClient(first.url, 1.0).alive()


async def test_while_lines_change_no_message_is_lost_or_doubled(started: Running) -> None:
    said: list[str] = []
    over = asyncio.Event()

    async def user(number: int) -> None:
        while not over.is_set():
            said.append(await says(started, number))

    users = [asyncio.create_task(user(number)) for number in range(5)]
    await asyncio.sleep(0.3)
    await started.lines.change(Path("two"), None, nothing)
    await asyncio.sleep(0.3)
    over.set()
    await asyncio.gather(*users)
    assert set(said) == {"one", "two"}, "nobody was told to wait"
    assert said[-1] == "two"
    assert await started.house.dialogue.recover() == 0


async def test_a_message_on_its_way_is_answered_by_the_line_that_took_it(started: Running) -> None:
    slow = asyncio.create_task(started.house.dialogue.handle(an_incoming("慢", "web:slow")))
    await asyncio.sleep(0.3)
    await started.lines.change(Path("two"), None, nothing)
    turn = await slow
    assert [reply.text for reply in turn.replies] == ["one"]


@pytest.mark.parametrize("model", ["broken", "silent"])
async def test_a_line_that_doesnt_come_up_or_doesnt_answer_changes_nothing(started: Running, model: str) -> None:
    with pytest.raises(Exception, match=r"ended while starting|Rasa"):
        await started.lines.change(Path(model), None, nothing)
    assert await says(started) == "one"
    assert await started.house.rasa.alive()


async def test_what_cant_be_written_down_changes_nothing(started: Running) -> None:
    async def refuse() -> None:
        raise ServiceError("the disk is full")

    with pytest.raises(ServiceError, match="full"):
        await started.lines.change(Path("two"), None, refuse)
    assert await says(started) == "one"


async def test_the_knowledge_changes_for_whoever_has_it_at_hand(started: Running) -> None:
    house = started.house
    at_hand = house.services.knowledge
    earlier = started.lines.line.services.knowledge
    seeds = small_seeds()
    gone = next(iter(seeds.matters))
    del seeds.matters[gone]
    knowledge = Knowledge(seeds)
    await started.lines.change(Path("two"), Known(knowledge, PointSearch(knowledge)), nothing)
    assert gone not in at_hand.matters
    assert gone in earlier.matters, "a message still on its way keeps what it was understood by"
    assert gone not in started.lines.line.services.knowledge.matters
    assert house.desk.appeals is not None


async def test_rasa_is_warm_before_anybody_asks_it(started: Running) -> None:
    await started.lines.change(Path("counting"), None, nothing)
    assert int(await says(started)) > 0
