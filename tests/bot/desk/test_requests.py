"""The desk keeps requests, thumbs and subscriptions, each with its conversation."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from actions.appeal.draft import Draft
from actions.services import Wish
from bot.desk.desk import Desk
from bot.desk.requests import RequestDesk
from bot.dialogue.dialogue import Dialogue
from qifu.labels import Channel, District, HandoffReason, Language
from store.database import Database
from store.models import FeedbackRow
from store.repositories import AppealRepository, FeedbackRepository, SubscriptionRepository
from store.repositories.numbers import SHANGHAI
from tests.bot.desk.support import CLOSED_AT, OPEN_AT, refused, some_staff
from tests.bot.dialogue.support import WEB, a_message
from tests.fakes.rasa import FakeRasa, turn_message
from tests.store.factories import FakeClock

MONDAY_EVENING = datetime(2026, 11, 23, 17, 30, tzinfo=SHANGHAI)


@pytest.fixture
async def desk(database: Database, dialogue: Dialogue, clock: FakeClock) -> RequestDesk:
    """A desk with two conversations."""
    await dialogue.open(WEB, Channel.WEB)
    await dialogue.open("web:other", Channel.WEB)
    return RequestDesk(database, Desk(database, clock=clock))


def a_wish(turn: int | None = None, **about: Any) -> Wish:
    return Wish(HandoffReason.ASKED, Language.ZH, turn=turn, **about)


async def test_an_open_wish_for_a_person_isnt_doubled(desk: RequestDesk) -> None:
    first = await desk.hand_off(WEB, a_wish(question="退税", district="minhang", topic="taxes"))
    again = await desk.hand_off(WEB, a_wish(question="还在吗"))
    other = await desk.hand_off("web:other", a_wish())
    assert (first.new, again.new, other.new) == (True, False, True)
    assert first.number == again.number != other.number
    assert str(first.number).startswith("BB")
    assert (first.ahead, other.ahead, first.wait, first.hours) == (0, 1, None, "工作日 9:00–17:30")


async def test_a_wish_that_was_dealt_with_can_be_made_again(desk: RequestDesk, database: Database) -> None:
    first = await desk.hand_off(WEB, a_wish(turn=1))
    await Desk(database).handoffs.cancel(WEB)
    again = await desk.hand_off(WEB, a_wish(turn=2))
    assert again.new
    assert again.number != first.number


async def test_the_same_turn_run_again_after_a_crash_calls_once(desk: RequestDesk, database: Database) -> None:
    first = await desk.hand_off(WEB, a_wish(turn=1))
    assert await desk.hand_off(WEB, a_wish(turn=1)) == first
    await Desk(database).handoffs.cancel(WEB)
    again = await desk.hand_off(WEB, a_wish(turn=1))
    assert (again.number, again.new, again.ahead) == (first.number, True, None)
    assert await Desk(database).handoffs.open_of(WEB) is None


async def test_outside_service_hours_nothing_is_registered_and_the_next_opening_told(
    desk: RequestDesk, clock: FakeClock
) -> None:
    clock.now = CLOSED_AT
    called = await desk.hand_off(WEB, a_wish(question="退税"))
    assert (called.number, called.new, called.ahead) == (None, False, None)
    assert (called.opens_at, called.promised) == ("11月23日（周一）9:00", "11月23日（周一）")
    assert await desk.appeals(WEB) == []
    clock.now = OPEN_AT
    assert (await desk.hand_off(WEB, a_wish())).number is not None


async def test_too_many_appeals_are_refused_in_so_many_words(desk: RequestDesk) -> None:
    for what in (
        "路灯坏了很久没人修",
        "停车场入口被堵住了",
        "申请许可没有人受理",
        "水费单据一直开错",
        "园区网络经常中断",
    ):
        await desk.appeal(WEB, Draft(what), what)
    with refused("too_many"):
        await desk.appeal(WEB, Draft("补贴两个月没有到账"), "form:6")


async def test_an_appeal_is_kept_with_all_that_the_form_has(desk: RequestDesk, database: Database) -> None:
    file = {"kind": "photo", "ref": "AgAC", "name": "", "mime": "image/jpeg", "size": 81_233}
    draft = Draft(
        "退税已经拖了三个月",
        company="上海华兴贸易有限公司",
        contact_name="王女士",
        phone_refused=True,
        district="minhang",
        topic="taxes",
        matter="taxes/export_refund",
        files=(file,),
        language=Language.EN,
    )
    filed = await desk.appeal(WEB, draft, "form:1")
    async with database.session() as session:
        row = await AppealRepository(session).by_number(f" {filed.number.lower()} ")
    assert row is not None
    assert (row.origin, row.district, row.topic, row.text) == ("form", "minhang", "taxes", "退税已经拖了三个月")
    assert (row.company, row.contact_name, row.phone, row.phone_refused) == (draft.company, "王女士", None, True)
    assert (row.matter, row.files, row.language) == ("taxes/export_refund", [file], "en")
    assert (filed.state, filed.since, filed.joined) == ("received", filed.filed, False)
    assert filed.due is not None


async def test_the_same_form_is_filed_once(desk: RequestDesk) -> None:
    first = await desk.appeal(WEB, Draft("退税已经拖了三个月"), "form:1")
    assert await desk.appeal(WEB, Draft("退税已经拖了三个月"), "form:1") == first
    again = await desk.appeal(WEB, Draft("退税已经拖了三个月！"), "form:2")
    assert (again.number, again.joined) == (first.number, True)
    assert len(await desk.appeals(WEB)) == 1


@pytest.mark.parametrize(("district", "topic"), [("pudong", "cooking"), (None, None), ("", "")])
async def test_what_has_no_label_is_left_out(desk: RequestDesk, district: str | None, topic: str | None) -> None:
    draft = Draft("有一件事情要办一下", district=district, topic=topic)
    assert (await desk.appeal(WEB, draft, "form:1")).number.startswith("SQ")


async def test_appeals_are_listed_newest_first_and_only_ones_own(desk: RequestDesk) -> None:
    first = await desk.appeal(WEB, Draft("路灯坏了很久没人修"), "form:1")
    second = await desk.appeal(WEB, Draft("停车场入口被堵住了"), "form:2")
    other = await desk.appeal("web:other", Draft("水费单据一直开错"), "form:1")
    assert [filed.number for filed in await desk.appeals(WEB)] == [second.number, first.number]
    assert [filed.number for filed in await desk.appeals(WEB, first.number)] == [first.number]
    assert await desk.appeals(WEB, other.number) == []


async def test_an_appeal_is_told_as_it_stands_without_internal_remarks(
    desk: RequestDesk, database: Database, clock: FakeClock
) -> None:
    people, work = await some_staff(database), Desk(database, clock=clock).appeals
    number = (await desk.appeal(WEB, Draft("路灯坏了很久没人修"), "form:1")).number
    row = await work.by_number(number)
    assert row is not None
    clock.now += timedelta(days=1)
    await work.assign(row.id, people.chen, owner=people.wang, unit="闵行区绿化市容局")
    clock.now += timedelta(days=1)
    await work.note(row.id, people.wang, "用户说话很冲")
    (told,) = await desk.appeals(WEB)
    assert (told.state, told.unit, told.remark, told.may_rate) == ("assigned", "闵行区绿化市容局", None, False)
    assert told.since == OPEN_AT + timedelta(days=1)
    await work.start(row.id, people.wang)
    await work.resolve(row.id, people.wang, "路灯已修好")
    (told,) = await desk.appeals(WEB)
    assert (told.state, told.remark, told.due) == ("resolved", "路灯已修好", None)
    assert (told.may_rate, told.may_reopen) == (True, True)
    await work.reopen(WEB, number, "又坏了")
    (told,) = await desk.appeals(WEB)
    assert (told.state, told.may_rate, told.may_reopen, told.remark) == ("reopened", False, False, None)


async def test_what_the_last_appeal_tells_of_its_user_is_known(desk: RequestDesk) -> None:
    assert await desk.known(WEB) == {}
    draft = Draft("路灯坏了很久没人修", company="华兴公司", phone="13812345678", district="putuo")
    await desk.appeal(WEB, draft, "form:1")
    assert await desk.known(WEB) == {"company": "华兴公司", "phone": "13812345678", "district": "putuo"}
    assert await desk.known("web:other") == {}


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


async def test_what_is_left_outside_service_hours_is_promised_an_answer_on_the_next_working_day(
    desk: RequestDesk, database: Database, clock: FakeClock
) -> None:
    clock.now = CLOSED_AT
    people, work = await some_staff(database), Desk(database, clock=clock).appeals
    filed = await desk.appeal(WEB, Draft("退税几天", after_hours=True), "form:1")
    row = await work.by_number(filed.number)
    assert row is not None
    assert (row.origin, row.answer_by, row.deadline) == ("after_hours", MONDAY_EVENING, MONDAY_EVENING)
    assert (filed.answer_by, (await desk.appeals(WEB))[0].answer_by) == (MONDAY_EVENING, MONDAY_EVENING)
    await work.answer(row.id, people.wang, "5 个工作日")
    (told,) = await desk.appeals(WEB)
    assert (told.state, told.answer_by, told.remark) == ("received", None, None)


async def test_before_the_desk_opens_in_the_morning_the_answer_is_promised_for_that_day(
    desk: RequestDesk, clock: FakeClock
) -> None:
    clock.now = datetime(2026, 11, 23, 7, 0, tzinfo=SHANGHAI)
    assert (await desk.hand_off(WEB, a_wish())).promised == "11月23日（周一）"
    filed = await desk.appeal(WEB, Draft("退税几天", after_hours=True), "form:1")
    assert filed.answer_by == MONDAY_EVENING


async def test_the_same_said_again_outside_hours_is_promised_an_answer_too(
    desk: RequestDesk, database: Database, clock: FakeClock
) -> None:
    first = await desk.appeal(WEB, Draft("退税已经拖了三个月"), "form:1")
    clock.now = CLOSED_AT
    again = await desk.appeal(WEB, Draft("退税已经拖了三个月！", after_hours=True), "form:2")
    assert (again.number, again.joined, again.answer_by) == (first.number, True, MONDAY_EVENING)
    figures = await Desk(database, clock=clock).figures.of_days(OPEN_AT.date(), CLOSED_AT.date())
    assert (figures.appeals.appeals, figures.appeals.promised) == (1, 0)


async def test_thumbs_and_subscriptions_are_of_the_desks_moment(
    desk: RequestDesk, dialogue: Dialogue, rasa: FakeRasa, database: Database, clock: FakeClock
) -> None:
    rasa.answer = lambda sender, message: turn_message("甲", points=["minhang-2023/7#1"])
    turn = await dialogue.handle(a_message("退税"))
    clock.now = CLOSED_AT
    await desk.feedback(WEB, turn.id, 1)
    await desk.subscribe(WEB, None, [])
    async with database.session() as session:
        thumb = await session.get(FeedbackRow, turn.id)
        subscription = await SubscriptionRepository(session).of_conversation(WEB)
    assert thumb is not None
    assert subscription is not None
    assert (thumb.at, subscription.created_at) == (CLOSED_AT, CLOSED_AT)
