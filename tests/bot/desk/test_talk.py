"""What is said in a handoff: kept once, lost never, only by those whose talk it is."""

import asyncio

from bot.desk.desk import Desk
from bot.desk.signals import Signal
from bot.desk.talk import Attachment
from qifu.labels import CloseReason, Direction
from store.models import HandoffRow
from tests.bot.desk.support import WEB, People, of, refused
from tests.store.factories import FakeClock

PHOTO = Attachment("photo", "AgACAgUA", "", "image/jpeg", 20_480)


async def begun(desk: Desk, owner: int) -> HandoffRow:
    """A handoff somebody has."""
    row = of((await desk.handoffs.request(WEB)).handoff)
    return (await desk.handoffs.claim(row.id, owner)).handoff


async def test_messages_stand_in_order_with_their_files(desk: Desk, people: People) -> None:
    row = of((await desk.handoffs.request(WEB)).handoff)
    await desk.talk.user_message(WEB, "在吗", "m1")
    await desk.handoffs.claim(row.id, people.wang)
    await desk.talk.staff_message(row.id, people.wang, "您好")
    await desk.talk.user_message(WEB, "", "m2", [PHOTO])
    await desk.talk.note(row.id, people.li, "执照照片")
    await desk.talk.system(row.id, "王老师来为您服务")
    said = [(message.direction.value, message.text) for message in await desk.talk.messages(row.id)]
    assert said == [
        ("user", "在吗"),
        ("staff", "您好"),
        ("user", ""),
        ("note", "执照照片"),
        ("system", "王老师来为您服务"),
    ]
    photo = (await desk.talk.messages(row.id))[2].attachments
    assert photo == [{"kind": "photo", "ref": "AgACAgUA", "name": "", "mime": "image/jpeg", "size": 20_480}]


async def test_a_message_that_comes_twice_is_kept_once(desk: Desk, people: People) -> None:
    row = await begun(desk, people.wang)
    first = await desk.talk.user_message(WEB, "在吗", "m1")
    again = await desk.talk.user_message(WEB, "在吗", "m1")
    assert first is not None
    assert again is not None
    assert (first.is_new, again.is_new, again.row.id) == (True, False, first.row.id)
    results = await asyncio.gather(*(desk.talk.staff_message(row.id, people.wang, "好", "k1") for _ in range(5)))
    assert [result.is_new for result in results].count(True) == 1
    assert len(await desk.talk.messages(row.id)) == 2


async def test_without_an_open_handoff_a_message_is_the_bots(desk: Desk, people: People) -> None:
    assert await desk.talk.user_message(WEB, "你好", "m1") is None
    row = await begun(desk, people.wang)
    kept = await desk.talk.user_message(WEB, "在吗", "m2")
    await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED)
    assert await desk.talk.user_message(WEB, "谢谢", "m3") is None
    # What was kept before stays the desk's, however late it comes again.
    again = await desk.talk.user_message(WEB, "在吗", "m2")
    assert kept is not None
    assert again is not None
    assert again.row.id == kept.row.id


async def test_only_the_owner_talks_to_the_user(desk: Desk, people: People) -> None:
    row = of((await desk.handoffs.request(WEB)).handoff)
    with refused("wrong_state"):
        await desk.talk.staff_message(row.id, people.wang, "您好")
    await desk.handoffs.claim(row.id, people.wang)
    for somebody in (people.li, people.chen):
        with refused("not_owner"):
            await desk.talk.staff_message(row.id, somebody, "您好")
    with refused("not_service"):
        await desk.talk.staff_message(row.id, people.zhao, "您好")
    with refused("empty"):
        await desk.talk.staff_message(row.id, people.wang, "  ")
    await desk.handoffs.close(row.id, people.wang, CloseReason.NO_REPLY)
    with refused("wrong_state"):
        await desk.talk.staff_message(row.id, people.wang, "您好")
    with refused("unknown_handoff"):
        await desk.talk.staff_message(999, people.wang, "您好")
    assert await desk.talk.messages(row.id) == []


