"""Why an edit was refused, in trainers' words: a code of the data's own, or what the seeds' checks found."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from nicegui import ui

from console import parts
from console.training.names import IntentNames
from console.wording import Words
from qifu.errors import EditError, QifuError, SeedError
from qifu.training.checks import Finding
from seeds.yaml import load_yaml

_FILE = Path(__file__).with_name("findings.yml")
_WHERE = re.compile(r"^[^:]+:\d+: ")
_LONGEST_POINT = 40
_MOST = 20


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], str]]:
    return [(re.compile(str(entry["find"])), str(entry["say"])) for entry in load_yaml(_FILE)]


def reasons(error: QifuError, words: Words, names: IntentNames) -> list[str]:
    """Every reason, in plain words."""
    if isinstance(error, EditError):
        return [words(f"edit_error.{error.code}", **error.values)]
    if isinstance(error, SeedError):
        return list(dict.fromkeys(_said(finding, names) for finding in error.findings))
    return [words("training.failed", error=str(error))]


def tell(error: QifuError, words: Words, names: IntentNames) -> None:
    """Tells them: one for a moment, several in a dialog."""
    told = reasons(error, words, names)
    if len(told) == 1:
        parts.failed(told[0])
        return
    with parts.dialog(words("training.refused"), words("training.refused_lead")) as dialog:
        with parts.box("ul", "plain-list"):
            for reason in told[:_MOST]:
                parts.text("li", reason)
        if len(told) > _MOST:
            parts.text("p", words("training.refused_more", n=len(told) - _MOST), "lead")
        with parts.box("div", "dialog-actions"):
            ui.button(words("common.close"), on_click=dialog.close)


def finding_words(finding: Finding, words: Words, names: IntentNames) -> str:
    """What a live check says."""
    values = names.values(finding.values)
    return words(f"check.{finding.code}", **values) if values else words(f"check.{finding.code}")


def _said(finding: str, names: IntentNames) -> str:
    plain = _WHERE.sub("", finding)
    for pattern, say in _patterns():
        if match := pattern.search(plain):
            return say.format(**_named(match.groupdict(), names))
    return plain


def _named(found: Mapping[str, str], names: IntentNames) -> dict[str, str]:
    """Matters and points by what they are called."""
    said = dict(found)
    for key in ("matter", "other"):
        if key in said:
            said[key] = names.intent(said[key])
    if "point" in said:
        text = names.point(said["point"])
        said["point"] = text if len(text) <= _LONGEST_POINT else f"{text[:_LONGEST_POINT]}…"
    return said
