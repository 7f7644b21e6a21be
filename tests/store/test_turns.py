"""A message is stored once, answered once, and found again after a crash."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.errors import StoreError
from qifu.labels import Channel, Outcome
from store.database import Database
from store.models import FeedbackRow
from store.models.base import clean_text
from store.repositories import ConversationRepository, FeedbackRepository, TurnRepository
from store.turns import incoming_of, turn_of
from tests.store.factories import WEB, FakeClock, a_turn, an_incoming


async def test_a_message_is_stored_with_its_conversation_before_it_is_answered(session: AsyncSession) -> None:
    clock = FakeClock()
    incoming = an_incoming("/more", is_payload=True)
    row, is_new = await TurnRepository(session, clock).accept(incoming)
    assert is_new
    assert (row.text, row.accepted_at, row.answered_at) == ("/more", clock.now, None)
    assert incoming_of(row, Channel.WEB) == incoming
    conversation = await ConversationRepository(session).get(WEB)
    assert conversation is not None
    assert (conversation.channel, conversation.last_at) == (Channel.WEB, clock.now)
    with pytest.raises(ValueError, match="no answer yet"):
        turn_of(row)


async def test_the_same_message_again_is_the_same_turn(database: Database) -> None:
    incoming = an_incoming()
    async with database.session() as session:
        first = await TurnRepository(session).accept(incoming)
    async with database.session() as session:
        again = await TurnRepository(session).accept(replace(incoming, text="与第一次不同"))
        other = await TurnRepository(session).accept(replace(incoming, conversation_id="web:other"))
    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert (again.row.id, again.row.text) == (first.row.id, incoming.text)
    assert other.row.id != first.row.id


async def test_a_message_that_arrives_many_times_at_once_is_stored_once(database: Database) -> None:
    incoming = an_incoming()

    async def accept() -> tuple[int, bool]:
        async with database.session() as session:
            row, is_new = await TurnRepository(session).accept(incoming)
            return row.id, is_new

    results = await asyncio.gather(*(accept() for _ in range(10)))
    assert len({turn_id for turn_id, _ in results}) == 1
    assert [is_new for _, is_new in results].count(True) == 1


async def test_an_answer_comes_back_whole(database: Database) -> None:
    async with database.session() as session:
        row, _ = await TurnRepository(session).accept(an_incoming())
        assert await TurnRepository(session).answer(row.id, a_turn())
    async with database.session() as session:
        stored = await TurnRepository(session).get(row.id)
    assert stored is not None
    assert turn_of(stored) == replace(a_turn(), id=row.id)


async def test_a_turn_is_answered_once(session: AsyncSession) -> None:
    turns = TurnRepository(session)
    row, _ = await turns.accept(an_incoming())
    assert await turns.answer(row.id, a_turn())
    assert not await turns.answer(row.id, a_turn(outcome=Outcome.ERROR))
    assert not await turns.answer(999_999, a_turn())
    stored = await turns.get(row.id)
    assert stored is not None
    assert stored.outcome is Outcome.ANSWERED


async def test_the_first_delivery_is_the_one_that_counts(session: AsyncSession) -> None:
    clock = FakeClock()
    turns = TurnRepository(session, clock)
    row, _ = await turns.accept(an_incoming())
    delivered = clock.now
    await turns.mark_delivered(row.id)
    clock.forward(minutes=5)
    await turns.mark_delivered(row.id)
    stored = await turns.get(row.id)
    assert stored is not None
    assert stored.delivered_at == delivered


async def test_after_a_crash_the_unanswered_messages_are_found_in_order(database: Database) -> None:
    incomings = [an_incoming(text) for text in ("一", "二", "三")]
    async with database.session() as session:
        rows = [(await TurnRepository(session).accept(incoming)).row for incoming in incomings]
        await TurnRepository(session).answer(rows[1].id, a_turn("二"))
    async with database.session() as session:
        waiting = await TurnRepository(session).unanswered()
        assert len(await TurnRepository(session).unanswered(limit=1)) == 1
    assert waiting == [(rows[0].id, incomings[0]), (rows[2].id, incomings[2])]


async def test_the_last_turns_of_a_conversation_come_oldest_first(session: AsyncSession) -> None:
    turns = TurnRepository(session)
    for text in ("一", "二", "三"):
        await turns.accept(an_incoming(text))
    await turns.accept(an_incoming("别人的", "web:other"))
    assert [row.text for row in await turns.last(WEB, 2)] == ["二", "三"]
    assert await turns.last(WEB, 0) == []
    assert await turns.last("web:nobody", 5) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(), message_id=st.text(max_size=50))
async def test_any_text_can_be_stored_and_is_found_again(database: Database, text: str, message_id: str) -> None:
    incoming = an_incoming(text)
    incoming = replace(incoming, message_id=incoming.message_id + message_id)
    async with database.session() as session:
        row, is_new = await TurnRepository(session).accept(incoming)
        again, is_new_again = await TurnRepository(session).accept(incoming)
        stored = await TurnRepository(session).get(row.id)
    assert stored is not None
    assert (is_new, is_new_again) == (True, False)
    assert again.id == row.id
    assert row.text == stored.text == clean_text(text)


@pytest.mark.parametrize("text", ["\x00", "\ud83d", "😀🏳️‍🌈", "'; DROP TABLE turns; --", "<b>", "x" * 10_000, "مرحبا"])
async def test_bad_input_is_stored_like_any_other(session: AsyncSession, text: str) -> None:
    row, _ = await TurnRepository(session).accept(an_incoming(text))
    await TurnRepository(session).answer(row.id, replace(a_turn(text), parse={text: [text]}, ms=2**31 - 1))
    stored = await TurnRepository(session).get(row.id)
    assert stored is not None
    assert stored.text == clean_text(text)
    assert turn_of(stored).parse == {clean_text(text): [clean_text(text)]}


async def test_feedback_is_one_a_turn_and_the_latest_holds(session: AsyncSession) -> None:
    row, _ = await TurnRepository(session).accept(an_incoming())
    feedback = FeedbackRepository(session)
    assert await feedback.of_turn(row.id) is None
    assert await feedback.give(row.id, WEB, 1)
    assert await feedback.give(row.id, WEB, -1)
    assert await feedback.of_turn(row.id) == -1


async def test_feedback_on_another_conversations_turn_is_not_taken(session: AsyncSession) -> None:
    row, _ = await TurnRepository(session).accept(an_incoming())
    await ConversationRepository(session).get_or_create("web:other", Channel.WEB)
    feedback = FeedbackRepository(session)
    assert not await feedback.give(row.id, "web:other", 1)
    assert not await feedback.give(row.id + 1, WEB, 1)
    assert await feedback.of_turn(row.id) is None
    with pytest.raises(ValueError, match="not 2"):
        await feedback.give(row.id, WEB, 2)


async def test_the_database_itself_refuses_feedback_that_makes_no_sense(database: Database) -> None:
    async with database.session() as session:
        row, _ = await TurnRepository(session).accept(an_incoming())
    with pytest.raises(StoreError):
        async with database.session() as session:
            await session.execute(
                insert(FeedbackRow).values(turn_id=row.id, conversation_id=WEB, value=7, at=row.accepted_at)
            )
