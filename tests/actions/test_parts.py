"""A message is cut into the questions that it asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.cues import Cues
from actions.parts import parts_of

CUES = Cues()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("出口退税几天，人才公寓有多少套", ["出口退税几天", "人才公寓有多少套"]),
        ("出口退税几天？另外公寓怎么申请？", ["出口退税几天", "另外公寓怎么申请"]),
        ("出口退税要几天另外公寓怎么申请", ["出口退税要几天", "另外公寓怎么申请"]),
        ("如何注销以及如何贷款", ["如何注销", "以及如何贷款"]),
        ("退税要几天；\n公寓怎么申请", ["退税要几天", "公寓怎么申请"]),
        ("How long is a refund? Where can I deregister?", ["How long is a refund", "Where can I deregister"]),
        ("how long is a refund and where can I get a loan", ["how long is a refund", "where can I get a loan"]),
    ],
)  # fmt: skip
def test_each_question_of_a_message_is_a_part(text: str, parts: list[str]) -> None:
    assert parts_of(text, CUES) == parts


def test_what_is_only_told_goes_with_the_question_after_it() -> None:
    text = "我们做外贸，正常的出口退税要几天，人才公寓有多少套，谢谢啦"
    assert parts_of(text, CUES) == ["我们做外贸，正常的出口退税要几天", "人才公寓有多少套"]


@pytest.mark.parametrize(
    "text",
    [
        "出口退税几天",
        "出口退税几天？？？",
        "我们做外贸，想问退税几天",
        "小公司可以贷款吗，行不行",
        "注册资本1,000万的公司怎么注销",
        "谢谢",
        "，，，",
        "",
    ],
)
def test_a_message_of_one_question_or_none_has_no_parts(text: str) -> None:
    assert parts_of(text, CUES) == []


def test_no_more_than_four_questions_are_taken_up() -> None:
    text = "退税要几天，贷款怎么借，公寓有多少，公司怎么注销，证照怎么拿"
    assert parts_of(text, CUES) == ["退税要几天", "贷款怎么借", "公寓有多少", "公司怎么注销"]


@given(st.text(alphabet="退税几天吗，。？ \n另外以及andhow", max_size=60) | st.text(max_size=40))
def test_any_text_has_no_part_or_two_to_four(text: str) -> None:
    parts = parts_of(text, CUES)
    assert len(parts) in (0, 2, 3, 4)
    assert all(CUES.has("asks", part) for part in parts)
