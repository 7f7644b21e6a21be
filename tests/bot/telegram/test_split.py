"""Texts are cut where people would, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.split import LIMIT, split, utf16_length
from tests.fakes.telegram_html import utf16


def pieces(text: str, limit: int) -> list[str]:
    return [text[start:end] for start, end in split(text, limit)]


@given(
    st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("。！. \n，😀👍🏽é"))),
    st.integers(2, 40),
)
def test_pieces_are_the_whole_text_and_none_is_too_long(text: str, limit: int) -> None:
    cut = pieces(text, limit)
    assert "".join(cut) == text
    assert all(0 < utf16(piece) <= limit for piece in cut)


@given(st.text())
def test_length_is_counted_as_telegram_counts(text: str) -> None:
    assert utf16_length(text) == utf16(text)


def test_a_text_within_the_limit_stays_whole() -> None:
    assert pieces("字" * LIMIT, LIMIT) == ["字" * LIMIT]


def test_emoji_count_twice() -> None:
    assert [len(piece) for piece in pieces("😀" * LIMIT, LIMIT)] == [LIMIT // 2, LIMIT // 2]


def test_it_is_cut_behind_a_sentence() -> None:
    assert pieces("第一句话。第二句话。第三句", 11) == ["第一句话。第二句话。", "第三句"]


def test_a_closing_quote_stays_with_its_sentence() -> None:
    assert pieces("他说：“可以。”然后就办好了", 10) == ["他说：“可以。”", "然后就办好了"]


def test_a_full_stop_inside_a_number_is_no_sentence() -> None:
    assert pieces("It is 3.5 days. Then wait more", 20) == ["It is 3.5 days. ", "Then wait more"]


def test_without_sentences_it_is_cut_at_a_pause() -> None:
    assert pieces("甲乙丙丁戊，己庚辛壬癸", 8) == ["甲乙丙丁戊，", "己庚辛壬癸"]


def test_without_pauses_it_is_cut_at_the_limit() -> None:
    assert pieces("字" * 25, 10) == ["字" * 10, "字" * 10, "字" * 5]


@pytest.mark.parametrize("glyph", ["👍🏽", "👨‍👩‍👧", "e\u0301"])
def test_a_hard_cut_leaves_glyphs_whole(glyph: str) -> None:
    assert all(len(piece) % len(glyph) == 0 for piece in pieces(glyph * 20, 21))


def test_a_border_is_preferred_to_a_sentence() -> None:
    text = "引文一句。\n出处\n第二段话。没完"
    assert [text[a:b] for a, b in split(text, 14, [0, 6, 9])] == ["引文一句。\n出处\n", "第二段话。没完"]
