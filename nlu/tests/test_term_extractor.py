"""Places and trades are found by look-up, and nothing else is."""

import pytest
from components.term_extractor import LOOKUPS, TermMatcher, read_terms


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(read_terms(LOOKUPS))


def found(matcher: TermMatcher, text: str, entity: str) -> list[str]:
    return [row["value"] for row in matcher.find(text) if row["entity"] == entity]


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("闵行出口退税几天", "minhang"),
        ("我们在莘庄", "minhang"),
        ("大零号湾的孵化器", "minhang"),
        ("漕河泾综保区退税", "minhang"),
        ("南虹桥招商", "minhang"),
        ("虹桥临空园区", "changning"),
        ("中山公园开店", "changning"),
        ("江苏路开咖啡店", "changning"),
        ("普陀信易贷", "putuo"),
        ("桃浦的厂房", "putuo"),
        ("中以创新园", "putuo"),
        ("上海市有什么政策", "shanghai"),
        ("is there a park in minhang?", "minhang"),
        ("putuo office", "putuo"),
    ],
)
def test_a_place_fixes_the_district(matcher: TermMatcher, text: str, district: str) -> None:
    assert found(matcher, text, "district") == [district]


@pytest.mark.parametrize("text", ["虹桥这边", "虹桥商务区落户", "黄浦江边上开店", "怎么退税", "xminhangx"])
def test_a_place_in_several_districts_or_none_fixes_nothing(matcher: TermMatcher, text: str) -> None:
    assert not set(found(matcher, text, "district")) & {"changning", "minhang", "putuo"}


def test_several_places_come_in_their_order(matcher: TermMatcher) -> None:
    assert found(matcher, "从长宁搬到闵行", "district") == ["changning", "minhang"]


def test_other_cities_are_told_apart_from_streets_named_after_them(matcher: TermMatcher) -> None:
    assert found(matcher, "深圳有这个政策吗", "other_city") == ["深圳"]
    assert found(matcher, "南京西路开店", "other_city") == []


def test_a_firm_is_described_by_trade_size_and_type(matcher: TermMatcher) -> None:
    text = "我们是做外贸的小微民企"
    assert found(matcher, text, "industry") == ["外贸"]
    assert found(matcher, text, "company_size") == ["小微"]
    assert found(matcher, text, "company_type") == ["民企"]


def test_spans_are_those_of_the_text(matcher: TermMatcher) -> None:
    text = "请问闵行区怎么办"
    row = matcher.find(text)[0]
    assert text[row["start"] : row["end"]] == "闵行区"
