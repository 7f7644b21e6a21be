"""Subscriptions are one a conversation."""

from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import Channel, District, Topic
from store.repositories import ConversationRepository, SubscriptionRepository
from tests.store.factories import WEB


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
