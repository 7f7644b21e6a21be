"""Edits of training questions: nlu/data/<topic>.yml, one block for each intent and point."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from qifu.errors import EditError
from qifu.training.blocks import (
    Block,
    add_lines,
    block_of,
    blocks_of,
    clean,
    drop_lines,
    find_block,
    lines_of,
    write_lines,
)
from qifu.training.comments import remove_entry
from qifu.training.draft import Draft

__all__ = [
    "Block",
    "add_questions",
    "change_question",
    "clean",
    "delete_questions",
    "give_blocks",
    "move_questions",
]

DATA = "nlu/data/*.yml"


def add_questions(draft: Draft, block: Block, texts: Sequence[str]) -> int:
    """Adds what the block doesn't hold yet; how many those are."""
    held = {line for _, entry in _entries(_contents(draft, block.intent), block) for line in lines_of(entry)}
    path, content = _file(draft, block.intent)
    if added := add_lines(content, block, [text for text in texts if clean(text) not in held]):
        draft.save(path, content)
    return added


def delete_questions(draft: Draft, block: Block, texts: Sequence[str]) -> None:
    """Takes questions out of a block; a block left empty goes. Raises EditError no_question."""
    contents, gone = _contents(draft, block.intent), set(texts)
    entries = list(_entries(contents, block))
    _prove_there(block, [line for _, entry in entries for line in lines_of(entry)], gone)
    for path, entry in entries:
        if gone & set(lines_of(entry)):
            drop_lines(contents[path], entry, gone)
            draft.save(path, contents[path])


def change_question(draft: Draft, block: Block, old: str, new: str) -> None:
    """Writes a question another way, in its place. Raises EditError no_question, empty."""
    contents, new = _contents(draft, block.intent), clean(new)
    entries = list(_entries(contents, block))
    _prove_there(block, [line for _, entry in entries for line in lines_of(entry)], {old})
    if not new:
        raise EditError("empty")
    for path, entry in entries:
        if old in (lines := lines_of(entry)):
            write_lines(entry, [new if line == old else line for line in lines])
            draft.save(path, contents[path])


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
            old = block_of(held)
            new = place(old)
            if new == old:
                continue
            if find_block(content, new) is None and _topic(new.intent) == _topic(intent):
                _rename(held, new)
            else:
                moved.append((new, lines_of(held)))
                remove_entry(content["nlu"], held)
        draft.save(path, content)
    for block, lines in moved:
        add_questions(draft, block, lines)


def _contents(draft: Draft, intent: str) -> dict[Path, Any]:
    """The files that hold an intent, with their content: a block may stand in several, or several times in one."""
    return {path: draft.load(path) for path in draft.holding(_intent_line(intent), DATA)}


def _entries(contents: Mapping[Path, Any], block: Block) -> Iterator[tuple[Path, Any]]:
    """The entries of a block, each with its file."""
    for path, content in contents.items():
        yield from ((path, entry) for entry in blocks_of(content) if block_of(entry) == block)


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


def _prove_there(block: Block, lines: Sequence[str], texts: set[str]) -> None:
    if missing := texts - set(lines):
        raise EditError("no_question", text=min(missing) if lines else block.intent)
