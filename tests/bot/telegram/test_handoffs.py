"""Handoffs as users on Telegram meet them: files, edits, ratings, cancelling."""

import json

from bot.desk.talk import Attachment
from bot.telegram.files import PREFIX
from qifu.labels import CloseReason, Direction, HandoffState
from tests.bot.telegram.desk_support import USER, WANG, DeskRig
from tests.bot.telegram.support import data_of, titles

NAME = f"telegram:{USER}"


async def test_a_file_while_waiting_is_kept_and_the_caption_answered(desk: DeskRig) -> None:
    await desk.start()
    await desk.hire(WANG, "王老师")
    row = await desk.calls()
    photo = desk.telegram.user_sends_photo(USER)
    await desk.says(USER, "图片收到了")
    desk.telegram.user_sends_document(USER, "这张对吗")
    await desk.says(USER, "答：这张对吗")
    kept = await desk.desk.talk.messages(row.id)
    assert [(m.text, m.attachments[0]["kind"]) for m in kept] == [("", "photo"), ("这张对吗", "document")]
    assert kept[0].attachments[0]["ref"] == PREFIX + photo["photo"][-1]["file_id"]
    assert kept[1].attachments[0] | {"ref": ""} == {
        "kind": "document",
        "ref": "",
        "name": "营业执照.pdf",
        "mime": "application/pdf",
        "size": 1234,
    }
    await desk.claims(WANG, row)
    await desk.shown(WANG, lambda message: "photo" in message)
    await desk.shown(WANG, lambda message: "document" in message)
    held = json.dumps([update.payload for update in desk.rig.inbox.rows.values()])
    assert "photo-" not in held


async def test_without_a_handoff_files_are_refused_as_ever(desk: DeskRig) -> None:
    await desk.start()
    desk.telegram.user_sends_photo(USER)
    await desk.says(USER, "图片还看不了")


async def test_an_album_is_confirmed_once(desk: DeskRig) -> None:
    await desk.start()
    row = await desk.calls()
    for _ in range(3):
        desk.telegram.user_sends_photo(USER, media_group_id="a1")
    await desk.rig.settled()
    assert len([text for text in desk.texts(USER) if "收到了" in text]) == 1
    assert len(await desk.desk.talk.messages(row.id)) == 3


async def test_an_edit_while_waiting_changes_what_staff_will_read(desk: DeskRig) -> None:
    await desk.start()
    row = await desk.calls()
    asked = desk.telegram.user_sends(USER, "五证合一")
    await desk.says(USER, "答：五证合一")
    desk.telegram.user_edits(USER, asked["message_id"], "一业一证")
    await desk.rig.settled()
    assert [m.text for m in await desk.desk.talk.messages(row.id)] == ["一业一证"]
    assert len(desk.texts(USER)) == 1


async def test_cancel_ends_the_wait_or_what_the_dialogue_is_in_the_middle_of(desk: DeskRig) -> None:
    await desk.start()
    row = await desk.calls()
    desk.telegram.user_sends(USER, "/cancel")
    await desk.says(USER, "好的，不等了")
    assert (await desk.row(row.id)).state == HandoffState.CANCELLED
    desk.telegram.user_sends(USER, "/cancel")
    await desk.says(USER, "答：取消")


async def test_a_rating_is_pressed_once(desk: DeskRig) -> None:
    await desk.start()
    wang = await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.desk.handoffs.claim(row.id, wang)
    await desk.desk.handoffs.close(row.id, wang, CloseReason.RESOLVED)
    asked = await desk.shown(USER, lambda message: len(titles(message)) == 5)
    for _ in range(2):
        desk.telegram.user_presses(USER, asked["message_id"], data_of(asked, "4 分"))
    await desk.rig.settled()
    assert [incoming.text for incoming in desk.rig.dialogue.asked] == [f'/desk_rate{{"n":"{row.number}","s":4}}']


