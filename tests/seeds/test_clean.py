"""Cleaning undoes what a PDF did, and touches no word."""

from hypothesis import given
from hypothesis import strategies as st

from seeds.clean import clean_line, fold, fold_document, is_page_mark


def test_digits_set_apart_move_together() -> None:
    assert clean_line("自 2022 年起“6 天+365 天”") == "自2022年起“6天+365天”"


def test_words_of_another_script_keep_their_spaces() -> None:
    assert clean_line("和 Grand Neobay 一起") == "和Grand Neobay一起"


def test_half_width_punctuation_becomes_chinese_where_the_document_uses_it() -> None:
    assert clean_line("(一)市场准入.系统提升,同步1.5倍.", half_width=True) == "（一）市场准入。系统提升，同步1.5倍。"


def test_full_width_digits_and_plus_are_folded() -> None:
    assert clean_line("沪府办发〔２０２４〕１号，“研发＋生产”") == "沪府办发〔2024〕1号，“研发+生产”"


def test_a_printed_page_number_is_a_page_mark() -> None:
    assert is_page_mark(clean_line("—２—"))
    assert not is_page_mark(clean_line("—２—一照"))


def test_folding_a_document_takes_its_page_marks_out() -> None:
    assert fold_document("“一企、\n—２—\n\n一照、一码”") == fold("“一企、一照、一码”")


@given(st.text())
def test_any_line_is_cleaned_twice_to_the_same(line: str) -> None:
    cleaned = clean_line(line, half_width=True)
    assert clean_line(cleaned, half_width=True) == cleaned
