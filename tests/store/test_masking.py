"""Personal data is taken out of a text; what merely looks like it stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我电话13812345678，急", "我电话[mobile]，急"),
        ("+86 138 1234 5678", "[mobile]"),
        ("0086-138-1234-5678", "[mobile]"),
        ("wx13812345678", "wx[mobile]"),
        ("１３８１２３４５６７８", "[mobile]"),
        ("138 123 45678 王", "[mobile] 王"),
        ("13812345678/13912345678", "[mobile]/[mobile]"),
        ("021-62345678转801", "[landline]"),
        ("(021)62345678", "[landline]"),
        ("（021）6234 5678", "[landline]"),
        ("打02162345678", "打[landline]"),
        ("+86 21 6234 5678", "[landline]"),
        ("电话：62123456", "电话：[landline]"),
        ("身份证31010519900101123x", "身份证[id]"),
        ("310105 19900101 1234", "[id]"),
        ("310105900101123", "[id]"),
        ("a.b+c@mail.example.cn。", "[email]。"),
        ("13800138000@qq.com", "[email]"),
        ("邮箱abc＠163．com", "邮箱[email]"),
        ("4111 1111 1111 1111", "[card]"),
        ("卡号6222021234567890123", "卡号[card]"),
    ],
)
def test_personal_data_is_replaced_by_its_kind(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "打12345或12366、400-820-8820",
        "2022年到2024年，2020-2024",
        "20241121",
        "注册资本10000000000元",
        "13812345678元",
        "¥13812345678",
        "USD 1,381,234,567.00",
        "0.13812345678",
        "62123456",
        "310105199013011234",
        "4111111111111112",
        "沪府办发〔2024〕1号",
        "91310105MA1FW12345",
        "6天+365天，89%，4.3万个",
        "SQ20261121-0007",
        "@12345 foo@bar",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert mask(text) == text


neighbours = st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="¥￥$€£.,，．+@%-"), max_size=8)


@given(
    before=neighbours,
    rest=st.integers(0, 10**9 - 1),
    second=st.sampled_from("3456789"),
    after=st.sampled_from(" 。，呀\n"),
)
def test_a_mobile_number_is_found_in_any_surroundings(before: str, rest: int, second: str, after: str) -> None:
    number = f"1{second}{rest:09d}"
    assert number not in mask(f"{before}{number}{after}")
    assert "[mobile]" in mask(f"{before}{number}{after}")


@given(st.integers(0, 10**10 - 1), st.sampled_from(["元", "万元", "年", "号", "户", " ", "%", "平方米"]))
def test_shorter_numbers_stay_whatever_they_count(number: int, unit: str) -> None:
    assert mask(f"共{number}{unit}") == f"共{number}{unit}"


@given(st.text() | st.text("0123456789+-() .@xX转元138"))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "text", ["a" * 10_000, "1 " * 5_000, "a@" + "a-." * 3_000, "电话" + "号" * 9_000, "138 " * 2_500]
)
def test_long_texts_take_no_longer_than_their_length_explains(text: str) -> None:
    start = time.perf_counter()
    mask(text)
    assert time.perf_counter() - start < 0.5
