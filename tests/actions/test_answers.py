"""An answer quotes the right points exactly, says where they stand and what they are worth, and whom to contact."""

from dataclasses import replace

import pytest

from actions.compose import MOST_CHARACTERS, MOST_POINTS, Composer
from actions.knowledge.base import Knowledge
from qifu.labels import Language, Outcome
from tests.actions import knowledge as k
from tests.actions.talk import Talk, blocks, said, titles
from tests.fakes.understanding import Meaning


async def test_the_districts_measure_comes_first_and_the_citys_after_it(talk: Talk) -> None:
    turn = await talk.says("闵行出口退税几天")
    assert turn.outcome is Outcome.ANSWERED
    plans = [point.split("/")[0] for point in turn.points]
    assert plans[0] == k.DRAFT
    assert k.CITY in plans


async def test_a_district_that_says_nothing_on_it_gets_the_citys_measure_and_is_told_so(talk: Talk) -> None:
    turn = await talk.says("普陀出口退税几天")
    assert {point.split("/")[0] for point in turn.points} == {k.CITY}
    assert blocks(turn, "note")[0].startswith("普陀区")


async def test_a_measure_of_another_district_is_never_passed_off_as_ones_own(talk: Talk) -> None:
    turn = await talk.says("闵行人才公寓")
    if turn.points:
        assert turn.outcome is Outcome.ANSWERED
        assert "普陀区" in blocks(turn, "note")[0]
        assert "闵行区" in blocks(turn, "note")[0]
    else:
        assert turn.outcome is Outcome.NO_ANSWER


async def test_a_district_without_a_plan_is_told_so_and_gets_the_citys_measure(talk: Talk) -> None:
    turn = await talk.says("浦东出口退税几天")
    assert {point.split("/")[0] for point in turn.points} == {k.CITY}
    assert "浦东新区" in blocks(turn, "note")[0]


async def test_two_districts_get_an_answer_each(talk: Talk) -> None:
    turn = await talk.says("闵行和长宁简易注销、退税")
    assert k.IN_FORCE in {point.split("/")[0] for point in turn.points}


async def test_another_city_is_turned_away_by_name(talk: Talk) -> None:
    turn = await talk.says("杭州出口退税几天")
    assert turn.outcome is Outcome.OUT_OF_SCOPE
    assert turn.points == ()
    assert "杭州" in said(turn)


async def test_every_quotation_is_the_points_own_text(talk: Talk) -> None:
    points = talk.services.knowledge.points
    for question in ("出口退税几天", "闵行出口退税", "关掉公司", "公寓怎么申请"):
        turn = await talk.says(question)
        quoted = [text.strip("“”") for text in blocks(turn, "quote")]
        assert quoted == [points[point].text for point in turn.points]


async def test_a_citation_has_title_place_date_and_status(talk: Talk) -> None:
    turn = await talk.says("闵行出口退税几天")
    draft, city = blocks(turn, "citation")[:2]
    for part in ("闵行区行动方案（征求意见稿）", "（六）", "2023", "征求意见稿"):
        assert part in draft
    for part in ("上海市行动方案", "三（二）", "2024-01-13"):
        assert part in city
    assert "征求意见稿" not in city


async def test_points_of_one_measure_share_a_citation(talk: Talk) -> None:
    turn = await talk.says("普陀出口退税几天")
    assert len(blocks(turn, "quote")) == MOST_POINTS
    assert len(blocks(turn, "citation")) == 1


@pytest.mark.parametrize(
    ("question", "word"),
    [("闵行出口退税几天", "征求意见稿"), ("公寓怎么申请", "2022"), ("探索退税免申报", "探索")],
)
async def test_a_draft_a_year_plan_and_an_intention_are_called_so(talk: Talk, question: str, word: str) -> None:
    turn = await talk.says(question)
    assert any(word in note for note in blocks(turn, "note"))


async def test_what_is_in_force_carries_no_warning(talk: Talk) -> None:
    turn = await talk.says("普通注销怎么办")
    assert blocks(turn, "note") == []


async def test_a_remark_on_a_matter_stands_in_a_list_and_not_above_a_measure(talk: Talk) -> None:
    knowledge = talk.services.knowledge
    named = replace(
        knowledge.matters[k.ORDINARY], name="普通注销（普陀3天）", name_en="Ordinary deregistration (3 days)"
    )
    seeds = replace(knowledge.seeds, matters=knowledge.matters | {k.ORDINARY: named})
    composer = Composer(Knowledge(seeds), talk.services.wording, talk.services.composer.districts)
    assert composer.matter(k.ORDINARY, Language.ZH) == "普通注销（普陀3天）"
    assert [composer.heading(k.ORDINARY, language) for language in Language] == ["普通注销", "Ordinary deregistration"]
    assert composer.heading(k.REFUND, Language.ZH) == "出口退税"
    talk = Talk(replace(talk.services, composer=composer), talk.parser, talk.desk, talk.keeper)
    assert "3天" not in said(await talk.says("普通注销怎么办"))


async def test_a_case_study_is_told_and_not_quoted(talk: Talk) -> None:
    turn = await talk.says("外国人来工作怎么办")
    assert turn.points == (f"{k.CASE}/4#1",)
    assert "“" not in blocks(turn, "quote")[0]
    assert "案例" in blocks(turn, "citation")[0]


