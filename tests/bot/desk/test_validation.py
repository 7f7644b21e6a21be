"""Telephone numbers as people write them, refusals as people say them, and how alike two texts are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.likeness import SAME, likeness
from bot.desk.validation import company_problem, name_problem, phone_number, refuses_phone, text_problem


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 138 1234 5678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("0086-13812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("19912345678", "19912345678"),
        ("021-62345678", "021-62345678"),
        ("(021) 6234 5678", "021-62345678"),
        ("（021）62345678", "021-62345678"),
        ("+86 21 6234 5678", "021-62345678"),
        ("62345678", "021-62345678"),
        ("021-62345678转801", "021-62345678转801"),
        ("021-62345678 分机 801", "021-62345678转801"),
        ("021 62345678 ext. 801", "021-62345678转801"),
        ("62345678-801", "021-62345678转801"),
        ("021-62345678-8", "021-62345678转8"),
        ("86 21 62345678", "021-62345678"),
        ("21 62345678", None),
        ("010-62345678", "010-62345678"),
        ("0571-87654321", "0571-87654321"),
        ("0512-7654321", "0512-7654321"),
        ("021-6234567", None),
        ("400-820-8820", "4008208820"),
        ("+852 2123 4567", "+85221234567"),
        ("00852 21234567", "+85221234567"),
        ("852-21234567", "+85221234567"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44 20 7946 0958", "+442079460958"),
        ("+65 6123 4567", "+6561234567"),
        ("12345", None),
        ("110", None),
        ("1381234567", None),
        ("138123456789", None),
        ("12812345678", None),
        ("+86 12345", None),
        ("+8612812345678", None),
        ("310104199001011234", None),
        ("没有", None),
        ("", None),
        ("13812345678 或 62345678", None),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, number: str | None) -> None:
    assert phone_number(written) == number


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none_and_reading_twice_changes_nothing(text: str) -> None:
    number = phone_number(text)
    if number is not None:
        assert phone_number(number) == number


@pytest.mark.parametrize(
    "said",
    [
        "不方便留电话",
        "电话不方便",
        "电话就不留了",
        "我不想留手机号",
        "不留电话",
        "不要打电话给我",
        "别给我打电话",
        "在这里联系我就行",
        "就在这里回复就行",
        "不愿提供联系方式",
        "电话保密",
        "没有电话",
        "跳过",
        "不方便。",
        "不留了",
        "无",
        "I'd rather not",
        "I don’t want to give my number",
        "no phone please",
        "skip",
    ],
)
def test_a_refused_number_is_understood(said: str) -> None:
    assert refuses_phone(said)


@pytest.mark.parametrize(
    "said",
    [
        "13812345678",
        "不要打手机，打 021-62345678",
        "电话是 13812345678，上午不方便接",
        "我们的电话打不通",
        "等一下，我问问同事",
        "上海某某公司",
        "my number is 13812345678",
        "今天天气不错",
    ],
)
def test_what_is_no_refusal_is_not_taken_for_one(said: str) -> None:
    assert not refuses_phone(said)


@pytest.mark.parametrize(
    ("check", "value", "code"),
    [
        (company_problem, "上海某某贸易有限公司", None),
        (company_problem, "3M", None),
        (company_problem, "某", "company_short"),
        (company_problem, "123456", "company_short"),
        (company_problem, "司" * 61, "company_long"),
        (name_problem, "王", None),
        (name_problem, "Ms Wang", None),
        (name_problem, "13", "name_short"),
        (name_problem, "王" * 41, "name_long"),
        (text_problem, "路灯坏了没人来修", None),
        (text_problem, "路 灯 坏 了 修", "text_short"),
        (text_problem, "修" * 2001, "text_long"),
    ],
)
def test_lengths_are_checked(check: object, value: str, code: str | None) -> None:
    assert callable(check)
    assert check(value) == code


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("门口的路灯坏了三个月，请派人来修", "门口的路灯坏了三个月了，请派人来修！", True),
        ("门口的路灯坏了三个月，请派人来修", "  门口的路灯坏了 三个月 请派人来修", True),
        ("Our licence is stuck since May", "our LICENCE is stuck, since May!", True),
        ("门口的路灯坏了三个月，请派人来修", "发票一直开不出来，请帮忙协调", False),
        ("申请食品经营许可没有回音", "申请户外招牌许可没有回音", False),
        ("", "", True),
        ("修", "灯", False),
    ],
)
def test_two_texts_that_say_the_same_are_alike(one: str, other: str, same: bool) -> None:
    assert (likeness(one, other) >= SAME) is same


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert likeness(one, one) == 1
