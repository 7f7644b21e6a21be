"""In a group qifu speaks only when spoken to."""

import pytest

from bot.telegram.application import ChannelState
from qifu.labels import District
from tests.bot.telegram.support import Rig, titles
from tests.fakes.telegram_world import BOT

GROUP, ANNE, BERT = -100123, 11, 12
NAME = "@qifu_test_bot"


async def test_what_is_not_addressed_to_it_is_left_alone(running: Rig) -> None:
    for text in ("大家好", "/help", "/help@other_bot", "@other_bot 在吗", "qifu_test_bot 在吗", f"mail{NAME}x"):
        running.telegram.user_sends(GROUP, text, user_id=ANNE)
    running.telegram.user_sends_photo(GROUP, user_id=ANNE)
    running.telegram.user_sends(GROUP, new_chat_members=[BOT], user_id=ANNE)
    await running.settled()
    assert running.telegram.sent() == []
    assert running.telegram.calls_of("sendChatAction") == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (f"{NAME} 出口退税多久", "出口退税多久"),
        (f"请问 {NAME.upper()} 出口退税多久", "请问   出口退税多久"),
        (f"/help{NAME}", "/help"),
    ],
)
async def test_a_mention_or_a_command_with_its_name_is_answered(running: Rig, text: str, asked: str) -> None:
    question = running.telegram.user_sends(GROUP, text, user_id=ANNE)
    [answer] = await running.telegram.sent_to(GROUP, 1)
    assert running.dialogue.texts == [asked]
    assert answer["reply_to_message"]["message_id"] == question["message_id"]


async def test_a_mention_by_number_is_answered(running: Rig) -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 2, "user": BOT}
    running.telegram.user_sends(GROUP, "企服 一业一证", user_id=ANNE, entities=[entity])
    await running.telegram.sent_to(GROUP, 1)
    assert running.dialogue.texts == ["一业一证"]


async def test_a_reply_to_its_answer_is_answered(running: Rig) -> None:
    running.telegram.user_sends(GROUP, f"{NAME} 一业一证", user_id=ANNE)
    [answer] = await running.telegram.sent_to(GROUP, 1)
    running.telegram.user_sends(GROUP, "那闵行呢", user_id=ANNE, reply_to=answer["message_id"])
    await running.telegram.sent_to(GROUP, 2)
    assert running.dialogue.texts == ["一业一证", "那闵行呢"]


async def test_a_bare_mention_gets_a_hint(running: Rig) -> None:
    running.telegram.user_sends(GROUP, NAME, user_id=ANNE)
    [hint] = await running.telegram.sent_to(GROUP, 1)
    assert NAME in hint["text"]
    assert running.dialogue.asked == []


async def test_a_picture_with_a_mention_in_its_caption_is_answered(running: Rig) -> None:
    running.telegram.user_sends_photo(GROUP, f"{NAME} 这个怎么办", user_id=ANNE)
    await running.telegram.sent_to(GROUP, 2)
    assert running.dialogue.texts == ["这个怎么办"]


async def test_each_member_has_a_conversation_of_their_own(running: Rig) -> None:
    running.telegram.user_sends(GROUP, f"/district{NAME} minhang", user_id=ANNE)
    running.telegram.user_sends(GROUP, f"/district{NAME} putuo", user_id=BERT)
    await running.telegram.sent_to(GROUP, 2)
    assert running.dialogue.districts == {
        f"telegram:{GROUP}:{ANNE}": District.MINHANG,
        f"telegram:{GROUP}:{BERT}": District.PUTUO,
    }


