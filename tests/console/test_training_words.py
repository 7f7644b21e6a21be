"""Every finding and every refusal of an edit has its words."""

import re

import pytest

from console.wording import read_words
from qifu.settings import ROOT
from qifu.training.exchange import read_names

_SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "qifu" / "training").glob("*.py")))
_VALUES = {
    "text": "退税",
    "id": "taxes/x",
    "line": 7,
    "count": 3,
    "of": 5,
    "most": 15,
    "share": 80,
    "intent": "thanks",
    "name": "事项",
}

_BY_PLACE = {
    *(f"{code}_{place}" for code in ("duplicate", "stands") for place in ("here", "elsewhere")),
    *(f"{code}_row" for code in ("template", "near")),
}
"""Codes that depend on where another question stands."""


def _codes(name: str) -> set[str]:
    found = set(re.findall(rf'\b{name}\(\s*f?"([a-z_{{}}]+)"', _SOURCES))
    return {code.replace("{edge}", edge) for code in found for edge in ("begin", "end")}


@pytest.mark.parametrize("code", sorted(_codes("Finding") | _BY_PLACE))
def test_every_finding_has_its_words(code: str) -> None:
    said = read_words()(f"check.{code}", **_VALUES)
    assert said
    assert "{" not in said


@pytest.mark.parametrize("code", sorted(_codes("EditError")))
def test_every_refusal_has_its_words(code: str) -> None:
    assert read_words()(f"edit_error.{code}", **_VALUES)


def test_no_refusal_is_left_over() -> None:
    assert set(read_words().group("edit_error")) == _codes("EditError")


def test_files_of_questions_call_styles_as_the_console_does() -> None:
    styles = read_names().styles
    assert {style: words[0] for style, words in styles.items()} == read_words().group("model_style")
    assert all(style in words for style, words in styles.items())
