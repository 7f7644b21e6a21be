"""Held-out questions for comparing pipelines, training questions by block, and the measures over both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class Question:
    """A held-out message: the intent it must get, and for questions the points of which any answers it."""

    text: str
    intent: str
    points: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Parse:
    """What a pipeline made of a message; a pipeline that knows only intents has neither matter nor points."""

    intent: str
    matter: str | None = None
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """Training questions with one answer: full intent (`topic/matter`, act, out_of_scope) and point."""

    intent: str
    point: str | None
    texts: tuple[str, ...]


def read_questions(folder: Path) -> list[Question]:
    """All questions of `<topic>.yml`, `acts.yml` and `out_of_scope.yml`."""
    return [question for path in sorted(folder.glob("*.yml")) for question in _questions(path)]


def _questions(path: Path) -> Iterator[Question]:
    content = _load(path)
    for row in content["questions"]:
        intent = str(row.get("act") or row.get("topic") or content.get("topic") or path.stem)
        points = {row.get("point"), *(row.get("also") or [])} - {None}
        yield Question(str(row["q"]), intent, frozenset(map(str, points)))


def read_blocks(folder: Path) -> list[Block]:
    """All blocks of training questions below a folder."""
    found = [block for path in sorted(folder.glob("*.yml")) for block in _load(path).get("nlu") or []]
    return [
        Block(
            block["intent"],
            (block.get("metadata") or {}).get("point"),
            tuple(line.strip()[2:].strip() for line in block["examples"].splitlines() if line.strip()),
        )
        for block in found
        if "intent" in block
    ]


def measure(questions: list[Question], parses: list[Parse], blocks: list[Block]) -> dict[str, float | None]:
    """Shares of what is right, between 0 and 1; None where the pipeline doesn't say.

    `matter`: the first matter is one that answers with a point of the question. `points`: one of the first three is.
    """
    pairs = list(zip(questions, parses, strict=True))
    asked = [(question, parse) for question, parse in pairs if question.points]
    outside = [(question, parse) for question, parse in pairs if question.intent == OUT_OF_SCOPE]
    answers: dict[str, set[str | None]] = {}
    for block in blocks:
        answers.setdefault(block.intent, set()).add(block.point)
    knows_matters = any(parse.matter for parse in parses)
    return {
        "topic": _share(question.intent == parse.intent for question, parse in asked),
        "macro_f1": _macro_f1(pairs),
        "out_of_scope": _share(parse.intent == OUT_OF_SCOPE for _, parse in outside),
        "matter": _share(bool(question.points & answers.get(parse.matter or "", set())) for question, parse in asked)
        if knows_matters
        else None,
        "points": _share(bool(question.points & set(parse.points[:3])) for question, parse in asked)
        if knows_matters
        else None,
    }


def _share(right: Any) -> float:
    values = list(right)
    return sum(values) / len(values) if values else float("nan")


def _macro_f1(pairs: list[tuple[Question, Parse]]) -> float:
    scores = []
    for intent in {question.intent for question, _ in pairs}:
        right = sum(question.intent == parse.intent == intent for question, parse in pairs)
        wrong = sum((question.intent == intent) != (parse.intent == intent) for question, parse in pairs)
        scores.append(2 * right / (2 * right + wrong) if right else 0.0)
    return _share(scores)


def _load(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
