"""Joins one file of trainers' data that two sides changed: blocks of questions, or a list whose entries have a name."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from qifu.training.blocks import Block, add_lines, block_of, blocks_of, drop_lines, lines_of
from qifu.training.comments import put_behind, remove_entry, take_behind

LISTS = {
    "seeds/matters/": ("matters", "id"),
    "tests/nlu/": ("questions", "q"),
    "tests/dialogue/": ("conversations", "id"),
}
"""Files of lists by their folder: the list's key, and the key that names an entry."""


@dataclass
class Side:
    """The side whose changes come in; `wins` says whether its form counts in a conflict."""

    name: str
    wins: bool
    conflicts: list[str] = field(default_factory=list)

    def clash(self, what: str) -> bool:
        """Notes a conflict, unless this side wins; whether it does."""
        if not self.wins:
            self.conflicts.append(f"{self.name}:1: {what}")
        return self.wins


def join_questions(side: Side, old: Any, new: Any, into: Any) -> None:
    """Adds and takes out the questions that `new` has more or less than `old`; nothing of this can clash."""
    before, after, own = map(_questions, (old, new, into))
    for block in dict.fromkeys([*before, *after]):
        gone = {line for line in before.get(block, ()) if line not in after.get(block, ())}
        for entry in [entry for entry in blocks_of(into) if block_of(entry) == block]:
            if gone & set(lines_of(entry)):
                drop_lines(into, entry, gone)
        known = {*before.get(block, ()), *own.get(block, ())}
        add_lines(into, block, [line for line in after.get(block, ()) if line not in known])
    was, now, here = map(_others, (old, new, into))
    if now in (was, here):
        return
    if here == was or side.clash("something else than questions was changed on both sides"):
        _take_others(new, into)


def _take_others(new: Any, into: Any) -> None:
    for entry in [entry for entry in into.get("nlu") or [] if "intent" not in entry]:
        remove_entry(into["nlu"], entry)
    if entries := [entry for entry in new.get("nlu") or [] if "intent" not in entry]:
        into.setdefault("nlu", CommentedSeq()).extend(entries)
    for key in [key for key, _ in _beside(into, "nlu")]:
        del into[key]
    into.update(_beside(new, "nlu"))


def join_lists(side: Side, key: str, name: str, files: tuple[Any, Any, Any]) -> None:
    """Joins the entries of a list, by name; each key of an entry that both sides changed differently is a conflict."""
    old, new, into = files
    before, after, own = (_named(content, key, name) for content in files)
    if before is None or after is None or own is None or _beside(old, key) != _beside(new, key):
        if side.clash("the file was changed on both sides, and its entries can't be told apart"):
            into.clear()
            into.update(new)
        return
    for entry in dict.fromkeys([*before, *after]):
        was, now, here = (entries.get(entry) for entries in (before, after, own))
        if now in (was, here):
            continue
        if was is not None and now is not None and here is not None:
            _join_entry(side, f"{key} “{entry}”", was, now, here)
        elif here == was or side.clash(f"{key} “{entry}” was changed on both sides"):
            _put(into.setdefault(key, CommentedSeq()), here, now)


def _join_entry(side: Side, where: str, was: Any, now: Any, here: Any) -> None:
    behind = take_behind(here)
    for key in dict.fromkeys([*was, *now]):
        old, new, own = was.get(key), now.get(key), here.get(key)
        if new in (old, own):
            continue
        if own == old:
            value = new
        elif key == "answers" and None not in (old, new, own):
            value = _join_answers(old, new, own)
        elif _is_words(old) and _is_words(new) and _is_words(own):
            value = _join_words(old or (), new or (), own or ())
        elif side.clash(f"{where}: {key} was changed on both sides"):
            value = new
        else:
            continue
        if value is None:
            del here[key]
        else:
            here[key] = value
    put_behind(here, behind)


def _join_answers(old: Any, new: Any, own: Any) -> Any:
    """The points of a matter by plan."""
    joined = CommentedMap()
    for plan in dict.fromkeys([*own, *new]):
        if numbers := _join_words(old.get(plan, ()), new.get(plan, ()), own.get(plan, ())):
            joined[plan] = numbers
    return joined


def _join_words(old: Sequence[Any], new: Sequence[Any], own: Sequence[Any]) -> Any:
    gone = {word for word in old if word not in new}
    kept = [word for word in own if word not in gone]
    joined = CommentedSeq([*kept, *(word for word in new if word not in old and word not in kept)])
    joined.fa.set_flow_style()
    return joined


def _is_words(value: Any) -> bool:
    return value is None or (isinstance(value, list) and not any(isinstance(word, list | dict) for word in value))


def _put(entries: Any, here: Any, now: Any) -> None:
    """Exchanges an entry for its new form, which may be none."""
    if now is not None:
        # What stands behind it belongs to the file it comes from.
        take_behind(now)
    if here is not None and now is not None:
        put_behind(now, take_behind(here))
        entries[next(index for index, entry in enumerate(entries) if entry is here)] = now
    elif here is not None:
        remove_entry(entries, here)
    else:
        if entries:
            put_behind(now, take_behind(entries[-1]))
        entries.append(now)


def _questions(content: Any) -> Mapping[Block, Sequence[str]]:
    found: dict[Block, list[str]] = {}
    for entry in blocks_of(content):
        found.setdefault(block_of(entry), []).extend(lines_of(entry))
    return found


def _others(content: Any) -> Sequence[Any]:
    """What a file of questions holds besides: other keys, synonyms and look-ups."""
    return [*_beside(content, "nlu"), *(entry for entry in content.get("nlu") or [] if "intent" not in entry)]


def _beside(content: Any, key: str) -> list[tuple[str, Any]]:
    return [(other, value) for other, value in content.items() if other not in (key, "version", "topic")]


def _named(content: Any, key: str, name: str) -> Mapping[str, Any] | None:
    """The entries by name; None where two have the same."""
    entries = list(_entries(content, key))
    names = [str(entry[name]) for entry in entries if name in entry]
    unique = len(names) == len(entries) and not Counter(names) - Counter(set(names))
    return dict(zip(names, entries, strict=True)) if unique else None


def _entries(content: Any, key: str) -> Iterator[Any]:
    yield from content.get(key) or ()
