"""Staff's commands, alerts and limits."""

from datetime import timedelta

from qifu.labels import Direction, HandoffState, StaffRole
from tests.bot.telegram.desk_support import CHEN, LI, OTHER_USER, POINTS, USER, WANG, ZHAO, DeskRig, text_of
from tests.bot.telegram.support import data_of, titles


async def busy(desk: DeskRig) -> int:
    """王老师 has a chat; its id."""
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    await desk.says(WANG, "直接发给用户")
    return row.id


async def test_a_canned_reply_is_filled_in_and_sent(desk: DeskRig) -> None:
    handoff = await busy(desk)
    wang = (await desk.row(handoff)).owner_id or 0
    await desk.desk.canned.add(wang, "材料", "请带上{{district}}的执照，我是{{name}}")
    await desk.desk.canned.add(wang, "时间", "窗口 {{hours}}")
    desk.telegram.user_sends(WANG, "/canned 材料")
    await desk.says(USER, "请带上闵行区的执照，我是王老师")
    assert len([text for text in desk.texts(WANG) if "请带上闵行区" in text]) == 1
    desk.telegram.user_sends(WANG, "/canned")
    listed = await desk.says(WANG, "发哪一条")
    assert titles(listed) == ["发 1", "发 2"]
    place = 1 if "1. 时间" in text_of(listed) else 2
    for _ in range(2):
        desk.telegram.user_presses(WANG, listed["message_id"], data_of(listed, f"发 {place}"))
    await desk.says(USER, "窗口 09:00–17:30")
    await desk.rig.settled()
    assert len([text for text in desk.texts(USER) if "窗口" in text]) == 1


async def test_a_canned_reply_with_a_gap_is_not_sent(desk: DeskRig) -> None:
    handoff = await busy(desk)
    await desk.desk.canned.add((await desk.row(handoff)).owner_id or 0, "主题", "关于{{topic}}")
    desk.telegram.user_sends(WANG, "/canned 主题")
    listed = await desk.says(WANG, "关于{{topic}}")
    desk.telegram.user_presses(WANG, listed["message_id"], data_of(listed, "发 1"))
    await desk.telegram.until(lambda: "没填上" in str(desk.telegram.calls_of("answercallbackquery")))
    assert not [text for text in desk.texts(USER) if "关于" in text]


async def test_a_measure_is_found_and_sent_with_its_citation(desk: DeskRig) -> None:
    await busy(desk)
    desk.telegram.user_sends(WANG, "/measure 天气")
    await desk.says(WANG, "方案里没有找到")
    desk.telegram.user_sends(WANG, "/measure 退税")
    listed = await desk.says(WANG, POINTS[1].citation)
    desk.telegram.user_presses(WANG, listed["message_id"], data_of(listed, "发 2"))
    sent = await desk.says(USER, POINTS[1].citation)
    assert POINTS[1].quote in text_of(sent)
    assert text_of(sent).startswith("王老师：")


