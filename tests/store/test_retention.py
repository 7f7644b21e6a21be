"""What is older than promised is forgotten with all that hangs on it; the rest stays."""

from datetime import timedelta

from sqlalchemy import func, select

from store.database import Database
from store.models import Base, ConversationRow, RequestCounter, RequestKind
from store.repositories import (
    FeedbackRepository,
    KnowledgeRepository,
    RequestRepository,
    StateRepository,
    SubscriptionRepository,
    TurnRepository,
    UpdateRepository,
)
from store.retention import purge
from tests.store.factories import FakeClock, a_turn, an_incoming, some_seeds


async def everything(database: Database, conversation_id: str, clock: FakeClock, update_id: int) -> int:
    """A conversation with something in every table; its turn's id."""
    async with database.session() as session:
        row, _ = await TurnRepository(session, clock).accept(an_incoming(conversation_id=conversation_id))
        await TurnRepository(session, clock).answer(row.id, a_turn())
        await StateRepository(session, clock).save(conversation_id, {"district": "putuo"})
        await FeedbackRepository(session, clock).give(row.id, conversation_id, 1)
        await RequestRepository(session, clock).file(RequestKind.APPEAL, conversation_id, "诉求")
        await SubscriptionRepository(session, clock).subscribe(conversation_id)
        await UpdateRepository(session, clock).store(update_id, {"message": {"text": "诉求"}})
        return row.id


async def counts(database: Database) -> dict[str, int]:
    """How many rows each table has that holds what users said."""
    kept = {"conversations", "turns", "dialogue_states", "feedback", "requests", "subscriptions", "updates"}
    async with database.session() as session:
        return {
            table.name: await session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name in kept
        }


async def test_old_conversations_go_with_all_that_hangs_on_them(database: Database) -> None:
    clock = FakeClock()
    async with database.session() as session:
        await KnowledgeRepository(session).replace_all(some_seeds(), "abc")
    await everything(database, "web:old", clock, 1)
    clock.forward(days=100)
    await everything(database, "web:young", clock, 2)
    assert set((await counts(database)).values()) == {2}

    async with database.session() as session:
        assert await purge(session, clock.now - timedelta(days=90)) == 1
    assert set((await counts(database)).values()) == {1}
    async with database.session() as session:
        assert (await session.scalars(select(ConversationRow.id))).all() == ["web:young"]
        assert await purge(session, clock.now - timedelta(days=90)) == 0
        assert (await KnowledgeRepository(session).load()).points


async def test_a_conversation_that_went_on_keeps_its_old_turns(database: Database) -> None:
    clock = FakeClock()
    async with database.session() as session:
        await TurnRepository(session, clock).accept(an_incoming("旧"))
        clock.forward(days=100)
        await TurnRepository(session, clock).accept(an_incoming("新"))
        assert await purge(session, clock.now - timedelta(days=90)) == 0
        assert [row.text for row in await TurnRepository(session).last("web:4f1a", 5)] == ["旧", "新"]


async def test_numbers_and_turn_ids_are_not_given_out_again_after_a_purge(database: Database) -> None:
    clock = FakeClock()
    old_turn = await everything(database, "web:old", clock, 1)
    async with database.session() as session:
        await purge(session, clock.now + timedelta(days=1))
        assert await session.scalar(select(RequestCounter.last)) == 1
    assert await everything(database, "web:new", clock, 2) > old_turn
    async with database.session() as session:
        (request,) = await RequestRepository(session).of_conversation("web:new")
    assert request.number.endswith("-0002")
