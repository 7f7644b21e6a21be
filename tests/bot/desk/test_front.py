"""What people take never reaches the bot, nothing is lost or doubled, and the user always knows where they stand."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from actions.cues import Cues
from actions.wording import Wording
from bot.desk.desk import Desk
from bot.desk.front import Front
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from bot.dialogue.turn import Turn
from qifu.labels import CloseReason, Direction, HandoffEvent, HandoffReason, HandoffState, Outcome, RatingReason
from store.database import Database
from store.models import HandoffRow
from store.repositories import HandoffRepository, TurnRepository
from tests.bot.desk.support import CLOSED_AT, WEB, People, of, some_appeal
from tests.bot.dialogue.support import a_message, said
from tests.fakes.rasa import FakeRasa
from tests.store.factories import FakeClock

CUES = Cues()


@pytest.fixture
def rasa() -> FakeRasa:
    """Echoes."""
    return FakeRasa()


@pytest.fixture
def dialogue(rasa: FakeRasa, database: Database, desk: Desk) -> Dialogue:
    """A dialogue with the desk in front."""
    return begun(rasa, database, desk)


def begun(rasa: FakeRasa, database: Database, desk: Desk) -> Dialogue:
    """The dialogue of a process that just began."""
    client = RasaClient("http://rasa", 1.0, rasa.transport)
    return Dialogue(client, Memory(database, desk.store.clock), Wording(), front=Front(desk, CUES))


async def called(desk: Desk) -> HandoffRow:
    """A person is called."""
    return of((await desk.handoffs.request(WEB)).handoff)


async def claimed(desk: Desk, owner: int) -> HandoffRow:
    """A person is there."""
    return (await desk.handoffs.claim((await called(desk)).id, owner)).handoff


async def ended(desk: Desk, owner: int) -> HandoffRow:
    """A person was there."""
    row = await claimed(desk, owner)
    return await desk.handoffs.close(row.id, owner, CloseReason.RESOLVED)


async def kept(desk: Desk, row: HandoffRow) -> list[str]:
    """What staff have from the user."""
    return [message.text for message in await desk.talk.messages(row.id) if message.direction == Direction.USER]


def payloads(turn: Turn) -> list[str]:
    return [button.payload for reply in turn.replies for button in reply.buttons]


def press(payload: str, **more: Any) -> Any:
    return a_message(payload, is_payload=True, **more)


async def test_while_a_person_is_there_the_bot_is_silent_and_they_have_every_message(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa
) -> None:
    row = await claimed(desk, people.wang)
    turn = await dialogue.handle(a_message("退税没到"))
    assert (turn.outcome, turn.replies) == (Outcome.HANDOFF, ())
    assert rasa.received == []
    assert await kept(desk, row) == ["退税没到"]
    [message] = await desk.talk.messages(row.id)
    assert message.turn_id == turn.id


async def test_after_the_end_the_bot_answers_again(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa
) -> None:
    row = await ended(desk, people.wang)
    assert (await dialogue.handle(a_message("退税几天"))).outcome is Outcome.ANSWERED
    assert await kept(desk, row) == []


async def test_while_one_is_waited_for_the_bot_answers_and_staff_can_read_it(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa
) -> None:
    row = await called(desk)
    assert (await dialogue.handle(a_message("退税几天"))).outcome is Outcome.ANSWERED
    assert await kept(desk, row) == ["退税几天"]


async def test_an_answer_that_comes_after_the_claim_isnt_said(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa
) -> None:
    row = await called(desk)
    rasa.pause.clear()
    asking = asyncio.create_task(dialogue.handle(a_message("退税几天")))
    await rasa.until(lambda: rasa.at_once == 1)
    await desk.handoffs.claim(row.id, people.wang)
    rasa.pause.set()
    turn = await asking
    assert (turn.outcome, turn.replies) == (Outcome.HANDOFF, ())
    assert await kept(desk, row) == ["退税几天"]


@pytest.mark.parametrize("while_there", [True, False])
async def test_a_message_run_again_after_a_crash_is_kept_once_and_stays_silent(
    rasa: FakeRasa, database: Database, desk: Desk, people: People, while_there: bool
) -> None:
    row = await claimed(desk, people.wang)
    message = a_message("退税没到")
    async with database.session() as session:
        turn_id = (await TurnRepository(session).accept(message)).row.id
    # The desk had it, then the process died before the turn was answered.
    await desk.talk.user_message(WEB, message.text, message.message_id, turn_id=turn_id)
    if not while_there:
        await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED)
    again = begun(rasa, database, desk)
    assert await again.recover() == 1
    assert await kept(desk, row) == ["退税没到"]
    assert rasa.received == []
    assert (await again.handle(message)).replies == ()


async def test_a_button_pressed_while_a_person_is_there_reaches_them_by_its_title(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa
) -> None:
    await dialogue.handle(a_message("退税几天"))
    row = await claimed(desk, people.wang)
    assert (await dialogue.handle(press("/more"))).replies == ()
    assert await kept(desk, row) == ["更多"]
    assert len(rasa.received) == 1


async def test_a_thumb_while_a_person_is_there_is_kept_and_disturbs_nobody(
    dialogue: Dialogue, desk: Desk, people: People
) -> None:
    answered = await dialogue.handle(a_message("退税几天"))
    row = await claimed(desk, people.wang)
    assert (await dialogue.handle(press(f'/feedback_down{{"turn":"{answered.id}"}}'))).replies == ()
    assert await kept(desk, row) == []


@pytest.mark.parametrize(
    "words", ["到我了吗", "还要等多久", "排到哪了？", "怎么还没人来", "How long do I have to wait"]
)
async def test_place_and_state_are_told_while_waiting(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa, words: str
) -> None:
    row = await called(desk)
    turn = await dialogue.handle(a_message(words))
    assert row.number in said(turn)
    assert "下一个就是您" in said(turn) or "you are next" in said(turn)
    assert payloads(turn) == ["/desk_cancel"]
    assert rasa.received == []


async def test_the_expected_wait_is_told_only_where_it_is_known(
    dialogue: Dialogue, desk: Desk, people: People, clock: FakeClock
) -> None:
    for _ in range(3):
        row = await called(desk)
        clock.now += timedelta(minutes=4)
        await desk.handoffs.claim(row.id, people.wang)
        await desk.talk.staff_message(row.id, people.wang, "您好")
        await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED)
    await called(desk)
    clock.now += timedelta(minutes=1)
    assert "约 3 分钟" in said(await dialogue.handle(a_message("还要等多久")))
    clock.now += timedelta(minutes=4)
    assert "预计" not in said(await dialogue.handle(a_message("还要等多久")))


async def test_asked_where_nobody_was_called_it_is_the_bots(dialogue: Dialogue, rasa: FakeRasa, desk: Desk) -> None:
    await dialogue.handle(a_message("还要等多久"))
    assert len(rasa.received) == 1


@pytest.mark.parametrize("words", ["取消", "不用人工了", "不等了", "取消人工", "算了", "Stop waiting"])
async def test_waiting_can_be_given_up_in_words(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa, words: str
) -> None:
    row = await called(desk)
    turn = await dialogue.handle(a_message(words))
    assert row.number in said(turn)
    assert (await desk.handoffs.get(row.id)).state is HandoffState.CANCELLED
    assert rasa.received == []
    assert (await dialogue.handle(a_message("退税几天"))).outcome is Outcome.ANSWERED


async def test_the_cancel_button_works_while_rasa_is_away_and_twice(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa
) -> None:
    rasa.away = True
    row = await called(desk)
    first = await dialogue.handle(press("/desk_cancel"))
    again = await dialogue.handle(press("/desk_cancel"))
    assert said(first) == said(again)
    assert row.number in said(first)


async def test_cancelling_where_nobody_was_called_offers_a_person(dialogue: Dialogue, desk: Desk) -> None:
    assert payloads(await dialogue.handle(press("/desk_cancel"))) == ["/handoff"]


async def test_who_has_a_person_is_told_to_tell_them(dialogue: Dialogue, desk: Desk, people: People) -> None:
    row = await claimed(desk, people.wang)
    assert "已经接待您了" in said(await dialogue.handle(press("/desk_cancel")))
    assert (await desk.handoffs.get(row.id)).state is HandoffState.CLAIMED


async def test_outside_service_hours_the_first_message_gets_an_honest_line(
    dialogue: Dialogue, desk: Desk, people: People, clock: FakeClock
) -> None:
    row = await claimed(desk, people.wang)
    clock.now = CLOSED_AT
    first = await dialogue.handle(a_message("在吗"))
    assert "11月23日（周一）9:00" in said(first)
    assert first.outcome is Outcome.HANDOFF
    assert (await dialogue.handle(a_message("有人吗"))).replies == ()
    await desk.talk.staff_message(row.id, people.wang, "我还在")
    clock.now += timedelta(days=1)
    assert (await dialogue.handle(a_message("好"))).replies == ()
    assert await kept(desk, row) == ["在吗", "有人吗", "好"]


async def test_stars_reasons_and_a_remark(
    dialogue: Dialogue, desk: Desk, people: People, database: Database, rasa: FakeRasa
) -> None:
    rasa.away = True
    row = await ended(desk, people.wang)
    stars = await dialogue.handle(press(f'/desk_rate{{"n":"{row.number}","s":2}}'))
    assert "2 分" in said(stars)
    assert f'/desk_why{{"n":"{row.number}","r":"unsolved"}}' in payloads(stars)
    assert all(payload.isascii() and len(payload) <= 60 for payload in payloads(stars))
    why = await dialogue.handle(press(f'/desk_why{{"n":"{row.number}","r":"unsolved"}}'))
    assert payloads(why) == [f'/desk_say{{"n":"{row.number}"}}', "/desk_done"]
    await dialogue.handle(press(payloads(why)[0]))
    assert "已转达" in said(await dialogue.handle(a_message("问题还在")))
    rated = await desk.handoffs.get(row.id)
    assert (rated.rating, rated.rating_reason, rated.rating_text) == (2, RatingReason.UNSOLVED, "问题还在")


async def test_the_same_stars_again_change_nothing(
    dialogue: Dialogue, desk: Desk, people: People, database: Database
) -> None:
    row = await ended(desk, people.wang)
    for _ in range(2):
        await dialogue.handle(press(f'/desk_rate{{"n":"{row.number}","s":5}}'))
    async with database.session() as session:
        events = [event.kind for event in await HandoffRepository(session).events(row.id)]
    assert events.count(HandoffEvent.RATED) == 1


async def test_a_remark_is_only_what_was_asked_for(
    dialogue: Dialogue, desk: Desk, people: People, clock: FakeClock
) -> None:
    row = await ended(desk, people.wang)
    await dialogue.handle(press(f'/desk_rate{{"n":"{row.number}","s":4}}'))
    await dialogue.handle(press(f'/desk_say{{"n":"{row.number}"}}'))
    clock.now += timedelta(hours=1)
    assert (await dialogue.handle(a_message("退税几天"))).outcome is Outcome.ANSWERED
    assert (await desk.handoffs.get(row.id)).rating_text is None


@pytest.mark.parametrize(
    ("words", "stars"), [("5", 5), ("四星", 4), ("⭐⭐⭐", 3), ("不满意", 2), ("很满意", 5), ("great", 5)]
)
async def test_stars_in_words_right_after_they_were_asked_for(
    dialogue: Dialogue, desk: Desk, people: People, words: str, stars: int
) -> None:
    await dialogue.handle(a_message("退税几天"))
    row = await ended(desk, people.wang)
    await dialogue.handle(a_message(words))
    assert (await desk.handoffs.get(row.id)).rating == stars


async def test_a_number_later_on_is_no_rating(
    dialogue: Dialogue, desk: Desk, people: People, rasa: FakeRasa, clock: FakeClock
) -> None:
    row = await ended(desk, people.wang)
    clock.now += timedelta(seconds=5)
    await dialogue.handle(a_message("退税几天"))
    await dialogue.handle(a_message("2"))
    assert (await desk.handoffs.get(row.id)).rating is None
    assert len(rasa.received) == 2


@pytest.mark.parametrize(
    "forged",
    ["/desk_rate", "/desk_rate{}", '/desk_rate{"n":"BB1","s":9}', '/desk_rate{"n":1,"s":true}', "/desk_rate{[}",
     '/desk_why{"n":"x","r":"y"}', '/desk_say{"n":"x"}', '/appeal_rate{"n":"SQ1","s":3}', '/appeal_reopen{"n":"SQ1"}'],
)  # fmt: skip
async def test_a_forged_button_is_refused_in_words(dialogue: Dialogue, rasa: FakeRasa, desk: Desk, forged: str) -> None:
    turn = await dialogue.handle(press(forged))
    assert turn.outcome is Outcome.ACT
    assert said(turn)
    assert rasa.received == []


async def test_another_users_handoff_cant_be_rated(dialogue: Dialogue, desk: Desk, people: People) -> None:
    row = await ended(desk, people.wang)
    payload = f'/desk_rate{{"n":"{row.number}","s":1}}'
    assert "没有可以评价" in said(await dialogue.handle(press(payload, conversation_id="web:other")))
    assert (await desk.handoffs.get(row.id)).rating is None


async def test_a_resolved_appeal_is_rated_and_reopened_once(dialogue: Dialogue, desk: Desk, people: People) -> None:
    filed = (await desk.appeals.file(WEB, some_appeal())).appeal
    await desk.appeals.assign(filed.id, people.chen, owner=people.wang)
    await desk.appeals.resolve(filed.id, people.wang, "已修好")
    rated = await dialogue.handle(press(f'/appeal_rate{{"n":"{filed.number}","s":2}}'))
    assert payloads(rated) == [f'/appeal_reopen{{"n":"{filed.number}"}}']
    await dialogue.handle(press(payloads(rated)[0]))
    assert filed.number in said(await dialogue.handle(a_message("路灯还是不亮")))
    assert (await desk.appeals.get(filed.id)).reopened
    assert "已经重办过一次" in said(await dialogue.handle(press(payloads(rated)[0])))


async def test_reopening_can_be_thought_better_of(dialogue: Dialogue, desk: Desk, people: People) -> None:
    filed = (await desk.appeals.file(WEB, some_appeal())).appeal
    await desk.appeals.assign(filed.id, people.chen, owner=people.wang)
    await desk.appeals.resolve(filed.id, people.wang, "已修好")
    await dialogue.handle(press(f'/appeal_reopen{{"n":"{filed.number}"}}'))
    await dialogue.handle(a_message("取消"))
    assert not (await desk.appeals.get(filed.id)).reopened


async def test_a_wish_made_by_staff_for_nobody_isnt_one_of_the_users(
    dialogue: Dialogue, desk: Desk, people: People
) -> None:
    taken = (await desk.handoffs.take(WEB, people.wang)).handoff
    assert taken.reason is HandoffReason.TAKEN
    assert (await dialogue.handle(a_message("谁在"))).replies == ()
    assert await kept(desk, taken) == ["谁在"]
