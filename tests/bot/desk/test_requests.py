"""The desk keeps requests, thumbs and subscriptions, each with its conversation."""

import pytest

from bot.desk.requests import RequestDesk
from bot.dialogue.dialogue import Dialogue
from qifu.labels import Channel, District
from store.database import Database
from store.models import RequestKind, RequestState
from store.repositories import FeedbackRepository, RequestRepository, SubscriptionRepository
from tests.bot.dialogue.support import WEB, a_message
from tests.fakes.rasa import FakeRasa, turn_message


@pytest.fixture
async def desk(database: Database, dialogue: Dialogue) -> RequestDesk:
    """A desk with two conversations."""
    await dialogue.open(WEB, Channel.WEB)
    await dialogue.open("web:other", Channel.WEB)
    return RequestDesk(database)


async def test_an_open_wish_for_a_person_isnt_doubled(desk: RequestDesk) -> None:
    first = await desk.hand_off(WEB, "minhang", "taxes", "退税")
    again = await desk.hand_off(WEB, None, None, "还在吗")
    other = await desk.hand_off("web:other", None, None, "")
    assert (first.new, again.new, other.new) == (True, False, True)
    assert first.number == again.number != other.number
    assert first.number.startswith("BB")


async def test_a_wish_that_was_dealt_with_can_be_made_again(desk: RequestDesk, database: Database) -> None:
    first = await desk.hand_off(WEB, None, None, "")
    async with database.session() as session:
        [row] = await RequestRepository(session).of_conversation(WEB, RequestKind.HANDOFF)
        row.state = RequestState.RESOLVED
    again = await desk.hand_off(WEB, None, None, "")
    assert again.new
    assert again.number != first.number


async def test_an_appeal_is_kept_with_its_district_and_topic(desk: RequestDesk, database: Database) -> None:
    filed = await desk.appeal(WEB, "minhang", "taxes", "退税拖了三个月")
    async with database.session() as session:
        row = await RequestRepository(session).by_number(filed.number)
    assert row is not None
    assert (row.kind, row.district, row.topic, row.text) == ("appeal", "minhang", "taxes", "退税拖了三个月")
    assert filed.state == "received"
    assert filed.date.endswith("日")


@pytest.mark.parametrize(("district", "topic"), [("pudong", "cooking"), (None, None), ("", "")])
async def test_what_has_no_label_is_left_out(desk: RequestDesk, district: str | None, topic: str | None) -> None:
    assert (await desk.appeal(WEB, district, topic, "事情")).number.startswith("SQ")


async def test_appeals_are_listed_newest_first_and_only_ones_own(desk: RequestDesk) -> None:
    first = await desk.appeal(WEB, None, None, "一")
    second = await desk.appeal(WEB, None, None, "二")
    other = await desk.appeal("web:other", None, None, "三")
    assert [filed.number for filed in await desk.appeals(WEB)] == [second.number, first.number]
    assert [filed.number for filed in await desk.appeals(WEB, first.number)] == [first.number]
    assert await desk.appeals(WEB, other.number) == []


async def test_a_thumb_is_for_the_turn_named_else_for_the_last_with_points(
    desk: RequestDesk, dialogue: Dialogue, rasa: FakeRasa, database: Database
) -> None:
    rasa.answer = lambda sender, message: turn_message("甲", points=["minhang-2023/7#1"] if "退税" in message else [])
    first = await dialogue.handle(a_message("退税"))
    second = await dialogue.handle(a_message("退税几天"))
    await dialogue.handle(a_message("谢谢"))
    assert first.id is not None
    assert second.id is not None
    await desk.feedback(WEB, first.id, -1)
    await desk.feedback(WEB, None, 1)
    async with database.session() as session:
        thumbs = FeedbackRepository(session)
        assert await thumbs.of_turn(first.id) == -1
        assert await thumbs.of_turn(second.id) == 1


async def test_a_thumb_for_nothing_or_for_anothers_turn_is_dropped(
    desk: RequestDesk, dialogue: Dialogue, database: Database
) -> None:
    await desk.feedback(WEB, None, 1)
    turn = await dialogue.handle(a_message(conversation_id="web:other"))
    assert turn.id is not None
    await desk.feedback(WEB, turn.id, 1)
    async with database.session() as session:
        assert await FeedbackRepository(session).of_turn(turn.id) is None


async def test_a_subscription_is_kept_changed_and_ended(desk: RequestDesk, database: Database) -> None:
    await desk.subscribe(WEB, "minhang", ["taxes"])
    await desk.subscribe(WEB, "pudong", [])
    async with database.session() as session:
        row = await SubscriptionRepository(session).of_conversation(WEB)
    assert row is not None
    assert (row.district, row.topics) == (None, [])
    await desk.subscribe(WEB, District.PUTUO, [])
    await desk.unsubscribe(WEB)
    await desk.unsubscribe(WEB)
    async with database.session() as session:
        assert await SubscriptionRepository(session).of_conversation(WEB) is None
