"""An update is kept once, given back in order, and left alone when it fails too often."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from store.database import Database
from store.inbox import Inbox
from store.models import UpdateRow
from store.repositories import UpdateRepository
from store.repositories.updates import MAX_ATTEMPTS
from tests.store.factories import FakeClock


async def test_an_update_is_new_only_once(session: AsyncSession) -> None:
    updates = UpdateRepository(session)
    assert await updates.store(2**40, {"message": {"text": "你好"}})
    assert not await updates.store(2**40, {"message": {"text": "换了"}})
    (row,) = await updates.unhandled()
    assert (row.update_id, row.payload) == (2**40, {"message": {"text": "你好"}})


async def test_an_update_delivered_many_times_at_once_is_new_once(database: Database) -> None:
    inbox = Inbox(database)
    assert sorted(await asyncio.gather(*(inbox.store(7, {}) for _ in range(8)))) == [False] * 7 + [True]


async def test_unhandled_updates_come_in_the_order_they_arrived(session: AsyncSession) -> None:
    clock = FakeClock()
    updates = UpdateRepository(session, clock)
    await updates.store(12, {})
    await updates.store(11, {})
    clock.forward(days=8)
    # After a week of silence Telegram may go on with any number.
    await updates.store(3, {})
    assert [row.update_id for row in await updates.unhandled()] == [11, 12, 3]
    assert [row.update_id for row in await updates.unhandled(limit=1)] == [11]


async def test_handled_updates_are_not_given_again(session: AsyncSession) -> None:
    clock = FakeClock()
    updates = UpdateRepository(session, clock)
    await updates.store(1, {})
    await updates.mark_failed(1, "TimeoutError")
    await updates.mark_handled(1)
    assert await updates.unhandled() == []
    row = await session.get(UpdateRow, 1)
    assert row is not None
    assert (row.handled_at, row.error, row.attempts) == (clock.now, None, 1)
    assert not await updates.store(1, {})


async def test_an_update_that_fails_too_often_is_left_alone_and_kept(session: AsyncSession) -> None:
    updates = UpdateRepository(session)
    await updates.store(1, {})
    for attempt in range(MAX_ATTEMPTS):
        assert [row.attempts for row in await updates.unhandled()] == [attempt]
        await updates.mark_failed(1, "KeyError")
    assert await updates.unhandled() == []
    row = await session.get(UpdateRow, 1)
    assert row is not None
    assert (row.error, row.handled_at) == ("KeyError", None)


@pytest.mark.parametrize("mark", ["handled", "failed"])
async def test_the_inbox_outlives_its_process_and_gives_back_what_is_neither_handled_nor_failed(
    database: Database, mark: str
) -> None:
    before = Inbox(database)
    for update_id in (1, 2, 3):
        await before.store(update_id, {"update_id": update_id})
    await (before.mark_handled(2) if mark == "handled" else before.mark_failed(2, "ValueError"))
    after = Inbox(database)
    assert [row.payload for row in await after.unhandled()] == [{"update_id": 1}, {"update_id": 3}]
