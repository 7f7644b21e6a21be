"""Which points are quoted, in which order, and what “more” brings."""

import pytest

from actions.cues import Cues
from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Candidate
from actions.selecting import Selector, Thresholds, figure_clause
from qifu.labels import District
from tests.actions import knowledge as k

CITY_FIGURE, CITY_PLAIN, CITY_THIRD = (f"{k.CITY}/3.2#{n}" for n in (1, 2, 3))
DRAFT_FIGURE, DRAFT_WINDOW = f"{k.DRAFT}/7#1", f"{k.DRAFT}/7#2"


@pytest.fixture(scope="module")
def selector() -> Selector:
    return Selector(Knowledge(k.small_seeds()), Cues(), Thresholds())


def candidates(*scored: tuple[str, float], **shares: float) -> list[Candidate]:
    """Candidates of the refund."""
    return [Candidate(point, k.REFUND, score, shares) for point, score in scored]


def points(found: list[Candidate]) -> list[str]:
    return [candidate.point for candidate in found]


def test_who_asks_for_a_figure_gets_the_sentence_that_has_one(selector: Selector) -> None:
    ranked = candidates((CITY_PLAIN, 0.5), (CITY_FIGURE, 0.45))
    assert points(selector.preferred(ranked, "出口退税几天")) == [CITY_FIGURE, CITY_PLAIN]
    assert points(selector.preferred(ranked, "how many days does it take")) == [CITY_FIGURE, CITY_PLAIN]
    assert points(selector.preferred(ranked, "出口退税怎么办")) == [CITY_PLAIN, CITY_FIGURE]


def test_who_asks_for_somebody_gets_the_sentence_that_names_one(selector: Selector) -> None:
    ranked = candidates((CITY_PLAIN, 0.5), (DRAFT_WINDOW, 0.35))
    assert points(selector.preferred(ranked, "退税找谁")) == [DRAFT_WINDOW, CITY_PLAIN]
    assert points(selector.preferred(ranked, "退税在线怎么办")) == [CITY_PLAIN, DRAFT_WINDOW]


def test_a_preference_doesnt_make_up_for_a_far_worse_score(selector: Selector) -> None:
    ranked = candidates((CITY_PLAIN, 0.5), (CITY_FIGURE, 0.2), (DRAFT_WINDOW, 0.1))
    assert points(selector.preferred(ranked, "退税几天，找谁")) == points(ranked)


def test_only_what_is_near_to_the_best_is_quoted(selector: Selector) -> None:
    ranked = candidates((CITY_FIGURE, 1.0), (CITY_PLAIN, 0.2), (CITY_THIRD, 0.1))
    assert points(selector.kept(ranked, [])) == [CITY_FIGURE, CITY_PLAIN]
    assert points(selector.kept(ranked, [], most=1)) == [CITY_FIGURE]


def test_a_preferred_point_stays_first_though_another_scores_more(selector: Selector) -> None:
    ranked = candidates((CITY_FIGURE, 0.45), (CITY_PLAIN, 0.5))
    assert points(selector.kept(ranked, [])) == [CITY_FIGURE, CITY_PLAIN]


def test_of_two_districts_each_has_its_best_first(selector: Selector) -> None:
    ranked = candidates((DRAFT_FIGURE, 1.0), (DRAFT_WINDOW, 0.9), (f"{k.IN_FORCE}/2.5.2#1", 0.5), (CITY_FIGURE, 0.8))
    kept = points(selector.kept(ranked, [District.CHANGNING, District.MINHANG]))
    assert kept == [f"{k.IN_FORCE}/2.5.2#1", DRAFT_FIGURE, DRAFT_WINDOW]


def test_what_only_the_conversation_speaks_for_isnt_quoted_beside_what_stands_by_itself(selector: Selector) -> None:
    best = candidates((CITY_FIGURE, 0.6), context=0.0)
    leaning = candidates((f"{k.YEAR}/2.3.1#1", 0.5), context=0.45)
    assert points(selector.kept([*best, *leaning], [])) == [CITY_FIGURE]


def test_more_brings_the_quoted_plan_first_and_nothing_twice(selector: Selector) -> None:
    ranked = candidates((DRAFT_FIGURE, 1.0), (f"{k.IN_FORCE}/2.5.2#1", 0.2), (f"{k.YEAR}/2.3.1#1", 0.01))
    rest = selector.rest(ranked, k.REFUND, [DRAFT_FIGURE])
    assert rest == [DRAFT_WINDOW, CITY_FIGURE, CITY_PLAIN, CITY_THIRD, f"{k.IN_FORCE}/2.5.2#1"]


def test_a_chosen_matter_shows_the_districts_points_before_the_citys(selector: Selector) -> None:
    found = points(selector.of_matter(k.REFUND, [District.MINHANG]))
    assert found == [DRAFT_FIGURE, DRAFT_WINDOW, CITY_FIGURE, CITY_PLAIN, CITY_THIRD]
    assert points(selector.of_matter(k.REFUND, []))[0] == CITY_FIGURE


def test_a_district_without_a_plan_counts_as_the_city(selector: Selector) -> None:
    assert selector.known(["pudong"]) == (District.SHANGHAI,)
    assert selector.known(["pudong", District.PUTUO]) == (District.PUTUO,)
    assert selector.known([]) == ()


SENTENCE = (
    "推广“一窗通”服务平台，企业登记平均办理时间压缩至1个工作日内；年内新增服务网点20个，覆盖全区各街道和主要产业园区。"
)


@pytest.mark.parametrize(
    ("text", "question", "clause"),
    [
        (SENTENCE, "企业登记几天", "企业登记平均办理时间压缩至1个工作日内"),
        (SENTENCE, "新增几个网点", "年内新增服务网点20个"),
        (SENTENCE, "登记多久", "企业登记平均办理时间压缩至1个工作日内"),
        ("企业登记1个工作日办结。", "企业登记几天", None),
        (
            "推广“一窗通”服务平台，让企业登记、公章刻制、申领发票、社保登记一次办结，不用再跑各个部门的窗口。",
            "登记几天",
            None,
        ),
        ("", "几天", None),
    ],
)
def test_the_clause_with_the_figure_asked_for_is_told_alone(text: str, question: str, clause: str | None) -> None:
    assert figure_clause(text, question) == clause
    assert clause is None or clause in text


def test_a_clause_that_is_most_of_the_sentence_isnt_told_twice() -> None:
    text = "对全区重点外贸企业提供出口退税绿色通道服务使得平均办理时间缩短至3个工作日以内，便利企业。"
    assert len(text) > 40
    assert figure_clause(text, "退税几天") is None
