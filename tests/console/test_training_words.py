"""Every finding and every refusal of an edit has its words."""

import re

import pytest

from console.checks import finding_words, refusal_words
from console.wording import read_words
from qifu.errors import EditError
from qifu.settings import ROOT
from qifu.training.checks import Finding

_SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "qifu" / "training").glob("*.py")))
_VALUES = {"text": "退税", "count": 3, "of": 5, "most": 15, "share": 80, "intent": "thanks", "name": "事项"}


def _codes(name: str) -> set[str]:
    found = set(re.findall(rf'\b{name}\(\s*f?"([a-z_{{}}]+)"', _SOURCES))
    return {code.replace("{edge}", edge) for code in found for edge in ("begin", "end")}


@pytest.mark.parametrize("code", sorted(_codes("Finding") | {"duplicate_here", "duplicate_elsewhere"}))
def test_every_finding_has_its_words(code: str) -> None:
    said = finding_words(read_words(), Finding(code, "bad", _VALUES))
    assert said
    assert "{" not in said


@pytest.mark.parametrize("code", sorted(_codes("EditError")))
def test_every_refusal_has_its_words(code: str) -> None:
    assert refusal_words(read_words(), EditError(code, text="退税", id="taxes/x"))


def test_no_words_are_left_over() -> None:
    words = read_words()
    assert set(words.group("check")) == _codes("Finding") | {"duplicate_here", "duplicate_elsewhere"}
    assert set(words.group("edit_error")) == _codes("EditError")


def test_acts_go_by_their_own_names() -> None:
    words = read_words()
    near = Finding("near", "warn", {"text": "谢了", "intent": "thanks", "name": "thanks"})
    assert "“感谢”" in finding_words(words, near)
    stolen = Finding("steals", "warn", {"intent": "out_of_scope", "name": "out_of_scope", "share": 70})
    assert "“范围外”" in finding_words(words, stolen)