async def test_duty_is_told_and_asked(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    desk.telegram.user_sends(WANG, "/duty off")
    await desk.says(WANG, "您离岗了")
    assert await desk.desk.roster.on_duty() == []
    desk.telegram.user_sends(WANG, "/duty")
    await desk.says(WANG, "不在岗")
    desk.telegram.user_sends(WANG, "/duty on")
    await desk.says(WANG, "您在岗了")


async def test_the_queue_names_who_waits_and_claims_by_button_or_number(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    first, second = await desk.calls(), await desk.calls(OTHER_USER)
    desk.telegram.user_sends(WANG, "/queue")
    listed = await desk.says(WANG, "在等（2）")
    assert titles(listed) == [f"接待 {first.number}", f"接待 {second.number}"]
    desk.telegram.user_sends(WANG, f"/claim {second.number.lower()}")
    await desk.until_row(second.id, lambda now: now.owner_id is not None)
    desk.telegram.user_sends(WANG, "/claim")
    await desk.until_row(first.id, lambda now: now.owner_id is not None)
    desk.telegram.user_sends(WANG, "/claim")
    await desk.says(WANG, "现在没有人在等")
    desk.telegram.user_sends(WANG, "/claim BB20200101-9999")
    await desk.says(WANG, "没有这个帮办编号")


async def test_back_gives_the_user_to_the_bot(desk: DeskRig) -> None:
    handoff = await busy(desk)
    desk.telegram.user_sends(WANG, "/back 已经说清")
    await desk.until_row(handoff, lambda now: now.state == HandoffState.RETURNED)
    notes = [m.text for m in await desk.desk.talk.messages(handoff) if m.direction == Direction.NOTE]
    assert notes == ["已经说清"]
    await desk.says(USER, "帮办人员已离开")
    assert await desk.rig.asks(USER, "一业一证") == "答：一业一证"


async def test_a_transfer_needs_a_name_that_one_has(desk: DeskRig) -> None:
    handoff = await busy(desk)
    li = await desk.hire(LI, "李老师")
    desk.telegram.user_sends(WANG, "/transfer")
    await desk.says(WANG, "转给谁")
    desk.telegram.user_sends(WANG, "/transfer @老师")
    await desk.says(WANG, "不止一位")
    desk.telegram.user_sends(WANG, "/transfer 李老师")
    waiting = await desk.until_row(handoff, lambda now: now.state == HandoffState.WAITING)
    assert waiting.wished_staff == li


async def test_other_commands_are_explained_while_a_chat_is_open(desk: DeskRig) -> None:
    handoff = await busy(desk)
    desk.telegram.user_sends(WANG, "/human")
    await desk.says(WANG, "没有这个命令")
    desk.telegram.user_sends(WANG, "/help")
    await desk.says(WANG, "/transfer 转给同事")
    desk.telegram.user_sends_location(WANG)
    await desk.says(WANG, "传不过去")
    assert await desk.desk.talk.messages(handoff) == []


async def test_trainers_and_people_switched_off_are_users(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(ZHAO, "赵老师", StaffRole.TRAINER)
    wang = await desk.hire(WANG, "王老师")
    row = await desk.calls()
    offer = await desk.says(WANG, row.number)
    async with desk.desk.store.work() as work:
        await work.staff.change(wang, active=False)
    desk.telegram.user_presses(WANG, offer["message_id"], data_of(offer, "接待"))
    await desk.telegram.until(lambda: "没有关联" in str(desk.telegram.calls_of("answercallbackquery")))
    desk.telegram.user_presses(WANG, offer["message_id"], f"desk:claim:{row.id}", user_id=ZHAO)
    await desk.telegram.until(lambda: "在岗的服务人员" in str(desk.telegram.calls_of("answercallbackquery")))
    desk.telegram.user_sends(ZHAO, "/queue")
    await desk.says(ZHAO, "没有这个命令")
    assert (await desk.row(row.id)).state == HandoffState.WAITING


async def test_all_on_duty_are_alerted_and_the_manager_after_a_minute(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    await desk.hire(CHEN, "陈经理", StaffRole.MANAGER)
    row = await desk.calls()
    await desk.says(WANG, "请您接待")
    for seconds, words in ((46, "马上接待"), (16, "督办")):
        desk.clock.now += timedelta(seconds=seconds)
        await desk.desk.timers.tick()
        await desk.says(CHEN, words)
    await desk.says(WANG, "马上接待")
    await desk.claims(CHEN, row)
    for chat in (WANG, CHEN):
        await desk.telegram.until(
            lambda chat=chat: not [m for m in desk.telegram.sent(chat) if "接待" in titles(m)]  # type: ignore[misc]
        )


async def test_the_owner_is_reminded_of_a_user_who_waits(desk: DeskRig) -> None:
    handoff = await busy(desk)
    desk.telegram.user_sends(USER, "在吗")
    await desk.until_row(handoff, lambda now: now.unanswered_since is not None)
    desk.clock.now += timedelta(seconds=61)
    await desk.desk.timers.tick()
    await desk.says(WANG, "在等您回复")
