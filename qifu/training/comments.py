"""Keeps the comments behind an entry of a list, which a YAML reader hangs on the entry's last leaf."""

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.scalarstring import LiteralScalarString
from ruamel.yaml.tokens import CommentToken

_BEHIND = 2
"""Where a key's comments hold what stands behind its value."""


def take_behind(entry: Any) -> str:
    """Takes the lines of comment and empty lines behind an entry, with their indentation; a remark on its line stays.

    Empty where none are, or where they belong to the next entry already.
    """
    holder, key = _last(entry)
    places = holder.ca.items.get(key)
    token = places[_BEHIND] if places else None
    if token is None:
        return ""
    if isinstance(holder[key], LiteralScalarString):
        beside, behind = "", f"{' ' * token.start_mark.column}{token.value}"
    else:
        beside, _, behind = token.value.partition("\n")
    if behind:
        _hang(holder, key, beside, token.start_mark.column)
    return behind


def put_behind(entry: Any, comment: str) -> None:
    """Puts lines of comment behind an entry, after those that stand there."""
    if not comment:
        return
    standing = take_behind(entry)
    holder, key = _last(entry)
    places = holder.ca.items.get(key)
    token = places[_BEHIND] if places else None
    if isinstance(holder[key], LiteralScalarString):
        _hang(holder, key, standing + comment, 0)
    elif token is None:
        _hang(holder, key, f"\n{standing}{comment}", 0)
    else:
        _hang(holder, key, f"{token.value.rstrip('\n')}\n{standing}{comment}", token.start_mark.column)


def remove_entry(entries: Any, entry: Any) -> None:
    """Takes an entry out of a list; the comments above and behind it stay where they were."""
    index = next(index for index, other in enumerate(entries) if other is entry)
    left = _take_above(entries, index) + take_behind(entry)
    del entries[index]
    if index:
        put_behind(entries[index - 1], left)
    elif entries and left:
        _set_above(entries, left)


def _take_above(entries: Any, index: int) -> str:
    """Takes the lines above an entry that the list itself holds."""
    places = entries.ca.items.pop(index, None)
    tokens = places[1] if places and len(places) > 1 and places[1] else []
    return "".join(f"{' ' * token.start_mark.column}{token.value}" for token in tokens)


def _set_above(entries: Any, comment: str) -> None:
    """Lines right above the first entry."""
    made = CommentToken(comment, CommentMark(0), None)
    places = entries.ca.items.setdefault(0, [None, None, None, None])
    places[1] = [made, *(places[1] or [])]


def _last(entry: Any) -> tuple[Any, Any]:
    """The mapping or list that holds an entry's last leaf, and the leaf's key."""
    key = list(entry)[-1] if isinstance(entry, CommentedMap) else len(entry) - 1
    value = entry[key]
    deeper = isinstance(value, CommentedMap | CommentedSeq) and len(value) and value.fa.flow_style() is not True
    return _last(value) if deeper else (entry, key)


def _hang(holder: Any, key: Any, comment: str, column: int) -> None:
    token = CommentToken(comment, CommentMark(column), None) if comment else None
    places = holder.ca.items.setdefault(key, [None, None, None, None])
    places[_BEHIND] = token
    value = holder[key]
    if isinstance(value, CommentedMap | CommentedSeq) and value.ca.comment is not None:
        # A list on one line knows its comment as well.
        value.ca.comment[0] = token
