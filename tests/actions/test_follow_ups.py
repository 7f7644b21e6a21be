"""更多, 依据 and 找谁 rest on the last answer, and say so where there is none."""

import pytest

from qifu.labels import Act, Language, Outcome
from tests.actions import knowledge as k
from tests.actions.talk import CONVERSATION, Talk, blocks, said, titles


@pytest.mark.parametrize(
    ("words", "act"), [("还有吗", Act.MORE), ("依据呢", Act.SOURCE), ("找谁", Act.CONTACT_FOLLOWUP)]
)
async def test_before_any_answer_a_follow_up_asks_for_a_question(talk: Talk, words: str, act: Act) -> None:
    turn = await talk.says(words)
    assert (turn.outcome, turn.act, turn.points) == (Outcome.ACT, act, ())
    assert said(turn) == talk.services.wording.say("nothing_before", Language.ZH)


@pytest.mark.parametrize("payload", ["/more", "/source", "/contact_followup"])
async def test_an_old_button_in_a_new_conversation_does_no_harm(talk: Talk, payload: str) -> None:
    assert (await talk.sends(payload)).outcome is Outcome.ACT


async def test_more_brings_each_other_point_once_and_then_says_that_was_all(talk: Talk) -> None:
    turn = await talk.says("关掉公司怎么办")
    seen = list(turn.points)
    while "更多" in titles(turn):
        turn = await talk.presses("更多")
        assert (turn.outcome, turn.act, turn.matter) == (Outcome.ACT, Act.MORE, k.DEREGISTER)
        seen += turn.points
    assert len(seen) == len(set(seen))
    assert set(seen) >= set(talk.services.knowledge.matters[k.DEREGISTER].points)
    last = await talk.says("还有吗")
    assert last.points == ()
    assert titles(last) == ["人工"]


async def test_the_source_names_every_document_quoted_with_issuer_number_and_date(talk: Talk) -> None:
    answer = await talk.says("闵行出口退税几天")
    turn = await talk.presses("依据")
    assert (turn.act, turn.points) == (Act.SOURCE, answer.points)
    draft, city = blocks(turn, "citation")
    assert "区发展改革委" in draft
    assert "征求意见稿" in draft
    for part in ("市政府办公厅", "沪府办发〔2024〕1号", "2024-01-13"):
        assert part in city
    assert "（六） 优化税费服务" in said(turn)


@pytest.mark.parametrize("question", ["公寓怎么申请", "外国人来工作怎么办", "普通注销怎么办"])
async def test_the_source_of_a_plan_of_any_status_can_be_told(talk: Talk, question: str) -> None:
    answer = await talk.says(question)
    turn = await talk.presses("依据")
    title = talk.services.knowledge.citation(answer.points[0]).plan.title
    assert title in said(turn)
    assert "None" not in said(turn)


async def test_contacts_are_told_in_full_with_their_source(talk: Talk) -> None:
    await talk.says("公寓怎么申请")
    turn = await talk.presses("找谁")
    assert turn.contacts[0] == "putuo_hrss"
    assert "普陀2022年方案" in blocks(turn, "contact")[0]
    assert titles(turn) == ["人工"]


async def test_a_follow_up_changes_nothing_for_the_next_one(talk: Talk) -> None:
    await talk.says("闵行出口退税几天")
    first = await talk.says("依据")
    await talk.says("找谁")
    assert (await talk.says("依据")).points == first.points


async def test_the_same_can_be_asked_for_another_district(talk: Talk) -> None:
    await talk.says("上海出口退税几天")
    turn = await talk.says("那闵行呢")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.REFUND)
    assert turn.points[0].startswith(k.DRAFT)


async def test_the_same_for_a_district_without_a_plan_is_the_citys_measure(talk: Talk) -> None:
    await talk.says("闵行出口退税几天")
    turn = await talk.says("那浦东呢")
    assert turn.points[0].startswith(k.CITY)
    assert "浦东新区" in said(turn)


async def test_a_question_once_answered_is_forgotten_by_restart(talk: Talk) -> None:
    await talk.says("我在闵行")
    await talk.says("出口退税几天")
    turn = await talk.says("重新开始")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.RESTART)
    state = await talk.state()
    assert (state.district, state.focus, state.last.shown, state.profile) == (None, [], [], {})
    assert said(await talk.says("依据")) == talk.services.wording.say("nothing_before", Language.ZH)


async def test_restart_keeps_the_language_that_was_chosen(talk: Talk) -> None:
    await talk.says("用英文")
    await talk.says("重新开始")
    assert (await talk.keeper.load(CONVERSATION)).language is Language.EN
