"""A message that asks several questions gets an answer to each; a long answer comes in several messages."""

import pytest

from actions.answering import Answerer
from actions.compose import MOST_CHARACTERS, pack
from actions.knowledge.ranking import Candidate
from actions.replying import Found
from actions.situation import Situation
from actions.state import DialogueState
from actions.understanding import read_parse
from bot.dialogue.turn import Block, Button
from qifu.labels import Language, Outcome
from tests.actions import knowledge as k
from tests.actions.talk import Talk, blocks, said, titles

TWO = "出口退税要几天，人才公寓有多少套"
FLAT_POINT = f"{k.YEAR}/2.3.1#1"


async def test_each_question_gets_a_lead_quotations_and_their_source(talk: Talk) -> None:
    turn = await talk.says(TWO)
    assert (turn.outcome, turn.topic, turn.matter) == (Outcome.ANSWERED, "taxes", k.REFUND)
    assert blocks(turn, "lead") == ["1. 关于出口退税：", "2. 关于人才公寓（普陀区）："]
    assert turn.points[0].startswith((k.CITY, k.DRAFT))
    assert FLAT_POINT in turn.points
    points = talk.services.knowledge.points
    assert blocks(turn, "quote") == [f"“{points[point].text}”" for point in turn.points]
    assert len(blocks(turn, "citation")) >= 2


async def test_the_answers_stand_in_the_order_of_the_questions(talk: Talk) -> None:
    turn = await talk.says("人才公寓有多少套？另外出口退税要几天")
    assert blocks(turn, "lead") == ["1. 关于人才公寓（普陀区）：", "2. 关于出口退税："]
    assert turn.points[0] == FLAT_POINT


async def test_an_english_message_gets_english_leads(talk: Talk) -> None:
    turn = await talk.says("How long does a refund take? How can I deregister?")
    assert blocks(turn, "lead")[0].startswith("1. On Export tax refund")
    assert blocks(turn, "lead")[1].startswith("2. On Simple deregistration")


async def test_a_question_of_the_same_matter_is_no_second_answer(talk: Talk) -> None:
    turn = await talk.says("出口退税要几天，退税材料怎么交")
    assert not any(lead.startswith("1.") for lead in blocks(turn, "lead"))


@pytest.mark.parametrize("other", ["明天天气怎么样", "这事模糊怎么办"])
async def test_what_is_plainly_about_nothing_is_no_second_answer(talk: Talk, other: str) -> None:
    turn = await talk.says(f"出口退税要几天，{other}")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.REFUND)
    assert not any(lead.startswith("1.") for lead in blocks(turn, "lead"))


async def test_a_district_named_once_is_meant_for_both_questions(talk: Talk) -> None:
    turn = await talk.says("闵行出口退税几天，人才公寓有多少套")
    assert turn.points[0].startswith(k.DRAFT)
    [note] = [note for note in blocks(turn, "note") if note.startswith("闵行区")]
    assert "普陀区" in note


async def test_each_question_may_name_its_own_district(talk: Talk) -> None:
    turn = await talk.says("闵行出口退税几天，长宁简易注销怎么办")
    plans = [point.split("/")[0] for point in turn.points]
    assert plans[0] == k.DRAFT
    assert k.IN_FORCE in plans


async def test_a_district_without_a_plan_is_told_so_with_each_answer(talk: Talk) -> None:
    turn = await talk.says("浦东出口退税要几天，简易注销怎么办")
    assert {point.split("/")[0] for point in turn.points} == {k.CITY}
    assert sum(note.count("浦东新区") for note in blocks(turn, "note")) == 2


async def test_questions_on_another_city_are_turned_away(talk: Talk) -> None:
    turn = await talk.says("杭州出口退税要几天，简易注销怎么办")
    assert (turn.outcome, turn.points) == (Outcome.OUT_OF_SCOPE, ())
    assert "杭州" in said(turn)


async def test_only_the_question_on_shanghai_is_answered(talk: Talk) -> None:
    turn = await talk.says("杭州出口退税要几天，普陀的公寓有多少套")
    assert turn.outcome is not Outcome.ERROR
    assert not any(lead.startswith("1.") for lead in blocks(turn, "lead"))


async def test_a_question_for_somebody_brings_those_responsible(talk: Talk) -> None:
    turn = await talk.says("出口退税要几天，人才公寓归谁管")
    assert "putuo_hrss" in turn.contacts
    assert "区人社局" in blocks(turn, "contact")[0]


async def test_of_three_questions_each_gets_one_sentence(talk: Talk) -> None:
    turn = await talk.says("出口退税要几天，人才公寓有多少套，简易注销怎么办")
    assert len(blocks(turn, "lead")) == len(turn.points) == 3


