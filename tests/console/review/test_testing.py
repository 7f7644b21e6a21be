"""What a conversation test proposes: messages without personal data, and a telling piece of what was quoted."""

import pytest

from console.review.testing import Expected, expected, phrase_of
from qifu.labels import Outcome
from store.models import TurnRow

POINT = "对一类、二类出口企业，退税平均时间压缩至3个工作日。"


def a_row(text: str, reply: str, outcome: Outcome, *points: str, is_payload: bool = False) -> TurnRow:
    replies = [{"text": reply, "buttons": [], "blocks": []}]
    return TurnRow(text=text, replies=replies, outcome=outcome, points=list(points), is_payload=is_payload)


def test_messages_come_masked_with_a_piece_of_the_first_point_or_the_outcome() -> None:
    rows = expected(
        [
            a_row("退税几天，电话13812345678", f"原文：{POINT}", Outcome.ANSWERED, "p/7#1", "p/7#2"),
            a_row("/choose", "好的", Outcome.ANSWERED, is_payload=True),
            a_row("许可证", "您问的是哪一项？", Outcome.CLARIFY),
            a_row("出错了", "", Outcome.ERROR),
        ],
        {"p/7#1": POINT, "p/7#2": "在莘庄设立办税专窗。"},
    )
    assert [(row.user, row.outcome, row.must) for row in rows] == [
        ("退税几天，电话", "", "退税平均时间压缩至3个工作日"),
        ("许可证", "clarify", ""),
        ("出错了", "", ""),
    ]
    assert rows[0].points == [POINT, "在莘庄设立办税专窗。"]


@pytest.mark.parametrize(
    ("reply", "phrase"),
    [(POINT, "退税平均时间压缩至3个工作日"), ("对一类、二类出口企业来说", "二类出口企业"), ("别的", "")],
)
def test_a_phrase_stands_in_the_reply_and_holds_a_figure_where_it_can(reply: str, phrase: str) -> None:
    assert phrase_of(POINT, reply) == phrase


def test_lines_are_all_wanted_and_ways_to_put_it_are_choices() -> None:
    row = Expected("问", "answered", "3个工作日 | 三个工作日\n\n 专窗 ", ())
    assert row.bot == {"outcome": "answered", "must": [["3个工作日", "三个工作日"], ["专窗"]]}
    assert Expected("问", "", " \n|", ()).bot == {}
