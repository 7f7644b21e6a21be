"""Real questions through the HTTP API, real Rasa and the real plans."""

import asyncio

import pytest

from tests.service.support import Served, said

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

FORGED = ["/back", "/session_start", "/action_listen", "/taxes", "/choose{bad", '/choose{"m":["a"]}', "/restart{}", "/"]
STRANGE = [
    "?", "税", "😀", "<script>alert(1)</script>", "'; DROP TABLE turns; --", "/restart", '／choose{"m":"a"}',
    "税" * 10_000, "\u200b\u202e退税", "ضريبة", "วีซ่า", "налог", "a" * 3000, "\n\n退\n税\n", "{{ 7 * 7 }}", "0",
    "12366", "退\x00税",
]  # fmt: skip


async def test_a_refund_takes_three_days_and_the_source_is_a_draft(served: Served) -> None:
    turn = await (await served.talk()).asks("出口退税几天")
    assert (turn["outcome"], turn["topic"]) == ("answered", "taxes")
    assert "3个工作日" in said(turn)
    assert "征求意见稿" in said(turn)
    assert "minhang-2023/7#5" in turn["points"]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("小公司不想干了怎么注销快一点", "registration"),
        ("外国人工作许可去哪办", "foreign_services"),
        ("人才公寓怎么申请", "talent"),
        ("商事调解去哪里申请", "disputes"),
        ("How long does an export tax refund take?", "taxes"),
    ],
)
async def test_a_question_finds_its_topic(served: Served, question: str, topic: str) -> None:
    turn = await (await served.talk()).asks(question)
    assert (turn["outcome"], turn["topic"]) == ("answered", topic)
    assert turn["points"]
    assert turn["replies"][0]["buttons"]


async def test_a_conversation_leans_on_what_was_said(served: Served) -> None:
    talk = await served.talk()
    await talk.asks("出口退税几天")
    assert (await talk.asks("依据是什么"))["act"] == "source"
    assert (await talk.asks("找谁"))["contacts"]
    assert (await talk.asks("谢谢"))["outcome"] == "act"


async def test_a_district_is_remembered(served: Served) -> None:
    talk = await served.talk()
    turn = await talk.asks("我公司在闵行")
    assert (turn["outcome"], turn["act"]) == ("act", "set_district")
    turn = await talk.asks("出口退税几天")
    assert turn["points"][0].startswith("minhang-2023/")


@pytest.mark.parametrize("text", ["今晚吃什么好", "帮我写一首诗", "北京的公积金怎么提取"])
async def test_what_is_none_of_ours_is_turned_away(served: Served, text: str) -> None:
    turn = await (await served.talk()).asks(text)
    assert (turn["outcome"], turn["points"]) == ("out_of_scope", [])


async def test_buttons_work_over_the_api(served: Served) -> None:
    talk = await served.talk()
    turn = await talk.asks("出口退税几天")
    payloads = {button["title"]: button["payload"] for button in turn["replies"][0]["buttons"]}
    assert (await talk.presses(payloads["依据"]))["act"] == "source"
    assert (await talk.presses(payloads["👍"]))["act"] == "feedback_up"
    assert (await talk.presses(payloads["人工"]))["outcome"] == "handoff"


async def test_a_forged_payload_gets_a_reply_and_nothing_waits(served: Served) -> None:
    talk = await served.talk()
    turns = {payload: await talk.presses(payload) for payload in FORGED}
    assert {payload: turn for payload, turn in turns.items() if turn["pending"] or not said(turn)} == {}


@pytest.mark.parametrize("texts", [STRANGE[::2], STRANGE[1::2]])
async def test_whatever_is_typed_gets_a_reply_and_nothing_waits(served: Served, texts: list[str]) -> None:
    talk = await served.talk()
    turns = {text: await talk.asks(text) for text in texts}
    assert {text: turn for text, turn in turns.items() if turn["pending"] or not said(turn)} == {}


async def test_a_typed_restart_is_no_button(served: Served) -> None:
    talk = await served.talk()
    await talk.asks("我公司在闵行")
    await talk.asks('/choose{"m":"taxes/export_refund"}')
    assert (await talk.asks("出口退税几天"))["points"][0].startswith("minhang-2023/")


async def test_people_who_ask_at_once_get_each_their_own_answer(served: Served) -> None:
    talks = await asyncio.gather(*(served.talk() for _ in range(4)))
    questions = ["出口退税几天", "人才公寓怎么申请", "今晚吃什么好", "谢谢"]
    turns = await asyncio.gather(*(talk.asks(question) for talk, question in zip(talks, questions, strict=True)))
    assert [turn["text"] for turn in turns] == questions
    assert [turn["outcome"] for turn in turns] == ["answered", "answered", "out_of_scope", "act"]


async def test_the_service_says_that_it_is_well(served: Served) -> None:
    health = await served.health()
    assert health["status"] == "ok"
    assert health["parts"]["rasa"]["alive"]
