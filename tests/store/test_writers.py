"""Writers of one SQLite file wait in line; readers don't wait."""

import asyncio

import pytest

from qifu.errors import StoreError
from qifu.labels import Channel
from store.database import Database
from store.repositories import ConversationRepository

WRITERS = 30


async def begin(database: Database, number: int, done: list[int], hold: float = 0) -> None:
    """Writes a conversation, and keeps its transaction open for `hold` seconds."""
    async with database.session() as session:
        await ConversationRepository(session).get_or_create(f"web:{number}", Channel.WEB, None)
        await asyncio.sleep(hold)
    done.append(number)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_writers_are_served_in_the_order_in_which_they_came(database: Database) -> None:
    async with database.session() as session:
        await ConversationRepository(session).get_or_create("web:first", Channel.WEB, None)
        done: list[int] = []
        waiting = []
        for number in range(WRITERS):
            waiting.append(asyncio.create_task(begin(database, number, done)))
            await asyncio.sleep(0.01)
        assert done == []
    await asyncio.gather(*waiting)
    assert len(done) == WRITERS
    # Those that waited for a connection of the pool may have overtaken one another, those in line may not.
    assert done[:5] == list(range(5))


async def test_many_writers_at_once_all_finish(database: Database) -> None:
    done: list[int] = []
    async with asyncio.timeout(20):
        await asyncio.gather(*(begin(database, number, done, hold=0.001) for number in range(WRITERS)))
    assert sorted(done) == list(range(WRITERS))


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    async with database.session() as writing:
        await ConversationRepository(writing).get_or_create("web:1", Channel.WEB, None)
        async with asyncio.timeout(2), database.session() as reading:
            assert await ConversationRepository(reading).get("web:1") is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_writer_that_failed_lets_the_next_one_write(database: Database) -> None:
    async def fail() -> None:
        async with database.session() as session:
            await ConversationRepository(session).get_or_create("web:1", Channel.WEB, None)
            raise StoreError("no")

    with pytest.raises(StoreError):
        await fail()
    done: list[int] = []
    async with asyncio.timeout(2):
        await begin(database, 1, done)
    assert done == [1]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_writer_that_is_cancelled_in_line_leaves_it(database: Database) -> None:
    done: list[int] = []
    async with database.session() as session:
        await ConversationRepository(session).get_or_create("web:1", Channel.WEB, None)
        second = asyncio.create_task(begin(database, 2, done))
        third = asyncio.create_task(begin(database, 3, done))
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
    await third
    assert done == [3]
