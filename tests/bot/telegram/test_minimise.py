"""Of an update only what is needed is kept."""

import json
from typing import Any

from telegram import Bot, Update

from bot.telegram.minimise import minimise
from tests.bot.telegram.support import Rig
from tests.fakes.telegram_people import People
from tests.fakes.telegram_world import World

USER = 1001
PRIVATE = (
    "小明",
    "user_1001",
    "张三",
    "13800138000",
    "31.02",
    "121.43",
    "企业群",
    "photo-2",
    "document-3",
    "营业执照",
    "别人的话",
)


def people() -> tuple[World, People]:
    world = World()
    return world, People(world)


def kept(world: World) -> list[dict[str, Any]]:
    return [minimise(update) for update in world.pending]


async def test_names_places_files_and_the_words_of_others_are_not_kept() -> None:
    world, users = people()
    users.user_sends_contact(USER)
    users.user_sends_location(USER)
    users.user_sends_photo(USER, "这个怎么办")
    users.user_sends_document(USER)
    other = users.user_sends(-100, "别人的话", user_id=5)
    world.pending.pop()
    users.user_sends(-100, "@qifu_test_bot 你看呢", user_id=USER, reply_to=other["message_id"])
    text = json.dumps(kept(world), ensure_ascii=False)
    assert not [word for word in PRIVATE if word in text]
    assert "这个怎么办" in text
    assert "你看呢" in text


async def test_what_is_kept_is_still_an_update_for_the_library() -> None:
    world, users = people()
    users.user_sends_contact(USER)
    users.user_sends_location(USER)
    users.user_sends_photo(USER)
    users.user_sends_voice(USER)
    users.user_sends_sticker(USER)
    users.user_sends_document(USER)
    users.user_sends(USER, venue={"location": {"latitude": 1.0, "longitude": 2.0}, "title": "所", "address": "路"})
    users.user_blocks(USER)
    for payload in kept(world):
        update = Update.de_json(payload, Bot("1:A"))
        assert update.my_chat_member or (update.message and update.message.effective_attachment)


async def test_the_inbox_holds_the_minimised_update(running: Rig) -> None:
    await running.asks(USER, "你好")
    [row] = running.inbox.rows.values()
    assert row.payload["message"]["text"] == "你好"
    assert "小明" not in json.dumps(row.payload, ensure_ascii=False)


async def test_what_names_a_file_is_kept_only_until_the_update_is_handled(running: Rig) -> None:
    running.dialogue.hold.clear()
    running.telegram.user_sends_document(USER, "这份材料对吗")
    await running.telegram.until(lambda: running.dialogue.asked)
    [row] = running.inbox.rows.values()
    assert row.payload["message"]["document"]["file_id"] == "document-1"
    assert row.payload["message"]["document"]["file_name"] == "营业执照.pdf"
    running.dialogue.hold.set()
    await running.settled()
    assert "document-1" not in json.dumps(row.payload)
    assert "营业执照" not in json.dumps(row.payload, ensure_ascii=False)
    assert row.payload["message"]["caption"] == "这份材料对吗"
