"""Greetings, thanks, help and the like end as acts, with buttons that lead on."""

import pytest

from qifu.labels import Act, Outcome, Topic
from tests.actions import knowledge as k
from tests.actions.talk import Talk, said, titles


async def test_a_greeting_offers_topics_to_start_from(talk: Talk) -> None:
    turn = await talk.says("你好")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.GREET)
    assert titles(turn)[:3] == ["企业登记", "许可准营", "税费办理"]


async def test_help_offers_every_topic(talk: Talk) -> None:
    turn = await talk.says("你会什么")
    payloads = [button.payload for reply in turn.replies for button in reply.buttons]
    assert payloads == [f'/choose{{"m":"{topic}"}}' for topic in talk.services.topics]
    assert len(payloads) == len(Topic)


@pytest.mark.parametrize(
    ("words", "act", "buttons"),
    [
        ("谢谢", Act.THANKS, []),
        ("再见", Act.GOODBYE, []),
        ("你是机器人吗", Act.BOT_CHALLENGE, ["人工"]),
        ("好的", Act.AFFIRM, []),
        ("不用了", Act.DENY, []),
    ],
)
async def test_small_talk_ends_as_an_act(talk: Talk, words: str, act: Act, buttons: list[str]) -> None:
    turn = await talk.says(words)
    assert (turn.outcome, turn.act, turn.points, titles(turn)) == (Outcome.ACT, act, (), buttons)
    assert said(turn)


async def test_small_talk_in_between_keeps_the_answer_at_hand(talk: Talk) -> None:
    await talk.says("出口退税几天")
    await talk.says("谢谢")
    assert (await talk.says("依据呢")).matter == k.REFUND


@pytest.mark.parametrize("act", list(Act))
async def test_every_act_can_be_pressed_as_a_button_in_a_new_conversation(talk: Talk, act: Act) -> None:
    turn = await talk.sends(f"/{act}")
    assert turn.outcome in (Outcome.ACT, Outcome.FORM, Outcome.HANDOFF)
    assert turn.act == act
    assert said(turn)
