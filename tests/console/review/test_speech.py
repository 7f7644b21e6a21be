"""What is shown of a text: masked, with what is sought picked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.review.alike import grouped
from console.review.speech import Piece, button_of, excerpt, marked, shown
from store.repositories.review_figures import Question


def said(pieces: list[Piece] | None) -> str:
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in pieces or [])


@pytest.mark.parametrize(
    ("text", "words", "seen"),
    [
        ("出口退税要几天", "退税", "出口[退税]要几天"),
        ("出口退稅要幾天", "退税", "出口[退稅]要幾天"),
        ("VAT 退税和 vat 登记", "vat", "[VAT] 退税和 [vat] 登记"),
        ("退税退税", "退税 要", "[退税][退税]"),
        ("注销", "退税", ""),
    ],
)
def test_sought_words_are_picked_out_where_they_stand(text: str, words: str, seen: str) -> None:
    assert said(excerpt(text, words)) == seen


def test_an_excerpt_begins_near_the_first_find() -> None:
    found = said(excerpt("很" * 100 + "退税" + "长" * 200, "退税"))
    assert found.startswith("…" + "很" * 16 + "[退税]")
    assert found.endswith("…")


@given(st.text(), st.text())
def test_picking_out_changes_no_text(text: str, words: str) -> None:
    assert "".join(piece.text for piece in marked(text, words)) == text


def test_personal_data_are_masked_unless_they_may_be_seen() -> None:
    assert shown("电话13812345678") == "电话[mobile]"
    assert shown("电话13812345678", reveal=True) == "电话13812345678"


def test_a_pressed_button_goes_by_its_title() -> None:
    replies = [{"buttons": [{"title": "更多", "payload": "/more"}]}]
    assert button_of("/more", replies) == "更多"
    assert button_of('/choose{"m":"x"}', replies) == "choose"


def test_questions_that_say_nearly_the_same_are_put_together() -> None:
    texts = ("退税几天到账", "退税要几天到账？", "人才公寓怎么申请", "怎么申请人才公寓", "退税几天能到账", "？")
    groups = grouped(Question(number, text) for number, text in enumerate(texts))
    assert [[question.turn_id for question in group.questions] for group in groups] == [[0, 1, 4], [2, 3]]
    assert [group.wordings for group in groups] == [3, 2]
