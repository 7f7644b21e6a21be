"""Blocks of training questions in the content of a file: found, read and written, with the comments around them."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from qifu.training.comments import put_behind, remove_entry, take_behind

_NO_TEXT = {"Cc", "Cs"}
_NO_CHARACTERS = "\ufeff\ufffe\uffff"


@dataclass(frozen=True)
class Block:
    """Where questions stand: the intent (`topic/matter`, an act or out_of_scope), and the point they ask for."""

    intent: str
    point: str | None = None


def clean(text: str) -> str:
    """A question as it stands in a file: on one line, without characters that YAML can't hold."""
    line = " ".join(text.split())
    return "".join(c for c in line if unicodedata.category(c) not in _NO_TEXT and c not in _NO_CHARACTERS).strip()


def add_lines(content: Any, block: Block, texts: Sequence[str]) -> int:
    """Adds to a file's content what the block doesn't hold yet; how many those are."""
    held = find_block(content, block)
    lines = lines_of(held) if held is not None else []
    new = [text for text in dict.fromkeys(map(clean, texts)) if text and text not in lines]
    if not new:
        return 0
    if held is not None:
        write_lines(held, lines + new)
        return len(new)
    if "version" not in content:
        content["version"] = DoubleQuotedScalarString("3.1")
    insert_block(content.setdefault("nlu", CommentedSeq()), block, new)
    return len(new)


def drop_lines(content: Any, held: Any, gone: Collection[str]) -> None:
    """Takes questions out of a block of a file's content; a block left empty goes."""
    if left := [line for line in lines_of(held) if line not in gone]:
        write_lines(held, left)
    else:
        remove_entry(content["nlu"], held)


def find_block(content: Any, block: Block) -> Any:
    """The block's entry in a file's content, or None."""
    return next((entry for entry in blocks_of(content) if block_of(entry) == block), None)


def blocks_of(content: Any) -> list[Any]:
    """The entries of a file's content that hold questions; others hold synonyms and look-ups."""
    return [entry for entry in content.get("nlu") or [] if "intent" in entry]


def block_of(entry: Any) -> Block:
    """Which block an entry is."""
    return Block(str(entry["intent"]), (entry.get("metadata") or {}).get("point"))


def lines_of(entry: Any) -> list[str]:
    """The questions of an entry."""
    return [line.strip()[1:].strip() for line in str(entry["examples"]).splitlines() if line.strip()]


def write_lines(entry: Any, lines: Sequence[str]) -> None:
    """Gives an entry other questions."""
    entry["examples"] = LiteralScalarString("".join(f"- {line}\n" for line in lines))


def insert_block(entries: Any, block: Block, lines: Sequence[str]) -> None:
    """Behind the last block of the same intent, else at the end; a comment there stays above what comes next."""
    entry = CommentedMap(intent=block.intent)
    if block.point:
        entry["metadata"] = CommentedMap(point=block.point)
        entry["metadata"].fa.set_flow_style()
    entry["examples"] = LiteralScalarString("")
    write_lines(entry, lines)
    same = [index for index, other in enumerate(entries) if other.get("intent") == block.intent]
    place = same[-1] + 1 if same else len(entries)
    if place:
        put_behind(entry, take_behind(entries[place - 1]))
    entries.insert(place, entry)
