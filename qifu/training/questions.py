"""Edits of training questions: nlu/data/<topic>.yml, one block for each intent and point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from qifu.errors import EditError
from qifu.training.draft import Draft

DATA = "nlu/data/*.yml"


@dataclass(frozen=True)
class Block:
    """Where questions stand: the intent (`topic/matter`, an act or out_of_scope), and the point they ask for."""

    intent: str
    point: str | None = None


def add_questions(draft: Draft, block: Block, texts: Sequence[str]) -> int:
    """Adds what the block doesn't hold yet; how many those are."""
    new: list[str] = []
    path, content = _file(draft, block.intent)
    held = _find(content, block)
    lines = _lines(held) if held is not None else []
    for text in map(clean, texts):
        if text and text not in lines and text not in new:
            new.append(text)
    if not new:
        return 0
    if held is None:
        if "version" not in content:
            content["version"] = DoubleQuotedScalarString("3.1")
        _insert(content.setdefault("nlu", []), block, new)
    else:
        _write(held, lines + new)
    draft.save(path, content)
    return len(new)


def delete_questions(draft: Draft, block: Block, texts: Sequence[str]) -> None:
    """Takes questions out of a block; a block left empty goes. Raises EditError no_question."""
    path, content, held = _block(draft, block)
    lines, gone = _lines(held), set(texts)
    _prove_there(lines, gone)
    if left := [line for line in lines if line not in gone]:
        _write(held, left)
    else:
        _drop(content["nlu"], held)
    draft.save(path, content)


def change_question(draft: Draft, block: Block, old: str, new: str) -> None:
    """Writes a question another way, in its place. Raises EditError no_question, empty."""
    path, content, held = _block(draft, block)
    lines, new = _lines(held), clean(new)
    _prove_there(lines, {old})
    if not new:
        raise EditError("empty")
    _write(held, [new if line == old else line for line in lines])
    draft.save(path, content)


def move_questions(draft: Draft, block: Block, texts: Sequence[str], to: Block) -> None:
    """Moves questions to another block. Raises EditError no_question."""
    delete_questions(draft, block, texts)
    add_questions(draft, to, texts)


def give_blocks(draft: Draft, intent: str, place: Callable[[Block], Block]) -> None:
    """Gives each block of an intent another place, or the same; used to rename, merge and split."""
    moved: list[tuple[Block, list[str]]] = []
    for path in list(draft.holding(_intent_line(intent), DATA)):
        content = draft.load(path)
        for held in [entry for entry in content["nlu"] if entry.get("intent") == intent]:
            old = _name(held)
            new = place(old)
            if new == old:
                continue
            if _find(content, new) is None and _topic(new.intent) == _topic(intent):
                _rename(held, new)
            else:
                moved.append((new, _lines(held)))
                _drop(content["nlu"], held)
        draft.save(path, content)
    for block, lines in moved:
        add_questions(draft, block, lines)


def clean(text: str) -> str:
    """A question as it stands in a file: on one line."""
    return " ".join(text.split())


def _file(draft: Draft, intent: str) -> tuple[Path, Any]:
    """The file that holds an intent, or the one of its topic, with its content."""
    for path in draft.holding(_intent_line(intent), DATA):
        content = draft.load(path)
        if any(entry.get("intent") == intent for entry in content.get("nlu") or []):
            return path, content
    own = draft.root / "nlu" / "data" / f"{_topic(intent) or 'acts'}.yml"
    return own, draft.load(own) or CommentedMap()


def _intent_line(intent: str) -> str:
    return f"- intent: {intent}\n"


def _topic(intent: str) -> str | None:
    """The topic of a matter's intent; acts have none."""
    return intent.partition("/")[0] if "/" in intent else None


def _rename(entry: Any, block: Block) -> None:
    entry["intent"] = block.intent
    if block.point is None:
        entry.pop("metadata", None)
    else:
        entry.setdefault("metadata", CommentedMap())["point"] = block.point


def _block(draft: Draft, block: Block) -> tuple[Path, Any, Any]:
    path, content = _file(draft, block.intent)
    held = _find(content, block)
    if held is None:
        raise EditError("no_question", text=block.intent)
    return path, content, held


def _find(content: Any, block: Block) -> Any:
    found = (entry for entry in content.get("nlu") or [] if "intent" in entry and _name(entry) == block)
    return next(found, None)


def _name(entry: Any) -> Block:
    return Block(str(entry["intent"]), (entry.get("metadata") or {}).get("point"))


def _lines(entry: Any) -> list[str]:
    return [line.strip()[1:].strip() for line in str(entry["examples"]).splitlines() if line.strip()]


def _write(entry: Any, lines: Sequence[str]) -> None:
    written = LiteralScalarString("".join(f"- {line}\n" for line in lines))
    # A comment that stands behind a block belongs to its text.
    if hasattr(entry["examples"], "comment"):
        written.comment = entry["examples"].comment
    entry["examples"] = written


def _insert(entries: Any, block: Block, lines: Sequence[str]) -> None:
    """Behind the last block of the same intent, else at the end."""
    entry = CommentedMap(intent=block.intent)
    if block.point:
        entry["metadata"] = CommentedMap(point=block.point)
        entry["metadata"].fa.set_flow_style()
    entry["examples"] = LiteralScalarString("")
    _write(entry, lines)
    same = [index for index, other in enumerate(entries) if other.get("intent") == block.intent]
    entries.insert(same[-1] + 1 if same else len(entries), entry)


def _drop(entries: Any, entry: Any) -> None:
    """Takes a block out; a comment behind it stays, behind the block before."""
    index = next(index for index, other in enumerate(entries) if other is entry)
    comment = getattr(entry["examples"], "comment", None)
    if comment and index:
        before = entries[index - 1]
        if "examples" in before and not getattr(before["examples"], "comment", None):
            before["examples"].comment = comment
    del entries[index]


def _prove_there(lines: Sequence[str], texts: set[str]) -> None:
    if missing := texts - set(lines):
        raise EditError("no_question", text=min(missing))