async def test_the_first_human_answer_is_noted_once(desk: Desk, people: People, clock: FakeClock) -> None:
    row = await begun(desk, people.wang)
    clock.forward(seconds=30)
    first = clock.now
    await asyncio.gather(*(desk.talk.staff_message(row.id, people.wang, f"您好{n}") for n in range(4)))
    clock.forward(seconds=30)
    await desk.handoffs.transfer(row.id, people.wang)
    await desk.handoffs.claim(row.id, people.li)
    await desk.talk.staff_message(row.id, people.li, "我来")
    transcript = await desk.talk.transcript(row.id)
    assert transcript.handoff.answered_at == first
    assert [event.at for event in transcript.events if event.kind == "answered"] == [first]


async def test_what_was_not_delivered_is_found_again(desk: Desk, people: People) -> None:
    row = await begun(desk, people.wang)
    said = await desk.talk.staff_message(row.id, people.wang, "您好")
    await desk.talk.note(row.id, people.wang, "新客户")
    asked = await desk.talk.user_message(WEB, "在吗", "m1")
    assert asked is not None
    assert [message.id for message in await desk.talk.undelivered(Direction.STAFF)] == [said.row.id]
    assert [message.id for message in await desk.talk.undelivered(Direction.USER)] == [asked.row.id]
    await desk.talk.mark_delivered(said.row.id)
    assert await desk.talk.undelivered(Direction.STAFF) == []


async def test_an_edit_is_delivered_again_and_only_ones_own_can_be_edited(desk: Desk, people: People) -> None:
    row = await begun(desk, people.wang)
    said = await desk.talk.staff_message(row.id, people.wang, "十个工作日")
    await desk.talk.mark_delivered(said.row.id)
    with refused("not_yours"):
        await desk.talk.edit(said.row.id, "两天", people.li)
    edited = await desk.talk.edit(said.row.id, "六个工作日", people.wang)
    assert (edited.text, edited.edited_at is not None, edited.delivered_at) == ("六个工作日", True, None)
    await desk.talk.user_message(WEB, "谢谢", "m1")
    thanks = await desk.talk.edit_by_key(WEB, "m1", "非常感谢")
    assert thanks is not None
    assert thanks.text == "非常感谢"
    assert await desk.talk.edit_by_key(WEB, "m9", "没有") is None
    assert await desk.talk.edit_by_key(WEB, said.row.client_key, "冒充") is None
    note = await desk.talk.note(row.id, people.li, "记下")
    assert (await desk.talk.edit(note.row.id, "改了", people.li)).delivered_at is not None
    with refused("unknown_message"):
        await desk.talk.edit(999, "没有", people.li)


async def test_a_message_and_a_close_at_once_leave_it_in_one_place(desk: Desk, people: People) -> None:
    for n in range(5):
        row = await begun(desk, people.wang)
        kept, _ = await asyncio.gather(
            desk.talk.user_message(WEB, "还有一个问题", f"race{n}"),
            desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED),
        )
        stored = [message.client_key for message in await desk.talk.messages(row.id)]
        assert stored == ([f"race{n}"] if kept else [])


async def test_listeners_in_this_process_hear_of_it_once_it_is_kept(desk: Desk, people: People) -> None:
    heard: list[Signal] = []
    desk.signals.listen(lambda signal: 1 / 0)  # type: ignore[arg-type]  # one that fails stops nobody
    stop = desk.signals.listen(heard.append)
    row = await begun(desk, people.wang)
    await desk.talk.user_message(WEB, "在吗", "m1")
    assert [signal.kind for signal in heard if signal.kind != "notice"] == ["requested", "claimed", "message"]
    assert {signal.handoff_id for signal in heard} == {row.id}
    stop()
    with refused("not_owner"):
        await desk.talk.staff_message(row.id, people.li, "您好")
    await desk.talk.user_message(WEB, "喂", "m2")
    assert len([signal for signal in heard if signal.kind == "message"]) == 1
