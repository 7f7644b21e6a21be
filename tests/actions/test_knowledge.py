"""How texts are cut and found, and which contacts belong to a point."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.cues import Cues
from actions.knowledge.base import Knowledge
from actions.knowledge.search import PointSearch
from actions.knowledge.text import normalise, terms
from actions.understanding import read_parse
from qifu.labels import District, Topic
from seeds.model import Contact, Point
from tests.actions import knowledge as k


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge(k.small_seeds())


@pytest.fixture(scope="module")
def search(knowledge: Knowledge) -> PointSearch:
    return PointSearch(knowledge)


@pytest.mark.parametrize(
    ("written", "form"),
    [("  出口\n退税　", "出口 退税"), ("ＶＡＴ１００", "vat100"), ("簡易註銷", "简易注销"), ("", ""), ("①②", "12")],
)
def test_texts_are_compared_in_one_form(written: str, form: str) -> None:
    assert normalise(written) == form


def test_a_text_is_cut_into_words_pairs_sounds_and_latin_words() -> None:
    cut = terms("出口退税 VAT2024")
    assert {"退税", "口退", "~tuishui", "vat2024"} <= set(cut)


@pytest.mark.parametrize(
    ("written", "said"), [("3天", "三天"), ("20个网点", "二十个网点"), ("50%", "百分之五十"), ("1.5万", "1.5万")]
)
def test_a_figure_is_the_same_in_digits_and_in_words(written: str, said: str) -> None:
    figures = [{term for term in terms(text) if term.startswith("#")} for text in (written, said)]
    assert figures[0] & figures[1]


def test_numerals_that_are_no_figure_do_no_harm() -> None:
    for text in ("两三百万", "百", "一网通办", "点", "零零零", "二〇二四", "百分之", "负一", "万亿万亿", "3.3.3"):
        assert terms(text + "怎么办")


def test_a_homophone_slip_shares_sounds_with_what_was_meant() -> None:
    assert set(terms("推税")) & set(terms("退税"))


@given(st.text(max_size=60))
def test_any_text_can_be_cut(text: str) -> None:
    assert all(term and not term.isspace() for term in terms(text))


def test_a_point_is_found_by_its_words_and_by_a_question_asked_for_it(search: PointSearch) -> None:
    assert search.search("办税专窗")[0].point == f"{k.DRAFT}/7#2"
    assert search.search("小公司怎么关掉")[0].point != ""
    assert search.search("出口退税要几天")[0].point == f"{k.CITY}/3.2#1"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_a_search_scores_from_one_down_and_never_fails(search: PointSearch, text: str) -> None:
    hits = search.search(text)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert not scores or scores[0] == 1


def test_contacts_come_nearest_first_and_once(knowledge: Knowledge) -> None:
    contacts = knowledge.contacts_of([f"{k.DRAFT}/7#2", f"{k.DRAFT}/7#1"], k.REFUND)
    assert contacts == ["minhang_tax_window", "hotline_12366", "hotline_12345"]
    assert knowledge.contacts_of([f"{k.YEAR}/2.3.1#1"], k.FLAT) == ["putuo_hrss", "hotline_12345"]


@pytest.fixture
def manned() -> Knowledge:
    """A measure with two sentences and four units, of which one fits what is asked."""
    seeds = k.small_seeds()
    measure = seeds.measures[f"{k.YEAR}/2.3.1"]
    second = Point(f"{measure.id}#2", "开设早教托育班。", 2)
    units = ("区财政局", "区房管局", "区人社局", "区教育局")
    seeds.measures[measure.id] = replace(measure, points=(*measure.points, second), units=units)
    seeds.points[second.id] = second
    seeds.matters[k.FLAT] = replace(seeds.matters[k.FLAT], contacts=())
    for number, (name, handles) in enumerate(
        [("区财政局", "资金拨付"), ("区房管局", "公寓、房源"), ("区教育局", "早教、托育（不含公寓）")]
    ):
        topics = (Topic.TALENT,) if name == "区房管局" else ()
        unit = Contact(f"unit_{number}", name, name, "unit", District.PUTUO, handles, handles, "方案", topics=topics)
        seeds.contacts[unit.id] = unit
    return Knowledge(seeds)


FINANCE, HOUSING, SCHOOLS = (f"unit_{number}" for number in range(3))


def test_who_asks_for_somebody_reads_the_unit_that_fits_first(manned: Knowledge) -> None:
    units = manned.contacts_of([f"{k.YEAR}/2.3.1#1"], k.FLAT, "公寓归谁管", who=True)
    assert units[:2] == [HOUSING, "putuo_hrss"]
    assert {FINANCE, SCHOOLS} < set(units)
    units = manned.contacts_of([f"{k.YEAR}/2.3.1#2"], None, "托育班归谁管", who=True)
    assert units[0] == SCHOOLS


def test_without_who_only_units_that_fit_come_before_the_hotline(manned: Knowledge) -> None:
    units = manned.contacts_of([f"{k.YEAR}/2.3.1#1"], k.FLAT, "公寓怎么申请")
    hotline = units.index("hotline_12345")
    assert HOUSING in units[:hotline]
    assert {FINANCE, SCHOOLS} == set(units[hotline + 1 :])


def test_a_question_for_somebody_is_about_the_first_point(manned: Knowledge) -> None:
    points = [f"{k.CITY}/3.2#1", f"{k.DRAFT}/7#2"]
    assert manned.contacts_of(points, k.REFUND)[0] == "minhang_tax_window"
    assert manned.contacts_of(points, k.REFUND, "退税找谁", who=True)[0] == "hotline_12366"


def test_a_point_names_a_contact_by_its_text_or_its_measures_units(knowledge: Knowledge) -> None:
    assert knowledge.names_contact(f"{k.DRAFT}/7#2")
    assert knowledge.names_contact(f"{k.YEAR}/2.3.1#1")
    assert not knowledge.names_contact(f"{k.CITY}/3.2#1")


@pytest.mark.parametrize(("name", "is_district"), [("闵行区", True), ("普陀", True), ("putuo", True), ("莘庄", False)])
def test_a_district_is_told_from_a_place_in_it(knowledge: Knowledge, name: str, is_district: bool) -> None:
    assert knowledge.is_district_name(name) is is_district


def test_a_topics_own_hotline_comes_before_the_general_one(knowledge: Knowledge) -> None:
    assert knowledge.hotlines(Topic.TAXES) == ["hotline_12366", "hotline_12345"]
    assert knowledge.hotlines(Topic.IP) == knowledge.hotlines(None) == ["hotline_12345"]


def test_what_is_known_of_a_point(knowledge: Knowledge) -> None:
    point = f"{k.DRAFT}/7#1"
    assert knowledge.district(point) is District.MINHANG
    assert knowledge.topic_of(point) is Topic.TAXES
    assert knowledge.citation(point).measure.place == "（六）"
    assert knowledge.english(f"{k.DRAFT}/7#2") is None
    assert knowledge.has_plan("putuo")
    assert not knowledge.has_plan("pudong")
    with pytest.raises(KeyError):
        knowledge.citation("minhang-2023/99#1")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("不是税务我说的是注销", "注销"),
        ("不是退税，我说的是：普通注销。", "普通注销"),
        ("不对，我要的是贷款", "贷款"),
        ("no, I meant a loan", "a loan"),
        ("不对，我问的是注销不是开办", "注销"),
        ("错了，我要的是贷款，非担保", "贷款"),
        ("不是税务，我问的是非居民企业", "非居民企业"),
        ("不對，我說的是註銷", "注销"),
        ("我说的是注销", None),
        ("不是上市公司是不是就不能贷款", None),
        ("不是", None),
        ("不是的我说的是", None),
    ],
)
def test_a_correction_says_what_was_meant(text: str, meant: str | None) -> None:
    found = Cues().meant(text)
    assert (found or "").strip("。") == (meant or "")


@given(st.text(max_size=50))
def test_any_text_can_be_searched_for_cues(text: str) -> None:
    cues = Cues()
    for name in ("follow_up", "leading_over", "who", "correction", "cancel", "to_english", "to_chinese"):
        cues.has(name, text)
    cues.meant(text)


def test_a_parse_becomes_an_understanding() -> None:
    understood = read_parse(
        {
            "text": "杭州和闵行的退税",
            "intent": {"name": "taxes", "confidence": 0.7},
            "intent_ranking": [
                {"name": "taxes", "confidence": 0.7},
                {"name": "greet", "confidence": 0.2},
                {"name": "out_of_scope", "confidence": 0.1},
            ],
            "matters": [{"name": k.REFUND, "confidence": 0.6}],
            "points": [{"id": f"{k.CITY}/3.2#1", "confidence": 0.5}],
            "entities": [
                {"entity": "district", "value": "minhang", "start": 3, "end": 5},
                {"entity": "district", "value": "minhang", "start": 3, "end": 5},
                {"entity": "other_city", "value": "other_city", "start": 0, "end": 2},
            ],
        }
    )
    assert (understood.topic, understood.act) == ("taxes", None)
    assert understood.in_scope == pytest.approx(0.7)
    assert understood.out_of_scope == pytest.approx(0.1)
    assert understood.districts == ["minhang"]
    assert understood.other_city == "杭州"


def test_a_whole_names_only_what_its_part_names_and_where_it_stands_in_the_whole() -> None:
    whole = read_parse(
        {
            "text": "闵行退税，杭州的",
            "entities": [
                {"entity": "district", "value": "minhang", "start": 0, "end": 2},
                {"entity": "other_city", "value": "other_city", "start": 5, "end": 7},
            ],
        }
    )
    part = read_parse({"text": "杭州的", "entities": [whole.entities[1] | {"start": 0, "end": 2}]})
    assert (whole.naming(part).districts, whole.naming(part).other_city) == ([], "杭州")
    assert whole.naming(read_parse({"text": "随便"})) == whole
    named = read_parse({"text": "公寓呢"}).also_naming(whole)
    assert (named.districts, named.places, named.without_districts) == (["minhang"], [], "公寓呢")


def test_a_parse_without_anything_is_out_of_scope() -> None:
    understood = read_parse({})
    assert (understood.intent, understood.confidence, understood.districts) == ("out_of_scope", 0.0, [])
    assert understood.topic is None
