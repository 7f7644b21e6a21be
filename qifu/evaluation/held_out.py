"""Reads the held-out questions: tests/nlu/<topic>.yml, acts.yml and out_of_scope.yml."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qifu.errors import SeedError
from qifu.labels import OUT_OF_SCOPE, Act, District, Topic
from qifu.settings import ROOT
from seeds.check import bare
from seeds.model import Question
from seeds.yaml import load_yaml

HELD_OUT = ROOT / "tests" / "nlu"


@dataclass(frozen=True)
class HeldOut:
    """One held-out message: `points` are those of which any answers it, `district` the one chosen before.

    kind: question, contact, act or out_of_scope; `must`: for a contact, groups of names of which each has one in the
    reply.
    """

    text: str
    kind: str
    label: str
    style: str
    language: str
    points: tuple[str, ...] = ()
    district: District | None = None
    where: str = ""
    must: tuple[tuple[str, ...], ...] = ()


def read_held_out(folder: Path = HELD_OUT, load: Callable[[Path], Any] = load_yaml) -> list[HeldOut]:
    """All held-out messages. Raises SeedError with every finding as file:line: message."""
    findings: list[str] = []
    read: list[HeldOut] = []
    for path in sorted(folder.rglob("*.yml")):
        content = load(path)
        for row in content.get("questions", []):
            where = f"{path}:{row.lc.line + 1}"
            try:
                read.append(_row(row, str(content.get("topic") or path.stem), where))
            except (KeyError, ValueError) as error:
                findings.append(f"{where}: lacks or mistypes {error}")
    if findings:
        raise SeedError(findings)
    return read


def leaks(questions: list[Question], held_out: list[HeldOut]) -> list[str]:
    """Held-out messages that are training questions too, punctuation and width aside; each a finding."""
    trained = {bare(question.text): f"{question.path}:{question.line}" for question in questions}
    return [
        f"{row.where}: “{row.text}” is also trained on, at {trained[bare(row.text)]}"
        for row in held_out
        if bare(row.text) in trained
    ]


def _row(row: Any, stem: str, where: str) -> HeldOut:
    text, style = str(row["q"]), str(row["style"])
    language = str(row.get("lang") or ("en" if style == "english" else "zh"))
    if stem == OUT_OF_SCOPE:
        return HeldOut(text, OUT_OF_SCOPE, OUT_OF_SCOPE, style, language, where=where)
    if "must" in row:
        must = tuple(tuple(str(name) for name in group) for group in row["must"])
        return HeldOut(text, "contact", Topic(row["topic"]), style, language, (), _district(row), where, must)
    if "act" in row:
        return HeldOut(text, "act", Act(row["act"]), style, language, where=where)
    points = (str(row["point"]), *(str(point) for point in row.get("also") or ()))
    return HeldOut(text, "question", Topic(stem), style, language, points, _district(row), where)


def _district(row: Any) -> District | None:
    return District(row["district"]) if row.get("district") else None
