"""Joins two sets of trainers' data that come from the same origin: file by file, and in them question by question.

What one side changed beside the origin comes into the other. Where both changed the same thing differently, that is a
conflict: it is told, and decided only where one side is to win.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qifu.training.catalogue import Catalogue
from qifu.training.draft import HELD_OUT, PARTS, Draft
from qifu.training.joining_files import LISTS, Side, join_lists, join_questions
from qifu.training.questions import Block, delete_questions
from seeds.check import bare
from seeds.yaml import load_yaml

_QUESTIONS = "nlu/data/"


@dataclass
class Joined:
    """Paths of the files that changed, and the conflicts as `file:line: message`."""

    files: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def join(origin: Path, given: Path, into: Draft, *, given_wins: bool = False) -> Joined:
    """Brings what `given` changed beside `origin` into a draft; with `given_wins` its form counts in a conflict.

    Raises SeedError where a file is broken.
    """
    joined = Joined()
    for name in sorted({*_names(origin), *_names(given)}):
        old, new, own = (_content(folder / name) for folder in (origin, given, into.root))
        if new in (old, own):
            continue
        if own == old:
            _place(into, name, new)
        else:
            joined.conflicts += _join_file(origin, given, into, name, given_wins)
        if _content(into.root / name) != own:
            joined.files.append(name)
    return joined


def settle(given: Catalogue, into: Draft, joined: Catalogue) -> None:
    """Where the same wording stands in two intents since both sides put it somewhere, it stays where `given` has it."""
    wanted = {bare(question.text): question.intent for question in given.seeds.questions}
    places: dict[str, set[str]] = {}
    for question in joined.seeds.questions:
        places.setdefault(bare(question.text), set()).add(question.intent)
    twice = [question for question in joined.seeds.questions if len(places[bare(question.text)]) > 1]
    wrong = [question for question in twice if wanted.get(bare(question.text), question.intent) != question.intent]
    for block, text in dict.fromkeys((Block(question.intent, question.point), question.text) for question in wrong):
        delete_questions(into, block, [text])


def _join_file(origin: Path, given: Path, into: Draft, name: str, given_wins: bool) -> list[str]:
    """A file that both sides changed; the conflicts."""
    there = [(folder / name).exists() for folder in (given, into.root)]
    if not all(there) or not (name.startswith(_QUESTIONS) or _list_of(name)):
        if given_wins:
            _place(into, name, _content(given / name))
            return []
        what = "was changed on both sides" if all(there) else "was deleted on one side and changed on the other"
        return [f"{name}:1: the file {what}"]
    content = into.load(into.root / name)
    side = Side(name, given_wins)
    old = load_yaml(origin / name) if (origin / name).exists() else {}
    new = load_yaml(given / name, quotes=True)
    if name.startswith(_QUESTIONS):
        join_questions(side, old, new, content)
    elif place := _list_of(name):
        join_lists(side, *place, (old, new, content))
    into.save(into.root / name, content)
    return side.conflicts


def _list_of(name: str) -> tuple[str, str] | None:
    return next((place for folder, place in LISTS.items() if name.startswith(folder)), None)


def _names(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in Draft(folder).files(*PARTS, *HELD_OUT))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _place(into: Draft, name: str, content: bytes | None) -> None:
    """Puts a file as it is, or takes it out."""
    if content is None:
        (into.root / name).unlink(missing_ok=True)
    else:
        into.write(into.root / name, content.decode())
