"""Staff work in their private chats with the bot: offered, claimed, relayed both ways, several chats at once."""

from qifu.labels import CloseReason, Direction, HandoffState
from tests.bot.telegram.desk_support import LI, OTHER_USER, USER, WANG, DeskRig, text_of
from tests.bot.telegram.support import data_of, titles


async def test_an_offer_is_claimed_by_its_button_and_the_history_comes(desk: DeskRig) -> None:
    await desk.start()
    wang = await desk.hire(WANG, "王老师")
    row = await desk.calls(question="出口退税多久，我的手机 13812345678")
    offer = await desk.says(WANG, row.number)
    assert titles(offer) == ["接待"]
    assert "闵行区" in text_of(offer)
    assert "[mobile]" in text_of(offer)
    await desk.claims(WANG, row)
    assert (await desk.row(row.id)).owner_id == wang
    await desk.says(WANG, "之前没有对话")
    hint = await desk.says(WANG, "直接发给用户")
    assert titles(hint) == ["交回机器人", "结束"]
    settled = desk.telegram.world.messages[WANG, offer["message_id"]]
    assert "reply_markup" not in settled
    await desk.says(USER, "王老师 来为您服务")


async def test_an_offer_that_another_claimed_says_so(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    li = await desk.hire(LI, "李老师")
    row = await desk.calls()
    offer = await desk.says(WANG, row.number)
    await desk.desk.handoffs.claim(row.id, li)
    await desk.telegram.until(lambda: "李老师" in text_of(desk.telegram.world.messages[WANG, offer["message_id"]]))
    desk.telegram.user_presses(WANG, offer["message_id"], f"desk:claim:{row.id}")
    await desk.telegram.until(lambda: desk.telegram.calls_of("answercallbackquery"))
    assert "李老师" in desk.telegram.calls_of("answercallbackquery")[-1]["text"]
    assert (await desk.row(row.id)).owner_id == li


async def test_words_go_both_ways_with_names_and_the_bot_is_silent(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    typing = len(desk.telegram.calls_of("sendchataction"))
    desk.telegram.user_sends(USER, "您好，<b>在</b>吗 & 忙吗")
    shown = await desk.says(WANG, "您好，<b>在</b>吗 & 忙吗")
    assert text_of(shown).startswith(f"用户 · {row.number}\n")
    desk.telegram.user_sends(WANG, "在的，请说")
    answer = await desk.says(USER, "在的，请说")
    assert text_of(answer) == "王老师：\n在的，请说"
    assert len(desk.telegram.calls_of("sendchataction")) == typing
    assert "答：" not in "".join(desk.texts(USER))
    said = [(message.direction, message.text) for message in await desk.desk.talk.messages(row.id)]
    assert said == [(Direction.USER, "您好，<b>在</b>吗 & 忙吗"), (Direction.STAFF, "在的，请说")]
    await desk.until_delivered(Direction.USER)


async def test_a_note_stays_among_staff(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    desk.telegram.user_sends(WANG, "//这位上周也来过")
    desk.telegram.user_sends(WANG, "/note 执照没带")
    await desk.says(WANG, "备注已记")
    notes = [m.text for m in await desk.desk.talk.messages(row.id) if m.direction == Direction.NOTE]
    assert notes == ["这位上周也来过", "执照没带"]
    assert not [text for text in desk.texts(USER) if "上周" in text or "执照" in text]


async def test_photos_and_files_go_both_ways_by_their_ids(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    await desk.says(WANG, "直接发给用户")
    sent = desk.telegram.user_sends_photo(USER, "这是执照")
    photo = await desk.shown(WANG, lambda message: "photo" in message)
    assert photo["photo"][0]["file_id"] == sent["photo"][-1]["file_id"]
    assert photo["caption"] == f"用户 · {row.number}\n这是执照"
    desk.telegram.user_sends_voice(USER)
    await desk.shown(WANG, lambda message: "voice" in message)
    desk.telegram.user_sends_document(WANG, "填这张表")
    file = await desk.shown(USER, lambda message: "document" in message)
    assert file["caption"] == "王老师：\n填这张表"
    assert file["document"]["file_name"] == "营业执照.pdf"
    desk.telegram.user_sends_sticker(WANG)
    await desk.shown(USER, lambda message: "sticker" in message)


async def test_edits_go_both_ways(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    asked = desk.telegram.user_sends(USER, "明天开门吗")
    shown = await desk.says(WANG, "明天开门吗")
    desk.telegram.user_edits(USER, asked["message_id"], "后天开门吗")
    await desk.telegram.until(lambda: "后天" in text_of(desk.telegram.world.messages[WANG, shown["message_id"]]))
    said = desk.telegram.user_sends(WANG, "开，九点")
    answer = await desk.says(USER, "开，九点")
    desk.telegram.user_edits(WANG, said["message_id"], "不开，周一九点")
    await desk.telegram.until(lambda: "周一" in text_of(desk.telegram.world.messages[USER, answer["message_id"]]))
    assert [m.text for m in await desk.desk.talk.messages(row.id)] == ["后天开门吗", "不开，周一九点"]
    assert len([text for text in desk.texts(USER) if "九点" in text]) == 1


async def test_with_several_chats_a_reply_or_chats_decides(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    first = await desk.calls()
    await desk.claims(WANG, first)
    await desk.says(WANG, f"您在接待 {first.number}")
    second = await desk.calls(OTHER_USER)
    await desk.claims(WANG, second)
    await desk.says(WANG, f"您在接待 {second.number}")
    desk.telegram.user_sends(USER, "第一位的问题")
    question = await desk.says(WANG, "第一位的问题")
    desk.telegram.user_sends(WANG, "给第二位")
    await desk.says(OTHER_USER, "给第二位")
    desk.telegram.user_sends(WANG, "给第一位", reply_to=question["message_id"])
    await desk.says(USER, "给第一位")
    desk.telegram.user_sends(WANG, "/chats")
    listed = await desk.says(WANG, "▶")
    assert f"▶ {second.number}" in text_of(listed)
    desk.telegram.user_presses(WANG, listed["message_id"], data_of(listed, first.number))
    await desk.telegram.until(lambda: "现在的对话" in str(desk.telegram.calls_of("answercallbackquery")))
    desk.telegram.user_sends(WANG, "还是第一位")
    await desk.says(USER, "还是第一位")


async def test_closing_asks_for_the_reason_and_the_user_for_a_rating(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    desk.telegram.user_sends(WANG, "/close")
    asked = await desk.says(WANG, "怎样结束的")
    assert len(titles(asked)) == len(CloseReason)
    desk.telegram.user_presses(WANG, asked["message_id"], data_of(asked, "已解决"))
    closed = await desk.until_row(row.id, lambda now: now.state == HandoffState.CLOSED)
    assert closed.close_reason == CloseReason.RESOLVED
    await desk.says(WANG, f"{row.number} 结束了（已解决）")
    rating = await desk.shown(USER, lambda message: len(titles(message)) == 5)
    assert data_of(rating, "3 分") == f'/desk_rate{{"n":"{row.number}","s":3}}'
    desk.telegram.user_sends(WANG, "出口退税多久")
    await desk.says(WANG, "答：出口退税多久")


async def test_staff_without_a_chat_ask_the_bot_like_everybody(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    assert await desk.rig.asks(WANG, "一业一证怎么办") == "答：一业一证怎么办"


async def test_what_was_said_while_nobody_was_there_is_shown_after_a_restart_once(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    await desk.says(WANG, "直接发给用户")
    await desk.stop()
    desk.telegram.user_sends(USER, "还在吗")
    desk.telegram.user_sends(WANG, "在的")
    await desk.start()
    await desk.says(WANG, "还在吗")
    await desk.says(USER, "在的")
    await desk.rig.settled(0.4)
    assert len([text for text in desk.texts(WANG) if "还在吗" in text]) == 1
    assert len([text for text in desk.texts(USER) if "在的" in text]) == 1


async def test_a_lost_connection_does_not_lose_a_message(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    await desk.says(WANG, "直接发给用户")
    desk.telegram.drop("sendMessage", 2)
    desk.telegram.user_sends(USER, "断线时说的")
    desk.telegram.user_sends(USER, "后来说的")
    await desk.says(WANG, "后来说的")
    texts = [text for text in desk.texts(WANG) if "说的" in text]
    assert ["断线" in text for text in texts] == [True, False]


async def test_a_user_who_blocked_the_bot_is_told_to_the_owner(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    await desk.says(USER, "来为您服务")
    desk.telegram.user_blocks(USER)
    desk.telegram.user_sends(WANG, "材料齐了")
    await desk.says(WANG, "停用了机器人")


async def test_a_transferred_chat_leaves_and_the_colleague_is_asked(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    li = await desk.hire(LI, "李老师")
    row = await desk.calls()
    await desk.desk.handoffs.claim(row.id, (await desk.row(row.id)).offered_to or 0)
    desk.telegram.user_sends(WANG, "/chats")
    listed = await desk.says(WANG, "您接待的对话")
    desk.telegram.user_presses(WANG, listed["message_id"], data_of(listed, row.number))
    await desk.says(WANG, "直接发给用户")
    desk.telegram.user_sends(USER, "我要问英文材料")
    await desk.says(WANG, "英文材料")
    desk.telegram.user_sends(WANG, "/transfer @李老师 要英文")
    await desk.says(WANG, f"{row.number} 已转出")
    offer = await desk.says(LI, row.number)
    assert titles(offer) == ["接待"]
    await desk.claims(LI, row)
    history = await desk.says(LI, "我要问英文材料")
    assert "要英文" in text_of(history)
    assert (await desk.row(row.id)).owner_id == li
