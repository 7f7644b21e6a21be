"""What leans on the conversation is answered by it, whatever the message by itself is taken for."""

import pytest

from qifu.labels import Act, District, Outcome
from tests.actions import knowledge as k
from tests.actions.talk import CONVERSATION, Talk, blocks, said, titles
from tests.fakes.understanding import Meaning


@pytest.mark.parametrize(
    "words", ["那闵行呢", "闵行呢", "闵行区呢？", "那闵行的话怎么样", "只看闵行", "and what about minhang"]
)
async def test_a_district_by_itself_asks_the_last_question_there(talk: Talk, words: str) -> None:
    await talk.says("上海出口退税几天")
    turn = await talk.says(words)
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.REFUND)
    assert turn.points[0].startswith(k.DRAFT)
    assert (await talk.state()).district is None


async def test_two_districts_ask_it_in_both(talk: Talk) -> None:
    await talk.says("简易注销怎么办")
    turn = await talk.says("长宁和闵行呢")
    assert turn.points[0].startswith(k.IN_FORCE)
    assert "闵行区" in said(await talk.says("那闵行呢"))


async def test_a_district_before_any_question_asks_nothing(talk: Talk) -> None:
    turn = await talk.says("我在闵行")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.SET_DISTRICT)


async def test_a_sentence_on_where_a_firm_is_chooses_the_district(talk: Talk) -> None:
    await talk.says("上海出口退税几天")
    turn = await talk.says("我在闵行")
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.SET_DISTRICT)
    assert (await talk.state()).district == District.MINHANG


async def test_a_pressed_district_is_chosen_and_asks_nothing(talk: Talk) -> None:
    await talk.says("上海出口退税几天")
    turn = await talk.sends('/set_district{"district":"minhang"}')
    assert (turn.act, turn.points) == (Act.SET_DISTRICT, ())


async def test_a_question_that_no_plan_answered_is_asked_again_elsewhere(talk: Talk) -> None:
    await talk.says("怎么缴税最省")
    turn = await talk.says("那闵行呢")
    assert turn.outcome is Outcome.NO_ANSWER
    assert "12366" in said(turn)


async def test_a_corrected_district_gets_the_same_question(talk: Talk) -> None:
    await talk.says("长宁简易注销怎么办")
    turn = await talk.says("不是长宁，我说的是闵行")
    assert turn.matter == k.DEREGISTER
    assert blocks(turn, "note")[0].startswith("闵行区")
    assert (await talk.state()).district is None


async def test_a_corrected_district_is_chosen_where_one_was_chosen(talk: Talk) -> None:
    await talk.says("我在长宁")
    await talk.says("出口退税几天")
    turn = await talk.says("说错了，是闵行")
    assert turn.points[0].startswith(k.DRAFT)
    assert (await talk.state()).district == District.MINHANG
    assert (await talk.says("出口退税几天")).points[0].startswith(k.DRAFT)


async def test_a_corrected_subject_is_answered(talk: Talk) -> None:
    await talk.says("出口退税几天")
    turn = await talk.says("不对，我问的是普通注销不是退税")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.ORDINARY)


async def test_a_correction_in_traditional_characters_is_one(talk: Talk) -> None:
    await talk.says("出口退税几天")
    turn = await talk.says("不對，我說的是普通注销不是退税")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.ORDINARY)


async def test_a_corrected_wish_stays_a_wish(talk: Talk) -> None:
    await talk.says("出口退税几天")
    assert (await talk.says("不是，我说的是转人工")).outcome is Outcome.HANDOFF


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("thanks", "谢谢，那出口退税几天"),
        ("thanks", "谢谢！那出口退税几天？"),
        ("thanks", "谢谢 出口退税几天"),
        ("deny", "不用了，我问具体点，出口退税几天。"),
        ("greet", "你好~出口退税几天"),
    ],
)
async def test_a_question_behind_a_pleasantry_is_answered(talk: Talk, act: str, words: str) -> None:
    talk.parser.meanings.insert(0, Meaning((words,), act))
    turn = await talk.says(words)
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.REFUND)


@pytest.mark.parametrize("thanks", ["Thank you! ", "thanks, ", "Thanks "])
async def test_an_english_question_behind_a_pleasantry_is_read_as_typed(talk: Talk, thanks: str) -> None:
    talk.parser.meanings.insert(0, Meaning(("thank",), "thanks"))
    turn = await talk.says(f"{thanks}How many days does a refund take in Minhang?")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.REFUND)
    assert (await talk.state()).last.question == "How many days does a refund take in Minhang?"


