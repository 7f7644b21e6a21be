"""Wishes for a person, appeals, thumbs and subscriptions reach the desk, and the user hears what happens next."""

import pytest

from qifu.labels import Act, HandoffReason, Language, Outcome
from tests.actions import knowledge as k
from tests.actions.talk import CONVERSATION, Talk, said, titles


async def test_a_wish_for_a_person_is_registered_with_what_it_is_about(talk: Talk) -> None:
    await talk.says("我在闵行")
    await talk.says("出口退税几天")
    turn = await talk.presses("人工")
    assert (turn.outcome, turn.act) == (Outcome.HANDOFF, Act.HANDOFF)
    assert "BB20261121-0001" in said(turn)
    [(conversation, wish)] = talk.desk.handoffs
    assert conversation == CONVERSATION
    assert (wish.district, wish.topic, wish.matter, wish.question) == ("minhang", "taxes", k.REFUND, "出口退税几天")
    assert (wish.reason, wish.language, wish.turn) == (HandoffReason.ASKED, Language.ZH, 3)


async def test_asking_twice_for_a_person_is_one_request(talk: Talk) -> None:
    first = await talk.says("转人工")
    again = await talk.says("转人工")
    assert len(talk.desk.handoffs) == 1
    assert "BB20261121-0001" in said(again)
    assert said(again) != said(first)


async def test_the_place_the_wait_the_hours_and_the_way_out_are_told(talk: Talk) -> None:
    turn = await talk.says("转人工")
    for told in ("前面还有 2 位", "约 3 分钟", "工作日 9:00–17:30", "取消人工"):
        assert told in said(turn)
    assert [button.payload for button in turn.replies[-1].buttons] == ["/desk_cancel"]


async def test_outside_service_hours_the_next_opening_is_told_and_a_question_can_be_left(talk: Talk) -> None:
    talk.desk.closed = True
    turn = await talk.says("转人工")
    assert turn.outcome is Outcome.HANDOFF
    assert "11月23日（周一）9:00" in said(turn)
    assert "11月23日（周一）有人在这里答复您" in said(turn)
    assert [button.payload for button in turn.replies[-1].buttons] == ['/appeal{"m":"cancel"}']
    assert not (await talk.state()).called


async def test_a_person_is_offered_after_two_failed_answers_in_a_row(talk: Talk) -> None:
    first = await talk.says("明天天气如何")
    second = await talk.says("明天股票涨吗")
    assert "没答上来" not in said(first)
    assert "没答上来" in said(second)
    assert titles(second).count("人工") == 1
    await talk.presses("人工")
    assert talk.desk.handoffs[0][1].reason is HandoffReason.FAILED


async def test_an_answer_ends_the_row_of_failed_ones(talk: Talk) -> None:
    for words in ("明天天气如何", "出口退税几天", "明天股票涨吗"):
        turn = await talk.says(words)
    assert "没答上来" not in said(turn)


async def test_a_person_is_offered_after_a_thumb_down_and_the_desk_hears_why(talk: Talk) -> None:
    await talk.says("出口退税几天")
    await talk.presses("👎")
    await talk.presses("人工")
    assert talk.desk.handoffs[0][1].reason is HandoffReason.THUMB_DOWN


@pytest.mark.parametrize(
    "words", ["什么破玩意，退税到底几天", "气死我了，退税怎么还没到", "This is ridiculous, where is my tax refund"]
)
async def test_a_person_is_offered_to_somebody_upset_beside_the_answer(talk: Talk, words: str) -> None:
    turn = await talk.says(words)
    assert turn.outcome is Outcome.ANSWERED
    assert "抱歉" in said(turn) or "Sorry for the trouble" in said(turn)
    await talk.sends("/handoff")
    assert talk.desk.handoffs[0][1].reason is HandoffReason.ANGER


@pytest.mark.parametrize(
    "words",
    ["餐厨垃圾处理贷款", "遇到骗子合同诈骗贷款怎么办", "投诉渠道有哪些，贷款", "滚动贷款支持吗", "贷款便宜死不了吧"],
)
async def test_a_question_with_harsh_words_of_business_is_no_anger(talk: Talk, words: str) -> None:
    assert "让您着急" not in said(await talk.says(words))


async def test_nobody_is_offered_to_somebody_who_waits_for_one(talk: Talk) -> None:
    await talk.says("转人工")
    for words in ("明天天气如何", "气死我了，明天股票涨吗"):
        turn = await talk.says(words)
    assert "抱歉，" in said(turn)
    assert "没答上来" not in said(turn)
    assert "着急" not in said(turn)


async def test_a_thumb_is_kept_for_the_turn_whose_button_it_is(talk: Talk) -> None:
    answer = await talk.says("出口退税几天")
    thumb = next(b.payload for reply in answer.replies for b in reply.buttons if b.title == "👍")
    await talk.says("简易注销怎么办")
    turn = await talk.sends(thumb)
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.FEEDBACK_UP)
    assert talk.desk.thumbs == [(CONVERSATION, 1, 1)]


async def test_a_thumb_down_offers_a_person(talk: Talk) -> None:
    await talk.says("出口退税几天")
    turn = await talk.presses("👎")
    assert turn.act == Act.FEEDBACK_DOWN
    assert titles(turn) == ["人工"]
    assert talk.desk.thumbs == [(CONVERSATION, 1, -1)]


async def test_an_opinion_in_words_is_of_the_last_answer(talk: Talk) -> None:
    await talk.says("出口退税几天")
    await talk.says("有用")
    assert talk.desk.thumbs == [(CONVERSATION, None, 1)]


@pytest.mark.parametrize("forged", ['{"turn":"x"}', '{"turn":"-1"}', '{"turn":""}', '{"turn":"1.5"}'])
async def test_a_forged_thumb_names_no_turn(talk: Talk, forged: str) -> None:
    turn = await talk.sends(f"/feedback_up{forged}")
    assert turn.act == Act.FEEDBACK_UP
    assert talk.desk.thumbs == [(CONVERSATION, None, 1)]


async def test_news_can_be_ordered_for_a_district_and_ended(talk: Talk) -> None:
    turn = await talk.says("我要订阅普陀的新政策")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.SUBSCRIBE)
    assert "普陀区" in said(turn)
    assert talk.desk.subscriptions == {CONVERSATION: "putuo"}
    assert (await talk.says("取消订阅")).act == Act.UNSUBSCRIBE
    assert talk.desk.subscriptions == {}


async def test_a_person_can_be_asked_for_from_every_dead_end(talk: Talk) -> None:
    for words in ("明天天气如何", "怎么缴税最省"):
        assert "人工" in titles(await talk.says(words))
