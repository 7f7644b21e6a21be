"""What people write and what they get, over HTTP between python-telegram-bot and the fake."""

import asyncio
from typing import Any

import pytest

from bot.dialogue.turn import Incoming, Reply
from qifu.labels import Channel, District, Language
from tests.bot.telegram.support import ANSWER_BUTTONS, MENU, Rig, blocks, titles

USER = 1001


async def test_a_question_is_answered_with_its_buttons(running: Rig) -> None:
    running.telegram.user_sends(USER, "出口退税多久到账")
    [answer] = await running.telegram.sent_to(USER, 1)
    assert answer["text"] == "答：出口退税多久到账"
    assert titles(answer) == ["更多", "依据", "人工", "👍", "👎"]


async def test_the_dialogue_gets_channel_conversation_and_a_message_id(running: Rig) -> None:
    await running.asks(USER, "你好")
    [asked] = running.dialogue.asked
    assert (asked.channel, asked.conversation_id, asked.is_payload) == (Channel.TELEGRAM, f"telegram:{USER}", False)
    assert asked.message_id == f"tg:{USER}:1"


async def test_what_was_sent_is_noted_as_delivered(running: Rig) -> None:
    await running.asks(USER, "你好")
    await running.settled()
    assert running.dialogue.delivered == [1]
    assert running.inbox.states == ["handled"]


async def test_blocks_arrive_formatted(running: Rig) -> None:
    running.dialogue.script = lambda _: blocks(("lead", "可以"), ("quote", "1天办结。"), ("citation", "方案"))
    running.telegram.user_sends(USER, "多久")
    [answer] = await running.telegram.sent_to(USER, 1)
    assert answer["text"] == "可以\n1天办结。\n方案"
    assert [entity["type"] for entity in answer["entities"]] == ["bold", "blockquote", "italic"]


@pytest.mark.parametrize("text", ["<script>&", "a < b && c > d", "&lt;b&gt;", "<b>没有结尾", "'\"`_*[]()~"])
async def test_markup_from_a_user_comes_back_as_text(running: Rig, text: str) -> None:
    assert await running.asks(USER, text) == f"答：{text}"
    assert len(running.telegram.calls_of("sendMessage")) == 1


async def test_no_link_is_previewed(running: Rig) -> None:
    await running.asks(USER, "https://example.org")
    [call] = running.telegram.calls_of("sendMessage")
    assert '"is_disabled":true' in call["link_preview_options"].replace(" ", "")


async def test_a_long_answer_comes_in_pieces_with_buttons_below_the_last(running: Rig) -> None:
    long = "这是一句二十个字左右的话，用来凑够长度。" * 500
    running.dialogue.script = lambda _: Reply(long, ANSWER_BUTTONS)
    running.telegram.user_sends(USER, "全部")
    answers = await running.telegram.sent_to(USER, 3)
    assert "".join(answer["text"] for answer in answers) == long
    assert all(answer["text"].endswith("。") for answer in answers)
    assert [bool(titles(answer)) for answer in answers] == [False, False, True]


async def test_html_that_telegram_refuses_is_sent_as_plain_text(running: Rig) -> None:
    running.telegram.fail("sendMessage", 400, "Bad Request: can't parse entities: Unsupported start tag")
    assert await running.asks(USER, "一业一证") == "答：一业一证"
    assert [call.get("parse_mode") for call in running.telegram.calls_of("sendMessage")] == ["HTML", None]


async def test_the_typing_sign_shows_while_an_answer_takes_long(running: Rig) -> None:
    running.dialogue.hold.clear()
    running.telegram.user_sends(USER, "难题")
    await running.telegram.until(lambda: len(running.telegram.calls_of("sendChatAction")) >= 2)
    running.dialogue.hold.set()
    await running.telegram.sent_to(USER, 1)
    assert {call["action"] for call in running.telegram.calls_of("sendChatAction")} == {"typing"}


async def test_a_typing_sign_that_fails_costs_nothing(running: Rig) -> None:
    running.telegram.fail("sendChatAction", 500, "Internal Server Error", times=9)
    assert await running.asks(USER, "你好") == "答：你好"


@pytest.mark.parametrize(
    ("command", "payload"),
    [
        ("/help", "/help"),
        ("/human", "/handoff"),
        ("/appeal", "/appeal"),
        ("/status", "/appeal_status"),
        ("/lang", "/switch_language"),
        ("/HELP", "/help"),
        ("/help@qifu_test_bot", "/help"),
    ],
)
async def test_a_command_goes_to_the_dialogue_as_a_payload(running: Rig, command: str, payload: str) -> None:
    await running.asks(USER, command)
    assert [(asked.text, asked.is_payload) for asked in running.dialogue.asked] == [(payload, True)]


