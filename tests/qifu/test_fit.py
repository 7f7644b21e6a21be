"""The fit of the ranking's weights: halves that stay, and weights that follow what the questions ask for."""

from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Weights
from actions.knowledge.search import PointSearch
from actions.understanding import Understanding
from qifu.evaluation.fit import fit, is_test
from qifu.evaluation.held_out import HeldOut
from qifu.labels import Topic
from tests.actions.knowledge import small_seeds

TEXT = "探索出口退税免申报服务"
RIGHT = "shanghai-2024/3.2#3"
WRONG = "minhang-2023/7#1"


def questions(count: int) -> list[HeldOut]:
    return [HeldOut(f"{TEXT}{n}", "question", Topic.TAXES, "short", "zh", (RIGHT,)) for n in range(count)]


async def parse(text: str) -> Understanding:
    """A classifier that is sure of other points, so that only the text tells."""
    wrong = dict.fromkeys((WRONG, "minhang-2023/7#2", "shanghai-2024/1.1#1", "shanghai-2024/1.1#2"), 0.4)
    return Understanding(text, "taxes", 0.9, {"taxes": 0.9}, {}, wrong)


def test_a_question_stays_in_its_half_and_both_halves_get_some() -> None:
    halves = [is_test(case.text) for case in questions(40)]
    assert halves == [is_test(case.text) for case in questions(40)]
    assert 5 < sum(halves) < 35


async def test_weights_follow_what_finds_the_asked_point() -> None:
    knowledge = Knowledge(small_seeds())
    now, best = await fit(knowledge, PointSearch(knowledge), parse, questions(12))
    assert now.weights == Weights()
    assert (now.development, now.test) == (0, 0)
    assert best.weights.text > now.weights.text
    assert (best.development, best.test) == (1, 1)


async def test_messages_that_ask_for_no_point_are_left_out() -> None:
    knowledge = Knowledge(small_seeds())
    cases = [HeldOut("写首诗", "out_of_scope", "out_of_scope", "short", "zh")]
    now, best = await fit(knowledge, PointSearch(knowledge), parse, cases)
    assert now == best
    assert now.development == 0
