"""Edits of matters: seeds/matters/<topic>.yml, and the questions that go with them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from qifu.errors import EditError
from qifu.training.comments import put_behind, remove_entry, take_behind
from qifu.training.draft import Draft
from qifu.training.questions import Block, add_questions, give_blocks, move_questions
from seeds.model import Matter

_MATTERS = "seeds/matters/*.yml"
_ID = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")


def add_matter(draft: Draft, matter: Matter, questions: Sequence[tuple[str | None, str]] = ()) -> None:
    """Adds a matter with its first questions, each with the point it asks for.

    Raises EditError matter_id, matter_exists.
    """
    _prove_new(draft, matter.id, matter.topic)
    path, content = _file_of(draft, matter.topic)
    matters, item = content.setdefault("matters", CommentedSeq()), _written(matter, CommentedMap())
    if matters:
        put_behind(item, take_behind(matters[-1]))
    matters.append(item)
    draft.save(path, content)
    for point, text in questions:
        add_questions(draft, Block(matter.id, point), [text])


def change_matter(draft: Draft, matter: Matter) -> None:
    """Writes names, points, contacts, keywords and audience of a matter anew; comments and order stay.

    Questions for a point that it no longer answers with ask for the whole matter. Raises EditError no_matter.
    """
    path, content, item = _held(draft, matter.id)
    _written(matter, item)
    draft.save(path, content)
    points = {None, *matter.points}
    give_blocks(draft, matter.id, lambda block: block if block.point in points else replace(block, point=None))


def rename_matter(draft: Draft, matter_id: str, new_id: str) -> None:
    """Gives a matter another id within its topic; its questions follow.

    Raises EditError no_matter, matter_id, matter_exists.
    """
    path, content, item = _held(draft, matter_id)
    _prove_new(draft, new_id, matter_id.partition("/")[0])
    item["id"] = new_id.partition("/")[2]
    draft.save(path, content)
    _rename(draft, matter_id, new_id)


def merge_matters(draft: Draft, keep: str, gone: str) -> None:
    """One matter takes over the points, contacts, keywords and questions of another, which ends.

    Raises EditError no_matter, same_matter.
    """
    if keep == gone:
        raise EditError("same_matter", id=keep)
    path, content, item = _held(draft, gone)
    remove_entry(content["matters"], item)
    draft.save(path, content)
    path, content, kept = _held(draft, keep)
    behind = take_behind(kept)
    kept["answers"] = _answers([*points_of(kept), *points_of(item)])
    for key in ("contacts", "keywords"):
        if more := [word for word in item.get(key) or () if word not in (kept.get(key) or ())]:
            kept[key] = _flow([*(kept.get(key) or ()), *more])
    put_behind(kept, behind)
    draft.save(path, content)
    _rename(draft, gone, keep)


def split_matter(draft: Draft, matter_id: str, new: Matter, questions: Sequence[tuple[Block, str]] = ()) -> None:
    """A new matter takes over its points from another with the questions for these, and the further ones named.

    Raises EditError no_matter, matter_id, matter_exists, nothing_left, no_question.
    """
    path, content, item = _held(draft, matter_id)
    left = [point for point in points_of(item) if point not in new.points]
    if not left:
        raise EditError("nothing_left", id=matter_id)
    behind = take_behind(item)
    item["answers"] = _answers(left)
    put_behind(item, behind)
    draft.save(path, content)
    add_matter(draft, new)
    for block, text in questions:
        point = block.point if block.point in new.points else None
        move_questions(draft, block, [text], Block(new.id, point))
    give_blocks(draft, matter_id, lambda block: replace(block, intent=new.id) if block.point in new.points else block)


def points_of(item: Any) -> list[str]:
    """The ids of a written matter's points."""
    return [f"{plan}/{number}" for plan, numbers in item["answers"].items() for number in numbers]


def _rename(draft: Draft, old: str, new: str) -> None:
    give_blocks(draft, old, lambda block: replace(block, intent=new))


def _prove_new(draft: Draft, matter_id: str, topic: str) -> None:
    if not _ID.fullmatch(matter_id) or matter_id.partition("/")[0] != topic:
        raise EditError("matter_id", id=matter_id)
    if _find(draft, matter_id):
        raise EditError("matter_exists", id=matter_id)


def _find(draft: Draft, matter_id: str) -> tuple[Path, Any, Any] | None:
    topic, _, own = matter_id.partition("/")
    for path in draft.holding(f"- id: {own}\n", _MATTERS):
        content = draft.load(path)
        for item in content["matters"]:
            if item["id"] == own and content["topic"] == topic:
                return path, content, item
    return None


def _held(draft: Draft, matter_id: str) -> tuple[Path, Any, Any]:
    if found := _find(draft, matter_id):
        return found
    raise EditError("no_matter", id=matter_id)


def _file_of(draft: Draft, topic: str) -> tuple[Path, Any]:
    path = draft.root / "seeds" / "matters" / f"{topic}.yml"
    return path, draft.load(path) or CommentedMap(topic=topic)


def _written(matter: Matter, item: Any) -> Any:
    """Puts a matter's content into an entry of the file; what it doesn't have leaves the entry."""
    behind = take_behind(item) if item else ""
    names = {"zh": matter.name, "en": matter.name_en}
    content: dict[str, Any] = {
        "id": matter.id.partition("/")[2],
        "name": names,
        "answers": _answers(matter.points),
        "contacts": list(matter.contacts),
        "audience": matter.audience,
        "keywords": list(matter.keywords),
        "general": matter.general,
    }
    for key, value in content.items():
        if not value:
            item.pop(key, None)
        elif item.get(key) != value:
            item[key] = _flow(value) if isinstance(value, list) or value is names else value
    put_behind(item, behind)
    return item


def _answers(points: Sequence[str]) -> CommentedMap:
    """Points as the file has them: the numbers of each plan, in the order given, each once."""
    answers = CommentedMap()
    for point in points:
        plan, _, number = point.partition("/")
        held = answers.setdefault(plan, _flow([]))
        if number not in held:
            held.append(number)
    return answers


def _flow(content: Any) -> Any:
    """A list or mapping on one line."""
    made = CommentedMap(content) if isinstance(content, dict) else CommentedSeq(content)
    made.fa.set_flow_style()
    return made