async def test_long_points_stay_within_the_limit_and_the_rest_follows(talk: Talk) -> None:
    turn = await talk.says("企业贷款怎么办")
    assert len(said(turn)) <= MOST_CHARACTERS
    assert 1 <= len(turn.points) < 3
    more = await talk.presses("更多")
    assert len(said(more)) <= MOST_CHARACTERS
    assert {*turn.points, *more.points} == set(talk.services.knowledge.matters[k.LOAN].points)


async def test_english_frames_the_official_text_and_translates_it(talk: Talk) -> None:
    turn = await talk.says("How many days does an export tax refund take in Minhang?")
    assert turn.points[0].startswith(k.DRAFT)
    assert "Export tax refund" in blocks(turn, "lead")[-1]
    assert "对一类、二类出口企业，退税平均时间压缩至3个工作日。" in blocks(turn, "quote")[0]
    assert any("3 working days" in text for text in blocks(turn, "translation"))
    assert "Source" in titles(turn)


async def test_a_translation_stands_only_in_english_and_only_where_there_is_one(talk: Talk) -> None:
    assert blocks(await talk.says("出口退税几天"), "translation") == []
    assert blocks(await talk.says("how to deregister a company quickly"), "translation") == []


async def test_those_responsible_come_before_the_hotlines(talk: Talk) -> None:
    flat = await talk.says("公寓怎么申请")
    assert flat.contacts[0] == "putuo_hrss"
    refund = await talk.says("闵行出口退税几天")
    assert refund.contacts.index("minhang_tax_window") < refund.contacts.index("hotline_12366")


async def test_a_number_stands_only_where_a_source_gives_one(talk: Talk) -> None:
    turn = await talk.says("闵行出口退税几天")
    line = blocks(turn, "contact")[0]
    window, _, hotlines = line.partition("；")
    assert "莘庄办税专窗" in window
    assert "电话" not in window
    assert "12366" in hotlines


async def test_who_asks_for_a_person_reads_the_contact_before_the_measures(talk: Talk) -> None:
    turn = await talk.says("人才公寓归谁管")
    kinds = [block.kind for block in turn.replies[0].blocks]
    assert kinds.index("contact") < kinds.index("quote")


async def test_a_short_question_between_two_matters_is_asked_back(talk: Talk) -> None:
    turn = await talk.says("注销")
    assert turn.outcome is Outcome.CLARIFY
    assert titles(turn) == ["简易注销", "普通注销"]
    chosen = await talk.presses("普通注销")
    assert chosen.outcome is Outcome.ANSWERED
    assert chosen.matter == k.ORDINARY


async def test_an_asked_back_question_can_be_answered_in_words(talk: Talk) -> None:
    await talk.says("注销")
    turn = await talk.says("普通注销那个")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.ORDINARY)
    assert (await talk.state()).asked is None


async def test_a_correction_is_answered_without_what_it_denies(talk: Talk) -> None:
    await talk.says("出口退税几天")
    turn = await talk.says("不是退税，我说的是普通注销")
    assert (turn.outcome, turn.matter) == (Outcome.ANSWERED, k.ORDINARY)


async def test_what_no_plan_answers_is_said_with_the_hotline_and_ways_out(talk: Talk) -> None:
    turn = await talk.says("怎么缴税最省")
    assert turn.outcome is Outcome.NO_ANSWER
    assert "12366" in said(turn)
    assert "人工" in titles(turn)


async def test_what_is_none_of_ours_gets_no_measure(talk: Talk) -> None:
    turn = await talk.says("明天天气怎么样啊")
    assert turn.outcome is Outcome.OUT_OF_SCOPE
    assert (turn.points, blocks(turn, "quote")) == ((), [])
    assert titles(turn) == ["主题", "人工"]


async def test_a_topic_can_be_chosen_and_then_a_matter(talk: Talk) -> None:
    await talk.says("你好")
    turn = await talk.presses("税费办理")
    assert (turn.outcome, titles(turn)) == (Outcome.CLARIFY, ["出口退税"])
    assert (await talk.presses("出口退税")).matter == k.REFUND


@pytest.mark.parametrize("forged", ['/choose{"m":"taxes/none"}', "/choose", '/choose{"m":""}', '/choose{"x":"y"}'])
async def test_a_forged_choice_is_turned_away(talk: Talk, forged: str) -> None:
    assert (await talk.sends(forged)).outcome is Outcome.OUT_OF_SCOPE


@pytest.mark.parametrize("language", list(Language))
async def test_every_answer_offers_the_same_ways_on(talk: Talk, language: Language) -> None:
    talk.keeper.stored["web:4f1a"] = {"language": language}
    turn = await talk.says("普陀公寓")
    payloads = [button.payload.split("{")[0] for reply in turn.replies for button in reply.buttons]
    assert payloads == ["/source", "/contact_followup", "/set_district", "/handoff", "/feedback_up", "/feedback_down"]


async def test_a_single_character_is_no_reason_to_ask_back(talk: Talk) -> None:
    talk.parser.meanings.insert(
        0, Meaning(("q",), "out_of_scope", {k.DEREGISTER: 0.1, k.ORDINARY: 0.1}, confidence=0.4)
    )
    assert (await talk.says("q")).outcome is Outcome.OUT_OF_SCOPE
