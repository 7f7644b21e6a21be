"""What is older than promised is forgotten with all that hangs on it; the rest stays."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.errors import StoreError
from qifu.labels import (
    AppealEvent,
    AppealOrigin,
    AppealState,
    Channel,
    Direction,
    HandoffEvent,
    HandoffReason,
    HandoffState,
    Language,
)
from store.database import Database
from store.models import AppealEventRow, Base, ConversationRow, HandoffEventRow, RequestCounter
from store.repositories import (
    AppealRepository,
    DeskMessageRepository,
    FeedbackRepository,
    HandoffRepository,
    KnowledgeRepository,
    NoticeRepository,
    StateRepository,
    SubscriptionRepository,
    TurnRepository,
    UpdateRepository,
)
from store.retention import purge
from tests.store.factories import FakeClock, a_turn, an_incoming, some_seeds


async def at_the_desk(session: AsyncSession, conversation_id: str, clock: FakeClock) -> None:
    """A handoff and an appeal that have ended, with all that belongs to them."""
    who = {"channel": Channel.WEB, "language": Language.ZH}
    handoffs, appeals = HandoffRepository(session, clock), AppealRepository(session, clock)
    ended = {"state": HandoffState.CLOSED, "reason": HandoffReason.ASKED, "question": "退税"}
    handoff = await handoffs.add(conversation_id, **who, **ended, requested_at=clock(), waiting_since=clock())
    assert handoff is not None
    await handoffs.log(handoff.id, HandoffEvent.REQUESTED)
    said = DeskMessageRepository(session, clock)
    await said.add(handoff.id, conversation_id, Direction.USER, "你好", "m1")
    appeal = await appeals.add(
        conversation_id=conversation_id,
        **who,
        origin=AppealOrigin.FORM,
        text="诉求",
        files=[],
        phone_refused=True,
        state=AppealState.RATED,
        deadline=clock(),
    )
    await appeals.log(appeal.id, AppealEvent.FILED, words="说的话")
    await NoticeRepository(session, clock).tell_user(conversation_id, "appeal_filed", appeal.number)


async def everything(database: Database, conversation_id: str, clock: FakeClock, update_id: int) -> int:
    """A conversation with something in every table; its turn's id."""
    async with database.session() as session:
        row, _ = await TurnRepository(session, clock).accept(an_incoming(conversation_id=conversation_id))
        await TurnRepository(session, clock).answer(row.id, a_turn())
        await StateRepository(session, clock).save(conversation_id, {"district": "putuo"})
        await FeedbackRepository(session, clock).give(row.id, conversation_id, 1)
        await at_the_desk(session, conversation_id, clock)
        await SubscriptionRepository(session, clock).subscribe(conversation_id)
        await UpdateRepository(session, clock).store(update_id, {"message": {"text": "诉求"}})
        return row.id


async def counts(database: Database) -> dict[str, int]:
    """How many rows each table has that holds what users said."""
    kept = {"conversations", "turns", "dialogue_states", "feedback", "subscriptions", "updates"}
    kept |= {"handoffs", "desk_messages", "appeals", "appeal_notes", "notices"}
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
        for events in (HandoffEventRow, AppealEventRow):
            assert await session.scalar(select(func.count()).select_from(events)) == 2


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
        assert (await session.scalars(select(RequestCounter.last))).all() == [1, 1]
    assert await everything(database, "web:new", clock, 2) > old_turn
    async with database.session() as session:
        (appeal,) = await AppealRepository(session).of_conversation("web:new")
        (handoff,) = await HandoffRepository(session).of_conversation("web:new")
    assert appeal.number.endswith("-0002")
    assert handoff.number.endswith("-0002")
    # Events of the old ones are still there under their ids.
    assert (appeal.id, handoff.id) == (2, 2)


async def test_a_conversation_whose_user_still_waits_for_the_desk_is_kept(database: Database) -> None:
    clock = FakeClock()
    for name in ("web:waiting", "web:appealing", "web:done"):
        await everything(database, name, clock, len(name))
    async with database.session() as session:
        handoffs, appeals = HandoffRepository(session, clock), AppealRepository(session, clock)
        (handoff,) = await handoffs.of_conversation("web:waiting")
        await handoffs.change(handoff.id, state=HandoffState.WAITING)
        (appeal,) = await appeals.of_conversation("web:appealing")
        await appeals.change(appeal.id, state=AppealState.REOPENED)
    async with database.session() as session:
        assert await purge(session, clock.now + timedelta(days=1)) == 1
        assert set(await session.scalars(select(ConversationRow.id))) == {"web:appealing", "web:waiting"}


@pytest.mark.parametrize("table", ["handoff_events", "appeal_events"])
async def test_what_happened_can_neither_be_changed_nor_deleted(database: Database, table: str) -> None:
    clock = FakeClock()
    await everything(database, "web:old", clock, 1)
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET kind = 'rated'"):  # noqa: S608 - two names of ours
        with pytest.raises(StoreError):
            async with database.session() as session:
                await session.execute(text(change))
