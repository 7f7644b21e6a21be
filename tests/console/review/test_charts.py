"""Charts are whole pictures: well-formed, escaped, in proportion."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.review.charts import Bar, Grid, _round_up, bars, columns, heat

SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314 - our own


def test_a_chart_escapes_what_it_names_and_leads_where_it_should() -> None:
    evil = '<script>"&'
    for svg in (
        columns([Bar(evil, ((3, "#000"),), evil, "/console/conversations?a=1&b=2")], evil, 300),
        bars([Bar(evil, ((3, "#000"),), evil)], evil, 300),
        heat(Grid([evil], [evil], [[1]], [[evil]], [["/x?a=1&b=2"]]), evil, 300),
    ):
        picture = read(svg)
        assert evil in [title.text for title in picture.iter(f"{SVG}title")]
        assert picture.attrib["aria-label"] == evil
    assert [link.attrib["href"] for link in picture.iter(f"{SVG}a")] == ["/x?a=1&b=2"]


def test_bars_are_as_long_as_what_they_count() -> None:
    picture = read(bars([Bar("a", ((10, "#111"),), "a"), Bar("b", ((5, "#111"),), "b")], "", 400))
    long, half = [float(bar.attrib["width"]) for bar in picture.iter(f"{SVG}rect") if bar.attrib["fill"] == "#111"]
    assert half == pytest.approx(long / 2, abs=0.1)


@given(st.floats(0, 1e9))
def test_a_scale_reaches_above_what_it_measures_and_not_too_far(amount: float) -> None:
    top = _round_up(amount)
    assert amount <= top <= max(2.5 * amount, 2)


def test_nothing_counted_is_a_picture_as_well() -> None:
    for svg in (columns([], "", 300), bars([], "", 300), heat(Grid([], [], [], []), "", 300)):
        read(svg)
