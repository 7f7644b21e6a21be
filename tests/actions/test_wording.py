"""Every phrase is there in both languages, every phrase asked for exists, and none stands unused."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import Environment, meta

from actions.appeal.sheet import Field
from actions.wording import Wording
from bot.dialogue.turn import BlockKind
from qifu.labels import AppealState, HandoffReason, Language, PlanStatus
from qifu.settings import ROOT

ROOMS = [*(ROOT / "actions").rglob("*.py"), *(ROOT / "bot" / "dialogue").glob("*.py")]
FAMILIES = {
    "status_": {str(status) for status in PlanStatus},
    "source_": {str(status) for status in PlanStatus},
    "note_": {str(PlanStatus.DRAFT), str(PlanStatus.YEAR_PLAN)},
    "profile_": {"industry", "company_size", "company_type", "organisation"},
    "state_": {str(state) for state in AppealState},
    **{f"appeal_{kind}_": {str(name) for name in Field} for kind in ("ask", "field", "why")},
    "offer_": {str(HandoffReason.FAILED), str(HandoffReason.ANGER)},
}
"""Keys that are put together from a label."""
PHRASES = Wording().phrases


def test_both_languages_have_the_same_phrases() -> None:
    assert set(PHRASES[Language.ZH]) == set(PHRASES[Language.EN])


@pytest.mark.parametrize("key", list(PHRASES[Language.ZH]))
def test_both_languages_are_filled_with_the_same_values(key: str) -> None:
    def values(language: Language) -> set[str]:
        parsed = Environment(autoescape=True).parse(str(PHRASES[language][key]))
        return meta.find_undeclared_variables(parsed)

    assert values(Language.ZH) == values(Language.EN)


def test_every_phrase_asked_for_exists() -> None:
    families = {prefix + label for prefix, labels in FAMILIES.items() for label in labels}
    asked: set[str] = {key for path in ROOMS for key in _asked(ast.parse(path.read_text(encoding="utf-8")))}
    assert (asked | families) - set(PHRASES[Language.ZH]) == set()


def test_no_phrase_stands_unused() -> None:
    words = {word for path in ROOMS for word in _words(path)} | {*_acts()}
    families = {prefix + label for prefix, labels in FAMILIES.items() for label in labels}
    buttons = {f"button_{word}" for word in words}
    assert set(PHRASES[Language.ZH]) - words - families - buttons == set()


def test_a_phrase_that_lacks_a_value_is_an_error() -> None:
    with pytest.raises(Exception, match="undefined"):
        Wording().say("handoff", Language.ZH)


def test_a_users_words_are_never_read_as_a_template() -> None:
    said = Wording().say("other_city", Language.ZH, place="{{ 7 * 7 }}<b>")
    assert "{{ 7 * 7 }}<b>" in said


def _asked(tree: ast.Module) -> Iterator[str]:
    """The literal keys of calls to say() and button()."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        literals = [str(argument.value) for argument in call.args[:2] if isinstance(argument, ast.Constant)]
        if name == "button" and literals:
            yield "button_" + literals[0]
        elif name == "say" and len(literals) == 2:
            yield literals[1]  # a composer's: the block's kind, then the key
        elif name == "say" and literals and literals[0] not in get_args(BlockKind):
            yield literals[0]


def _words(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _acts() -> Iterator[str]:
    """Acts whose phrase has their own name."""
    yield from ("thanks", "goodbye", "bot_challenge", "greet", "help", "feedback_up", "feedback_down")
