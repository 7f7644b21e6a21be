"""The parser reads plans of this style, keeps every character, and names the line of what it can't read."""

import pytest

from qifu.errors import SeedError
from qifu.labels import District, PlanStatus
from seeds.model import Document, Plan
from seeds.parse import number_of, parse_plan
from seeds.register import PlanEntry

PLAN = Plan(
    "test-2030", "测试方案", "Test plan", "测试局", None, "2030-01-01", District.SHANGHAI, PlanStatus.IN_FORCE, 2030
)

TEXT = """测试局文件
测试方案
为了测试，制定本方案。
一、重点任务
（一）便捷准入。推行网上登
记。实现全程网办。
（二）稳定就业。
1.招工。搭建平台。
2.培训。开展培训，每年2030 次。
二、组织保障
（一）加强领导。各部门落实。
"""


def parsed(text: str = TEXT, **entry: object) -> Document:
    fields: dict[str, object] = {"body_starts": "为了测试", **entry}
    return parse_plan(PLAN, PlanEntry(**fields), text, "plans/test-2030.txt")  # type: ignore[arg-type]


def test_points_are_sentences_with_stable_ids() -> None:
    points = {point.id: point.text for measure in parsed().measures for point in measure.points}
    assert points["test-2030/1.1#1"] == "推行网上登记。"
    assert points["test-2030/1.1#2"] == "实现全程网办。"
    assert points["test-2030/1.2.2#1"] == "开展培训，每年2030次。"


def test_a_point_knows_the_line_it_starts_on() -> None:
    lines = {point.id: point.line for measure in parsed().measures for point in measure.points}
    assert lines["test-2030/1.1#1"] == 5
    assert lines["test-2030/1.1#2"] == 6


def test_places_are_printed_as_in_the_document() -> None:
    places = {measure.id: measure.place for measure in parsed().measures}
    assert places["test-2030/1.2.1"] == "一（二）1"


def test_preamble_and_organisation_are_kinds_of_their_own() -> None:
    kinds = {measure.id: measure.kind for measure in parsed().measures}
    assert kinds == {
        "test-2030/preamble": "preamble",
        "test-2030/1.1": "measure",
        "test-2030/1.2.1": "measure",
        "test-2030/1.2.2": "measure",
        "test-2030/2.1": "organisation",
    }


def test_every_character_is_in_a_segment() -> None:
    kept = "".join(segment.text for segment in parsed().segments)
    assert sorted(kept) == sorted(TEXT.replace("\n", "").replace(" ", ""))


def test_responsible_units_are_taken_off_the_text_and_slips_put_right() -> None:
    text = "为了测试。\n一、任务\n（一）办好。马上办。（责任单位：区甲局、区错局)\n"
    measure = parsed(text, units={"区错局": "区乙局"}).measures[-1]
    assert measure.units == ("区甲局", "区乙局")
    assert [point.text for point in measure.points] == ["马上办。"]


def test_a_heading_out_of_order_is_named_by_its_line() -> None:
    with pytest.raises(SeedError, match=r"plans/test-2030.txt:8: heading “（四）稳定就业。” has number 4, expected 2"):
        parsed(TEXT.replace("（二）稳定就业", "\n（四）稳定就业"))


def test_a_wrong_number_listed_in_the_register_is_put_right_with_a_note() -> None:
    document = parsed(TEXT.replace("（二）稳定就业", "（一）稳定就业"), numbering={"（一）稳定就业": 2})
    measure = next(m for m in document.measures if m.id == "test-2030/1.2.1")
    assert measure.place == "一（一）1"


def test_items_numbered_through_have_the_item_as_id() -> None:
    text = "为了测试。\n一、甲\n（一）子。丑。\n二、乙\n（二）寅。卯。\n"
    assert [measure.id for measure in parsed(text, ids="item").measures][1:] == ["test-2030/1", "test-2030/2"]


def test_a_document_without_its_beginning_says_what_was_looked_for() -> None:
    with pytest.raises(SeedError, match="no line starts with “为了测试”"):
        parsed("完全不同的文件\n")


@pytest.mark.parametrize(
    ("numeral", "number"), [("一", 1), ("十", 10), ("十一", 11), ("二十", 20), ("二十三", 23), ("7", 7)]
)
def test_numerals_are_read(numeral: str, number: int) -> None:
    assert number_of(numeral) == number
