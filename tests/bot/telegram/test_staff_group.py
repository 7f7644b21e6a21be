"""The staff's group: a topic for each handoff, written in by its owner, read by all."""

from qifu.labels import CloseReason, Direction, HandoffState, StaffRole
from tests.bot.telegram.desk_support import CHEN, GROUP, LI, STRANGER, USER, WANG, DeskRig, text_of
from tests.bot.telegram.support import data_of, titles


async def started(desk: DeskRig) -> None:
    desk.telegram.group_has_topics(GROUP)
    await desk.start(GROUP)
    await desk.hire(WANG, "王老师")
    await desk.hire(LI, "李老师")


async def test_a_handoff_gets_a_topic_with_the_masked_history_and_a_button(desk: DeskRig) -> None:
    await started(desk)
    row = await desk.calls()
    await desk.desk.talk.user_message(f"telegram:{USER}", "我的电话 13812345678", "m1")
    topic = await desk.topic_of(row)
    assert desk.telegram.world.topics[GROUP, topic]["name"] == f"{row.number} · 闵行区"
    card = await desk.shown(GROUP, titles)
    assert (titles(card), card["message_thread_id"]) == (["接待"], topic)
    await desk.says(GROUP, "[mobile]")
    assert "13812345678" not in "".join(desk.texts(GROUP))


async def test_the_owner_talks_in_the_topic_and_nobody_else_does(desk: DeskRig) -> None:
    await started(desk)
    row = await desk.calls()
    topic = await desk.topic_of(row)
    desk.telegram.topic_message(GROUP, topic, "我来？", user_id=LI)
    await desk.says(GROUP, "还没有人接待")
    await desk.claims(GROUP, row, WANG)
    await desk.says(GROUP, "王老师 在接待")
    desk.telegram.topic_message(GROUP, topic, "您好", user_id=WANG)
    await desk.says(USER, "您好")
    desk.telegram.topic_message(GROUP, topic, "我插一句", user_id=LI)
    refused = await desk.says(GROUP, "现在由王老师接待")
    assert refused["message_thread_id"] == topic
    desk.telegram.topic_message(GROUP, topic, "//他上周来过", user_id=LI)
    desk.telegram.topic_message(GROUP, topic, "谁都能看吗", user_id=STRANGER)
    await desk.says(GROUP, "还没有关联帮办账号")
    desk.telegram.user_sends(USER, "谢谢")
    await desk.says(GROUP, "谢谢")
    said = [(m.direction, m.text) for m in await desk.desk.talk.messages(row.id)]
    assert said == [(Direction.STAFF, "您好"), (Direction.NOTE, "他上周来过"), (Direction.USER, "谢谢")]
    assert desk.texts(USER)[-1] == "王老师：\n您好"


async def test_personal_data_are_shown_to_the_owner_alone(desk: DeskRig) -> None:
    await started(desk)
    row = await desk.calls()
    topic = await desk.topic_of(row)
    await desk.claims(GROUP, row, WANG)
    desk.telegram.user_sends(USER, "打我电话 13812345678")
    masked = await desk.says(GROUP, "打我电话")
    assert text_of(masked).endswith("打我电话 [mobile]")
    assert masked["message_thread_id"] == topic
    shows = data_of(masked, "看原文")
    desk.telegram.user_presses(GROUP, masked["message_id"], shows, user_id=LI)
    await desk.telegram.until(lambda: "由别人负责" in str(desk.telegram.calls_of("answercallbackquery")))
    desk.telegram.user_presses(GROUP, masked["message_id"], shows, user_id=WANG)
    await desk.telegram.until(lambda: "13812345678" in str(desk.telegram.calls_of("answercallbackquery")))


