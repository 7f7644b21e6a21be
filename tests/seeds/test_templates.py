"""Questions that a template made are found; what people say in their own words isn't."""

from collections.abc import Iterable

import pytest

from seeds.model import Question
from seeds.templates import templated

OWN_WORDS = [
    "退税大概几天能到账啊", "出口退的税多久打给我们", "正常退税要等几个工作日", "我们做外贸的，退税办下来要多长时间",
    "税务那边退钱给一类企业快不快", "想知道出口退税的办理时限", "退税流程走完是几天来着", "一类企业退税最快多少天",
    "货都出去一个月了税还没退", "export refund how many working days",
]  # fmt: skip


def questions(texts: Iterable[str], intent: str = "taxes/export_refund", point: str | None = None) -> list[Question]:
    return [Question(intent, text, point, line, "taxes.yml") for line, text in enumerate(texts, start=3)]


def test_questions_in_ones_own_words_pass() -> None:
    assert list(templated(questions(OWN_WORDS))) == []


@pytest.mark.parametrize(
    "again",
    [
        "请问闵行区一类出口企业办理正常退税需要几个工作日呢",
        "请问，长宁区一类出口企业办理正常退税需要几个工作日？",
        "请问一类出口企业办理正常退税需要 3 个工作日吗",
        "请问一类出口企业办理正常的退税需要几个工作日",
    ],
)
def test_a_question_that_says_the_same_but_for_a_few_characters_is_named_with_its_place(again: str) -> None:
    first = "请问闵行一类出口企业办理正常退税需要几个工作日"
    [finding] = templated(questions([first, *OWN_WORDS, again]))
    assert finding.startswith(f"taxes.yml:{3 + 1 + len(OWN_WORDS)}: ")
    assert again in finding
    assert first in finding


def test_each_repetition_is_one_finding() -> None:
    first = "请问闵行一类出口企业办理正常退税需要几个工作日"
    again = [f"{first}{ending}" for ending in ("呢", "啊", "呀")]
    assert len(list(templated(questions([first, *again])))) == 3


def test_short_questions_may_be_alike() -> None:
    assert list(templated(questions(["退税几天", "退税多少天", "退税要几天", "退税几日", "几天退税"]))) == []


def test_the_same_question_of_another_intent_or_point_is_no_repetition() -> None:
    text = "请问一类出口企业办理正常退税需要几个工作日"
    other = [*questions([text], point="a"), *questions([text], point="b"), *questions([text], intent="taxes/other")]
    assert list(templated(other)) == []


@pytest.mark.parametrize(
    ("texts", "word"),
    [
        ([f"请问如何{text}" for text in OWN_WORDS[:5]] + OWN_WORDS[5:], "begin with “请问如何”"),
        ([f"{text}，谢谢解答" for text in OWN_WORDS[:5]] + OWN_WORDS[5:], "end with “谢谢解答”"),
    ],
)
def test_an_opening_or_an_ending_that_too_many_share_is_named_once(texts: list[str], word: str) -> None:
    [finding] = templated(questions(texts))
    assert finding == f"taxes.yml:3: 5 of 10 questions of taxes/export_refund {word}"


def test_a_few_may_begin_alike() -> None:
    texts = [f"请问如何{text}" for text in OWN_WORDS[:4]] + OWN_WORDS[4:]
    assert list(templated(questions(texts))) == []
    assert list(templated(questions([f"请问如何{text}" for text in OWN_WORDS[:5]]))) == []


@pytest.mark.parametrize("texts", [[], [""], ["？！", "？！"], ["😀" * 20, "😀" * 20]])
def test_odd_questions_do_no_harm(texts: list[str]) -> None:
    list(templated(questions(texts)))
