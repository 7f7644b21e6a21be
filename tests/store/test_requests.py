"""Requests get numbers that people can read out; subscriptions are one a conversation."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import Channel, District, Topic
from store.database import Database
from store.models import RequestKind, RequestState
from store.repositories import ConversationRepository, RequestRepository, SubscriptionRepository
from tests.store.factories import WEB, FakeClock


async def test_numbers_count_up_by_kind_and_by_the_day_in_shanghai(session: AsyncSession) -> None:
    clock = FakeClock(datetime(2026, 11, 21, 15, 59, tzinfo=UTC))
    await ConversationRepository(session).get_or_create(WEB, Channel.WEB)
    requests = RequestRepository(session, clock)
    numbers = [(await requests.file(RequestKind.APPEAL, WEB, "路灯坏了")).number for _ in range(2)]
    numbers.append((await requests.file(RequestKind.HANDOFF, WEB, "转人工")).number)
    clock.forward(minutes=1)
    numbers.append((await requests.file(RequestKind.APPEAL, WEB, "又坏了")).number)
    assert numbers == ["SQ20261121-0001", "SQ20261121-0002", "BB20261121-0001", "SQ20261122-0001"]


async def test_numbers_given_out_at_once_are_all_different(database: Database) -> None:
    async with database.session() as session:
        await ConversationRepository(session).get_or_create(WEB, Channel.WEB)

    async def file() -> str:
        async with database.session() as session:
            return (await RequestRepository(session).file(RequestKind.APPEAL, WEB, "诉求")).number

    assert len(set(await asyncio.gather(*(file() for _ in range(10))))) == 10


async def test_a_request_is_found_by_its_number_as_people_write_it_and_by_its_conversation(
    session: AsyncSession,
) -> None:
    clock = FakeClock()
    await ConversationRepository(session).get_or_create(WEB, Channel.WEB)
    requests = RequestRepository(session, clock)
    appeal = await requests.file(RequestKind.APPEAL, WEB, "停车难", District.PUTUO, Topic.PARKS)
    handoff = await requests.file(RequestKind.HANDOFF, WEB, "人工")

    found = await requests.by_number(f" {appeal.number.lower()} ")
    assert found is not None
    assert (found.text, found.district, found.topic) == ("停车难", District.PUTUO, Topic.PARKS)
    assert (found.state, found.created_at) == (RequestState.RECEIVED, clock.now)
    assert await requests.by_number("SQ20000101-0001") is None
    assert [row.id for row in await requests.of_conversation(WEB)] == [handoff.id, appeal.id]
    assert [row.id for row in await requests.of_conversation(WEB, RequestKind.APPEAL)] == [appeal.id]


async def test_the_latest_subscription_holds_and_can_be_ended(session: AsyncSession) -> None:
    await ConversationRepository(session).get_or_create(WEB, Channel.WEB)
    subscriptions = SubscriptionRepository(session)
    assert await subscriptions.of_conversation(WEB) is None
    await subscriptions.subscribe(WEB)
    await subscriptions.subscribe(WEB, District.MINHANG, [Topic.TAXES, Topic.TALENT])
    wish = await subscriptions.of_conversation(WEB)
    assert wish is not None
    assert (wish.district, wish.topics) == (District.MINHANG, ["taxes", "talent"])
    assert await subscriptions.unsubscribe(WEB)
    assert not await subscriptions.unsubscribe(WEB)
