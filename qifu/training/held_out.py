"""Edits of what a model is measured on: tests/nlu/trainers/<topic>.yml and tests/dialogue/trainers.yml."""

from collections.abc import Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from qifu.evaluation.held_out import HeldOut
from qifu.labels import OUT_OF_SCOPE
from qifu.training.draft import Draft

_FOLDER = "tests/nlu/trainers"
_CONVERSATIONS = "tests/dialogue/trainers.yml"


def add_held_out(draft: Draft, rows: Sequence[HeldOut]) -> int:
    """Adds held-out messages that aren't there yet; how many those are. `where` of a row plays no part."""
    added = 0
    for row in rows:
        kept = row.kind if row.kind in ("act", OUT_OF_SCOPE) else row.label
        name = "acts" if kept == "act" else str(kept)
        path = draft.root / _FOLDER / f"{name}.yml"
        content = draft.load(path) or CommentedMap(topic=name)
        questions = content.setdefault("questions", CommentedSeq())
        if all(str(other["q"]) != row.text for other in questions):
            questions.append(_written(row))
            draft.save(path, content)
            added += 1
    return added


def add_conversation(draft: Draft, number: str, tests: str, turns: Sequence[tuple[str, Any]]) -> None:
    """Adds a conversation test: what it tests, and each message with what the bot must do (`bot:` of tests/dialogue).

    One of the same `number` is replaced.
    """
    path = draft.root / _CONVERSATIONS
    content = draft.load(path) or CommentedMap()
    held = content.setdefault("conversations", CommentedSeq())
    written = CommentedMap(id=number, tests=tests, turns=[CommentedMap(user=user, bot=bot) for user, bot in turns])
    same = [index for index, other in enumerate(held) if other["id"] == number]
    if same:
        held[same[0]] = written
    else:
        held.append(written)
    draft.save(path, content)


def _written(row: HeldOut) -> CommentedMap:
    item = CommentedMap(q=DoubleQuotedScalarString(row.text))
    if row.kind == "act":
        item["act"] = str(row.label)
    elif row.kind == "question":
        item["point"], *also = row.points
        if also:
            item["also"] = also
    if row.district:
        item["district"] = str(row.district)
    item["style"] = row.style
    item["lang"] = row.language
    return item