@pytest.mark.parametrize("words", ["谢谢，再见", "谢谢你们，下次再聊吧", "谢谢，吃了吗您呐"])
async def test_a_pleasantry_without_a_question_stays_one(talk: Talk, words: str) -> None:
    await talk.says("出口退税几天")
    assert (await talk.says(words)).outcome is Outcome.ACT


async def test_what_takes_up_the_last_answer_is_asked_together_with_its_question(talk: Talk) -> None:
    await talk.says("闵行出口退税几天")
    turn = await talk.says("一类企业也压缩么")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.REFUND)
    assert "闵行出口退税几天，一类企业也压缩么" in talk.parser.asked


async def test_what_takes_up_nothing_is_turned_away(talk: Talk) -> None:
    await talk.says("闵行出口退税几天")
    assert (await talk.says("晚上吃火锅好吗")).outcome is Outcome.OUT_OF_SCOPE


@pytest.mark.parametrize("words", ["阿拉普陀额", "普陀滴", "公司办公室普陀"])
async def test_a_choice_of_a_district_in_other_words_stays_one(talk: Talk, words: str) -> None:
    talk.parser.meanings.insert(0, Meaning((words,), "set_district"))
    turn = await talk.says(words)
    assert (turn.outcome, turn.act) == (Outcome.ACT, Act.SET_DISTRICT)
    assert (await talk.state()).district == District.PUTUO


async def test_a_question_taken_for_the_choice_of_a_district_is_answered_there(talk: Talk) -> None:
    talk.parser.meanings.insert(0, Meaning(("普陀的公寓",), "set_district"))
    turn = await talk.says("普陀的公寓呢")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.FLAT)
    assert (await talk.state()).district is None


async def test_a_place_that_a_plan_names_is_answered_whatever_it_is_taken_for(talk: Talk) -> None:
    talk.parser.meanings.insert(0, Meaning(("莘庄适合",), "set_district"))
    turn = await talk.says("莘庄适合做啥")
    assert turn.points == (f"{k.DRAFT}/7#2",)


@pytest.mark.parametrize("words", ["2", "2。", "第二个", "选2吧", "二", "the second one", "No. 2"])
async def test_an_option_can_be_chosen_by_its_number(talk: Talk, words: str) -> None:
    first = await talk.says("注销")
    assert "2. 普通注销" in said(first)
    turn = await talk.says(words)
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.ORDINARY)
    state = await talk.state()
    assert (state.asked, state.options, state.last.question) == (None, [], "注销")


async def test_a_number_that_isnt_offered_chooses_nothing(talk: Talk) -> None:
    await talk.says("注销")
    assert (await talk.says("4")).matter in (None, k.DEREGISTER)


async def test_a_number_chooses_nothing_where_nothing_is_open(talk: Talk) -> None:
    await talk.says("出口退税几天")
    assert (await talk.says("2")).outcome is Outcome.OUT_OF_SCOPE


async def test_a_topic_chosen_instead_forgets_the_question_asked_back(talk: Talk) -> None:
    await talk.says("注销")
    await talk.sends('/choose{"m":"taxes"}')
    state = await talk.state()
    assert (state.asked, state.options) == (None, [])
    await talk.presses("出口退税")
    assert (await talk.state()).last.question == "出口退税"


async def test_another_city_given_as_the_answer_to_a_question_asked_back_is_named(talk: Talk) -> None:
    await talk.says("注销")
    turn = await talk.says("杭州的普通注销")
    assert turn.outcome is Outcome.OUT_OF_SCOPE
    assert "杭州" in said(turn)


async def test_an_answer_that_the_seeds_have_lost_is_forgotten(talk: Talk) -> None:
    last = {"question": "退税", "topic": "taxes", "matter": k.REFUND, "shown": ["gone-2020/1#1"]}
    talk.keeper.stored[CONVERSATION] = {"last": last, "options": ["taxes/gone"], "asked": "退"}
    for words in ("依据", "还有吗", "那闵行呢", "1"):
        assert (await talk.says(words)).outcome is not Outcome.ERROR
    assert (await talk.state()).options == []
    assert titles(await talk.says("出口退税几天"))


@pytest.mark.parametrize("words", ["多少天", "那要几天呢？", "大概多久能办下来", "要什么材料", "how long does it take"])
async def test_a_question_without_a_subject_asks_about_the_last_one(talk: Talk, words: str) -> None:
    talk.parser.meanings.append(Meaning(("天", "多久", "材料", "how long"), "taxes", {k.REFUND: 0.95}))
    assert (await talk.says(words)).matter == k.REFUND
    await talk.says("怎么简易注销")
    turn = await talk.says(words)
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.DEREGISTER)


async def test_a_question_with_a_subject_asks_about_that(talk: Talk) -> None:
    await talk.says("怎么简易注销")
    assert (await talk.says("退税多少天")).matter == k.REFUND