async def test_more_brings_nothing_twice(talk: Talk) -> None:
    turn = await talk.says("出口退税要几天，简易注销怎么办")
    seen = list(turn.points)
    while "更多" in titles(turn):
        turn = await talk.presses("更多")
        seen += turn.points
    assert len(seen) > 4
    assert len(seen) == len(set(seen))


async def test_the_source_names_the_documents_of_all_answers(talk: Talk) -> None:
    answer = await talk.says(TWO)
    turn = await talk.says("依据")
    assert turn.points == answer.points
    assert "普陀区2022年工作方案" in said(turn)


async def test_the_last_question_is_the_one_asked_again_elsewhere(talk: Talk) -> None:
    await talk.says("人才公寓有多少套，出口退税要几天")
    turn = await talk.says("那闵行呢")
    assert (turn.matter, turn.points[0].split("/")[0]) == (k.REFUND, k.DRAFT)


async def test_an_answer_to_a_question_asked_back_is_read_whole(talk: Talk) -> None:
    await talk.says("注销")
    turn = await talk.says("普通注销怎么办，人才公寓有多少套")
    assert turn.matter == k.ORDINARY
    assert not any(lead.startswith("1.") for lead in blocks(turn, "lead"))


def test_a_question_that_no_plan_answers_is_named_behind_the_answers(talk: Talk) -> None:
    replies = Answerer(talk.services).replies
    situation = Situation("web:1", read_parse({}), DialogueState(), Language.ZH, TWO)
    parts = [
        Found("退税几天", [Candidate(f"{k.CITY}/3.2#1", k.REFUND, 1.0)], []),
        Found("公寓几套", [Candidate(FLAT_POINT, k.FLAT, 1.0)], []),
        Found("印花税怎么算", [], []),
    ]
    result = replies.several(situation, parts)
    left = [block.text for reply in result.replies for block in reply.blocks if "印花税怎么算" in block.text]
    assert left == ["“印花税怎么算”这一问，方案里没有直接写到，可以问下面的热线，或点“人工”。"]
    assert situation.state.last.question == "公寓几套"


def test_a_sentence_that_answers_two_questions_is_quoted_once(talk: Talk) -> None:
    replies = Answerer(talk.services).replies
    situation = Situation("web:1", read_parse({}), DialogueState(), Language.ZH, TWO)
    both, second = f"{k.CITY}/3.2#1", f"{k.CITY}/3.2#2"
    parts = [
        Found("退税几天", [Candidate(both, k.REFUND, 1.0)], []),
        Found("公寓几套", [Candidate(FLAT_POINT, k.FLAT, 1.0), Candidate(both, k.REFUND, 0.9)], []),
        Found("退税多久", [Candidate(both, k.REFUND, 1.0), Candidate(second, k.REFUND, 0.9)], []),
    ]
    result = replies.several(situation, parts)
    assert result.points == (both, FLAT_POINT)
    leads = [block.text for reply in result.replies for block in reply.blocks if block.kind == "lead"]
    assert [lead[:2] for lead in leads] == ["1.", "2."]


BUTTON = Button("更多", "/more")


def test_what_fits_is_one_message_with_its_buttons() -> None:
    [message] = pack([Block("lead", "a" * 400), Block("quote", "b" * 499)], [BUTTON])
    assert (len(message.text), message.buttons) == (MOST_CHARACTERS, (BUTTON,))


def test_a_longer_answer_is_cut_between_blocks_and_ends_with_the_buttons() -> None:
    written = [Block("lead", "a" * 399), Block("quote", "b" * 500), Block("translation", "c" * 400)]
    first, second = pack(written, [BUTTON])
    assert (first.blocks, second.blocks) == ((written[0], written[1]), (written[2],))
    assert (first.buttons, second.buttons) == ((), (BUTTON,))


def test_a_rendering_longer_than_a_message_is_cut_between_words_and_loses_none() -> None:
    words = " ".join(["refund"] * 300)
    messages = pack([Block("translation", words)])
    assert all(len(message.text) <= MOST_CHARACTERS for message in messages)
    assert " ".join(message.text for message in messages) == words


def test_a_rendering_that_can_be_cut_nowhere_is_cut_anywhere() -> None:
    text = "; " + "税" * 2000
    messages = pack([Block("translation", text)])
    assert all(message.text and len(message.text) <= MOST_CHARACTERS for message in messages)
    assert "".join(message.text for message in messages) == text.replace("; ", ";")


def test_a_quotation_is_never_cut() -> None:
    quote = Block("quote", "税" * (MOST_CHARACTERS + 100))
    messages = pack([Block("lead", "a"), quote, Block("citation", "b")])
    assert [message.blocks for message in messages] == [(Block("lead", "a"),), (quote,), (Block("citation", "b"),)]