async def test_a_typed_slash_is_no_payload(running: Rig) -> None:
    running.telegram.user_sends(USER, "/ handoff", entities=[])
    await running.telegram.sent_to(USER, 1)
    assert [asked.is_payload for asked in running.dialogue.asked] == [False]


async def test_an_unknown_command_gets_a_hint(running: Rig) -> None:
    assert "没有这个命令" in await running.asks(USER, "/fly")
    assert running.dialogue.asked == []


async def test_start_greets(running: Rig) -> None:
    assert await running.asks(USER, "/start") == "您好，我是企服。"
    assert running.dialogue.opened == [(f"telegram:{USER}", Language.ZH)]


async def test_a_deep_link_sets_the_district_first(running: Rig) -> None:
    running.telegram.user_sends(USER, "/start minhang")
    chosen, greeting = await running.telegram.sent_to(USER, 2)
    assert "闵行区" in chosen["text"]
    assert greeting["text"] == "您好，我是企服。"
    assert running.dialogue.districts == {f"telegram:{USER}": District.MINHANG}


async def test_a_deep_link_to_nowhere_only_greets(running: Rig) -> None:
    assert await running.asks(USER, "/start <b>atlantis") == "您好，我是企服。"
    assert running.dialogue.districts == {}


async def test_district_offers_all_and_a_press_sets_one(running: Rig) -> None:
    running.telegram.user_sends(USER, "/district")
    [asked] = await running.telegram.sent_to(USER, 1)
    assert titles(asked) == ["长宁区", "闵行区", "普陀区", "全市"]
    running.telegram.user_presses(USER, asked["message_id"], "district:putuo")
    asked, chosen = await running.telegram.sent_to(USER, 2)
    assert "普陀区" in chosen["text"]
    assert titles(asked) == ["✓ 普陀区"]
    assert running.dialogue.districts == {f"telegram:{USER}": District.PUTUO}


async def test_privacy_says_how_long(rig: Rig) -> None:
    await rig.start(keep_days=77)
    said = await rig.asks(USER, "/privacy")
    assert "77 天" in said
    assert "掩码" in said
    assert "/human" in said


async def test_an_english_client_gets_english(running: Rig) -> None:
    running.telegram.speaks(USER, "en")
    assert "What is stored" in await running.asks(USER, "/privacy")
    await running.asks(USER, "/start")
    assert running.dialogue.opened == [(f"telegram:{USER}", Language.EN)]


async def test_the_menu_is_in_two_languages(running: Rig) -> None:
    commands = running.telegram.world.commands
    await running.telegram.until(lambda: len(commands) == 3)
    names = {language: [command["command"] for command in menu] for (_, language), menu in commands.items()}
    assert names[""] == names["zh"] == names["en"] == MENU
    described = {language: menu[2]["description"] for (_, language), menu in commands.items()}
    assert described == {"": "选择所在的区", "zh": "选择所在的区", "en": "Choose your district"}


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        ("photo", "图片"),
        ("voice", "语音"),
        ("sticker", "贴纸"),
        ("document", "文件"),
        ("location", "位置"),
        ("contact", "名片"),
    ],
)
async def test_what_is_not_text_gets_an_honest_line(running: Rig, kind: str, called: str) -> None:
    getattr(running.telegram, f"user_sends_{kind}")(USER)
    [said] = await running.telegram.sent_to(USER, 1)
    assert f"{called}还看不了" in said["text"]
    assert running.dialogue.asked == []


async def test_kinds_telegram_may_invent_get_a_line_too(running: Rig) -> None:
    running.telegram.user_sends(USER, dice={"emoji": "🎲", "value": 3})
    [said] = await running.telegram.sent_to(USER, 1)
    assert "这类消息还看不了" in said["text"]


async def test_a_caption_is_read_as_the_question(running: Rig) -> None:
    running.telegram.user_sends_photo(USER, "这个怎么办")
    note, answer = await running.telegram.sent_to(USER, 2)
    assert "先按您附的文字回答" in note["text"]
    assert answer["text"] == "答：这个怎么办"


async def test_an_album_gets_one_line(running: Rig) -> None:
    for _ in range(4):
        running.telegram.user_sends_photo(USER, media_group_id="13")
    await running.settled()
    assert len(running.telegram.sent(USER)) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": USER, "type": "private"}}},
        {"new_chat_title": "新名"},
    ],
)
async def test_service_messages_are_left_alone(running: Rig, content: dict[str, Any]) -> None:
    running.telegram.user_sends(USER, **content)
    await running.settled()
    assert running.telegram.sent() == []
    assert running.inbox.states == ["handled"]