async def test_a_manager_closes_from_the_topic_and_it_is_closed(desk: DeskRig) -> None:
    await started(desk)
    await desk.hire(CHEN, "陈经理", StaffRole.MANAGER)
    row = await desk.calls()
    topic = await desk.topic_of(row)
    await desk.claims(GROUP, row, WANG)
    desk.telegram.topic_message(GROUP, topic, "/close@qifu_test_bot resolved", user_id=LI)
    await desk.says(GROUP, "由别人负责")
    desk.telegram.topic_message(GROUP, topic, "/close@qifu_test_bot resolved", user_id=CHEN)
    closed = await desk.until_row(row.id, lambda now: now.state == HandoffState.CLOSED)
    assert closed.close_reason == CloseReason.RESOLVED
    await desk.says(GROUP, "结束了")
    await desk.telegram.until(lambda: desk.telegram.world.topics[GROUP, topic]["closed"])
    desk.telegram.topic_message(GROUP, topic, "还有一句", user_id=WANG)
    await desk.says(GROUP, "已经结束")


async def test_what_is_said_elsewhere_stands_in_the_topic_too(desk: DeskRig) -> None:
    await started(desk)
    row = await desk.calls()
    await desk.topic_of(row)
    claim = await desk.desk.handoffs.claim(row.id, (await desk.row(row.id)).offered_to or 0)
    await desk.desk.talk.staff_message(row.id, claim.handoff.owner_id or 0, "从管理台说的")
    shown = await desk.says(GROUP, "从管理台说的")
    assert text_of(shown).endswith("从管理台说的")


async def test_edits_and_files_in_a_topic_reach_the_user(desk: DeskRig) -> None:
    await started(desk)
    row = await desk.calls()
    topic = await desk.topic_of(row)
    await desk.claims(GROUP, row, WANG)
    said = desk.telegram.topic_message(GROUP, topic, "带身份证", user_id=WANG)
    answer = await desk.says(USER, "带身份证")
    desk.telegram.user_edits(GROUP, said["message_id"], "带护照")
    await desk.telegram.until(lambda: "护照" in text_of(desk.telegram.world.messages[USER, answer["message_id"]]))
    photo = desk.telegram.world.new_file("photo") | {"width": 9, "height": 9}
    desk.telegram.topic_message(GROUP, topic, photo=[photo], user_id=WANG)
    await desk.shown(USER, lambda message: "photo" in message)
    note = desk.telegram.topic_message(GROUP, topic, "//备注一", user_id=WANG)
    await desk.rig.settled()
    desk.telegram.user_edits(GROUP, note["message_id"], "//备注二")
    await desk.rig.settled()
    assert [m.text for m in await desk.desk.talk.messages(row.id)] == ["带护照", "", "备注二"]


async def test_a_topic_that_somebody_deleted_is_opened_anew(desk: DeskRig) -> None:
    await started(desk)
    row = await desk.calls()
    topic = await desk.topic_of(row)
    await desk.claims(GROUP, row, WANG)
    await desk.says(GROUP, "在接待")
    del desk.telegram.world.topics[GROUP, topic]
    desk.telegram.user_sends(USER, "还在吗")
    again = await desk.topic_of(row)
    assert again != topic
    shown = await desk.says(GROUP, "还在吗")
    assert shown["message_thread_id"] == again


async def test_a_transferred_handoff_asks_again_in_its_topic(desk: DeskRig) -> None:
    await started(desk)
    row = await desk.calls()
    topic = await desk.topic_of(row)
    await desk.claims(GROUP, row, WANG)
    await desk.says(GROUP, "在接待")
    desk.telegram.topic_message(GROUP, topic, "/transfer all 请懂外贸的接", user_id=WANG)
    card = await desk.shown(GROUP, titles)
    await desk.claims(GROUP, row, LI)
    assert (await desk.row(row.id)).owner_id != row.owner_id
    await desk.telegram.until(lambda: not titles(desk.telegram.world.messages[GROUP, card["message_id"]]))


async def test_a_group_that_is_no_forum_leaves_private_chats_working(desk: DeskRig) -> None:
    desk.telegram.world.chat(GROUP)
    await desk.start(GROUP)
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    desk.telegram.user_sends(WANG, "您好")
    await desk.says(USER, "您好")


async def test_the_group_is_no_user(desk: DeskRig) -> None:
    await started(desk)
    desk.telegram.user_sends(GROUP, "@qifu_test_bot 出口退税多久", user_id=STRANGER)
    desk.telegram.user_sends(GROUP, "/queue", user_id=WANG)
    await desk.says(GROUP, "没有人在等")
    assert desk.rig.dialogue.asked == []