async def test_only_the_asker_can_press(running: Rig) -> None:
    running.telegram.user_sends(GROUP, f"{NAME} 一业一证", user_id=ANNE)
    [answer] = await running.telegram.sent_to(GROUP, 1)
    running.telegram.user_presses(GROUP, answer["message_id"], "/more", user_id=BERT)
    await running.settled()
    assert running.dialogue.texts == ["一业一证"]
    assert "提问人" in running.telegram.calls_of("answerCallbackQuery")[-1]["text"]
    running.telegram.user_presses(GROUP, answer["message_id"], "/more", user_id=ANNE)
    _, more = await running.telegram.sent_to(GROUP, 2)
    assert running.dialogue.texts == ["一业一证", "/more"]
    running.telegram.user_presses(GROUP, more["message_id"], "/source", user_id=ANNE)
    await running.telegram.sent_to(GROUP, 3)
    assert running.dialogue.asked[-1].conversation_id == f"telegram:{GROUP}:{ANNE}"


async def test_other_bots_and_forwarded_posts_are_left_alone(running: Rig) -> None:
    robot = running.telegram.world.user(77)
    robot["is_bot"] = True
    running.telegram.user_sends(GROUP, f"{NAME} 你好", user_id=77)
    running.telegram.user_sends(GROUP, f"{NAME} 公告", user_id=777000, is_automatic_forward=True)
    await running.settled()
    assert running.telegram.sent() == []


async def test_an_anonymous_admin_is_answered(running: Rig) -> None:
    robot = running.telegram.world.user(1087968824)
    robot["is_bot"] = True
    chat = running.telegram.world.chat(GROUP)
    running.telegram.user_sends(GROUP, f"{NAME} 一业一证", user_id=1087968824, sender_chat=chat)
    [answer] = await running.telegram.sent_to(GROUP, 1)
    running.telegram.user_presses(GROUP, answer["message_id"], "/more", user_id=ANNE)
    await running.telegram.sent_to(GROUP, 2)


async def test_channel_posts_are_left_alone(running: Rig) -> None:
    running.telegram.world.allowed = None  # as if Telegram still sent what was not asked for
    running.telegram.channel_posts(-100999, f"{NAME} 你好")
    await running.settled()
    assert running.telegram.sent() == []
    assert running.inbox.states == ["handled"]


async def test_a_forum_topic_keeps_its_answers(running: Rig) -> None:
    running.telegram.user_sends(GROUP, f"{NAME} 一业一证", user_id=ANNE, message_thread_id=7, is_topic_message=True)
    [answer] = await running.telegram.sent_to(GROUP, 1)
    assert answer["message_thread_id"] == 7


async def test_a_topic_opened_by_the_bot_is_no_conversation_with_it(running: Rig) -> None:
    running.telegram.world.message(GROUP, BOT, forum_topic_created={"name": "企服", "icon_color": 7322096})
    running.telegram.user_sends(GROUP, "大家好", user_id=ANNE, reply_to=1, message_thread_id=1, is_topic_message=True)
    await running.settled()
    assert running.dialogue.asked == []


async def test_a_group_sees_the_typing_sign_only_if_it_takes_long(running: Rig) -> None:
    running.telegram.user_sends(GROUP, f"{NAME} 快", user_id=ANNE)
    await running.telegram.sent_to(GROUP, 1)
    assert running.telegram.calls_of("sendChatAction") == []
    running.dialogue.hold.clear()
    running.telegram.user_sends(GROUP, f"{NAME} 慢", user_id=ANNE)
    await running.telegram.until(lambda: running.telegram.calls_of("sendChatAction"))
    running.dialogue.hold.set()
    await running.telegram.sent_to(GROUP, 2)


@pytest.mark.parametrize("told", [True, False])
async def test_a_group_that_became_a_supergroup_gets_its_answers_there(running: Rig, told: bool) -> None:
    running.dialogue.hold.clear()
    running.telegram.user_sends(-55, f"{NAME} 一业一证", user_id=ANNE)
    await running.telegram.until(lambda: running.dialogue.asked)
    running.telegram.group_migrates(-55, -10055, told=told)
    running.dialogue.hold.set()
    [answer] = await running.telegram.sent_to(-10055, 1)
    assert answer["text"] == "答：一业一证"
    assert titles(answer)
    assert running.channel is not None
    assert running.channel.state == ChannelState.RUNNING