async def test_an_edit_of_the_last_question_is_answered_once(running: Rig) -> None:
    question = running.telegram.user_sends(USER, "出口退水")
    await running.telegram.sent_to(USER, 1)
    running.telegram.user_edits(USER, question["message_id"], "出口退税")
    sent = await running.telegram.sent_to(USER, 3)
    assert [message["text"] for message in sent[1:]] == ["已收到修改，按新的内容回答：", "答：出口退税"]
    running.telegram.user_edits(USER, question["message_id"], "出口退税多久")
    await running.settled()
    assert running.dialogue.texts == ["出口退水", "出口退税"]


async def test_an_edit_of_an_older_question_is_left(running: Rig) -> None:
    question = running.telegram.user_sends(USER, "第一问")
    await running.telegram.sent_to(USER, 1)
    await running.asks(USER, "第二问")
    running.telegram.user_edits(USER, question["message_id"], "改了的第一问")
    await running.settled()
    assert running.dialogue.texts == ["第一问", "第二问"]
    assert len(running.telegram.sent(USER)) == 2


async def test_an_edit_that_changes_nothing_is_left(running: Rig) -> None:
    question = running.telegram.user_sends(USER, "看 https://example.org")
    await running.telegram.sent_to(USER, 1)
    running.telegram.user_edits(USER, question["message_id"], "看 https://example.org")
    await running.settled()
    assert len(running.telegram.sent(USER)) == 1


async def test_an_edit_soon_after_a_restart_is_answered(rig: Rig) -> None:
    await rig.start()
    question = rig.telegram.user_sends(USER, "出口退水")
    await rig.telegram.sent_to(USER, 1)
    await rig.stop()
    await rig.start()
    rig.telegram.user_edits(USER, question["message_id"], "出口退税")
    await rig.telegram.sent_to(USER, 3)
    assert rig.dialogue.texts == ["出口退水", "出口退税"]


async def test_messages_of_a_chat_are_answered_in_order(running: Rig) -> None:
    for number in range(12):
        running.telegram.user_sends(USER, f"第{number}问")
    answers = await running.telegram.sent_to(USER, 12)
    assert [answer["text"] for answer in answers] == [f"答：第{number}问" for number in range(12)]


async def test_one_slow_chat_does_not_hold_up_another(running: Rig) -> None:
    running.dialogue.hold.clear()
    running.telegram.user_sends(USER, "慢")
    await running.telegram.until(lambda: running.dialogue.asked)
    running.telegram.user_sends(2002, "/privacy")
    await running.telegram.sent_to(2002, 1)
    assert running.telegram.sent(USER) == []
    running.dialogue.hold.set()
    await running.telegram.sent_to(USER, 1)


async def test_an_answer_that_had_to_wait_follows_its_note(running: Rig) -> None:
    running.dialogue.away = True
    assert "恢复" in await running.asks(USER, "早")
    assert running.dialogue.delivered == []
    running.dialogue.away = False
    late = await running.dialogue.handle(running.dialogue.asked[0])
    assert running.channel is not None
    for conversation in (f"telegram:{USER}", f"telegram:{USER}", "web:abc"):
        await running.channel.deliver(conversation, late)
    assert [message["text"] for message in await running.telegram.sent_to(USER, 2)][1:] == ["答：早"]
    await asyncio.sleep(0.05)
    assert len(running.telegram.sent()) == 2
    assert running.dialogue.delivered == [1]


async def test_an_answer_found_twice_after_a_crash_is_sent_once(rig: Rig) -> None:
    rig.telegram.user_sends(USER, "早")
    message_id = f"tg:{USER}:1"
    found = await rig.dialogue.handle(Incoming(f"telegram:{USER}", Channel.TELEGRAM, message_id, "早"))
    channel = await rig.start()
    await channel.deliver(f"telegram:{USER}", found)
    await rig.settled()
    assert [message["text"] for message in rig.telegram.sent()] == ["答：早"]


async def test_an_answer_that_could_not_be_sent_may_be_sent_later(running: Rig) -> None:
    await running.asks(USER, "早")
    later = await running.dialogue.handle(Incoming(f"telegram:{USER}", Channel.TELEGRAM, "x", "晚"))
    assert running.channel is not None
    running.telegram.fail("sendMessage", 400, "Bad Request: chat not found")
    await running.channel.deliver(f"telegram:{USER}", later)
    await running.telegram.until(lambda: len(running.telegram.calls_of("sendMessage")) == 2)
    await asyncio.sleep(0.05)
    await running.channel.deliver(f"telegram:{USER}", later)
    await running.telegram.sent_to(USER, 2)


async def test_a_reply_of_nothing_visible_sends_nothing(running: Rig) -> None:
    running.dialogue.script = lambda _: Reply(" \u200b ")
    running.telegram.user_sends(USER, "?")
    await running.settled()
    assert running.telegram.sent() == []
    assert running.inbox.states == ["handled"]