async def test_a_staff_message_is_sent_once_though_the_note_of_it_was_lost(desk: DeskRig) -> None:
    await desk.start()
    wang = await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.desk.handoffs.claim(row.id, wang)
    kept = await desk.desk.talk.staff_message(row.id, wang, "材料齐了")
    await desk.says(USER, "材料齐了")
    async with desk.desk.store.work() as work:
        await work.notices.tell_user(NAME, "message", "again", handoff_id=row.id, message=kept.row.id)
    await desk.rig.settled(1.5)
    assert len([text for text in desk.texts(USER) if "材料齐了" in text]) == 1


async def test_a_long_answer_that_was_edited_comes_again_as_a_correction(desk: DeskRig) -> None:
    await desk.start()
    wang = await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.desk.handoffs.claim(row.id, wang)
    kept = await desk.desk.talk.staff_message(row.id, wang, "材料清单。" * 1000)
    await desk.says(USER, "材料清单")
    await desk.until_delivered(Direction.STAFF)
    await desk.desk.talk.edit(kept.row.id, "清单改了。" * 1000, wang)
    await desk.says(USER, "（更正）")
    said = [m.direction for m in await desk.desk.talk.messages(row.id)]
    assert said == [Direction.STAFF]


async def test_files_are_fetched_for_other_channels(desk: DeskRig) -> None:
    await desk.start()
    file = desk.telegram.world.new_file("document", content=b"%PDF-1.7")
    channel = desk.rig.channel
    assert channel is not None
    assert await channel.fetch(PREFIX + file["file_id"]) == b"%PDF-1.7"
    assert await channel.fetch(PREFIX + "gone") is None


async def test_a_file_sent_on_the_web_is_uploaded(desk: DeskRig) -> None:
    desk.files["file:abc"] = b"%PDF-1.7"
    await desk.start()
    wang = await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    await desk.desk.talk.user_message(
        NAME, "", "w1", [Attachment("document", "file:abc", "章程.pdf", "application/pdf")]
    )
    shown = await desk.shown(WANG, lambda message: "document" in message)
    assert shown["document"]["file_name"] == "章程.pdf"
    await desk.desk.talk.staff_message(row.id, wang, "看图", None, [Attachment("photo", "file:gone", "", "image/png")])
    await desk.says(USER, "看图")
    await desk.desk.talk.user_message(NAME, "再看", "w2", [Attachment("photo", "file:gone", "", "image/png")])
    await desk.says(WANG, "1 个文件传不到")


async def test_a_picture_that_telegram_refuses_comes_as_a_document(desk: DeskRig) -> None:
    desk.files["file:wide"] = b"\x89PNG\r\n\x1a\n"
    await desk.start()
    wang = await desk.hire(WANG, "王老师")
    row = await desk.calls()
    await desk.claims(WANG, row)
    picture = Attachment("photo", "file:wide", "样表.png", "image/png")
    guide = Attachment("document", "file:guide", "指南.pdf", "application/pdf")
    desk.files["file:guide"] = b"%PDF-1.7"
    await desk.desk.talk.staff_message(row.id, wang, "照这个填", attachments=[picture, guide])
    assert "photo" in await desk.says(USER, "照这个填")
    sent = await desk.shown(USER, lambda message: "document" in message)
    assert desk.telegram.world.files[sent["document"]["file_id"]]["content"] == b"%PDF-1.7"
    desk.telegram.fail("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS", times=2)  # 王老师 sees it, too
    await desk.desk.talk.staff_message(row.id, wang, "再照这个填", attachments=[picture])
    shown = await desk.says(USER, "再照这个填")
    assert shown["document"]["file_name"] == "样表.png"
    file = desk.telegram.world.files[shown["document"]["file_id"]]
    assert file["content"] == desk.files["file:wide"]


async def test_a_file_goes_into_the_form_that_is_open(desk: DeskRig) -> None:
    await desk.start()
    desk.rig.dialogue.forms[NAME] = []
    desk.telegram.user_sends_photo(USER)
    await desk.says(USER, "共 1 个")
    desk.telegram.user_sends_document(USER, "上海某某公司")
    await desk.says(USER, "答：上海某某公司")
    assert [file["kind"] for file in desk.rig.dialogue.forms[NAME]] == ["photo", "document"]
