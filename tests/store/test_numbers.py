"""Requests get numbers that people can read out."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import RequestKind
from store.database import Database
from store.repositories import NumberRepository
from tests.store.factories import FakeClock


async def test_numbers_count_up_by_kind_and_by_the_day_in_shanghai(session: AsyncSession) -> None:
    clock = FakeClock(datetime(2026, 11, 21, 15, 59, tzinfo=UTC))
    numbers = NumberRepository(session, clock)
    given = [await numbers.next(RequestKind.APPEAL) for _ in range(2)]
    given.append(await numbers.next(RequestKind.HANDOFF))
    clock.forward(minutes=1)
    given.append(await numbers.next(RequestKind.APPEAL))
    assert given == ["SQ20261121-0001", "SQ20261121-0002", "BB20261121-0001", "SQ20261122-0001"]


async def test_numbers_given_out_at_once_are_all_different(database: Database) -> None:
    async def take() -> str:
        async with database.session() as session:
            return await NumberRepository(session).next(RequestKind.APPEAL)

    assert len(set(await asyncio.gather(*(take() for _ in range(10))))) == 10
