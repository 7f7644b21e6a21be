"""What trainers' data hold, read fast: a file is parsed once, however many states share it."""

import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from qifu.evaluation.held_out import HeldOut, leaks, read_held_out
from qifu.training.nearness import Nearness
from seeds.check import bare, check_matters
from seeds.model import Question, Seeds
from seeds.read import SeedReader
from seeds.yaml import load_yaml

_WHERE = re.compile(r"^[^:]+:\d+: ")
_MOST_FILES = 2000


@dataclass(frozen=True)
class Catalogue:
    """Seeds, training questions and held-out messages of one state. `folder` holds seeds/, nlu/ and tests/."""

    folder: Path
    seeds: Seeds
    held_out: Sequence[HeldOut]

    @cached_property
    def by_intent(self) -> Mapping[str, Sequence[Question]]:
        """The questions of each intent, in the order of the files."""
        found: defaultdict[str, list[Question]] = defaultdict(list)
        for question in self.seeds.questions:
            found[question.intent].append(question)
        return dict(found)

    @cached_property
    def by_words(self) -> Mapping[str, Question]:
        """The first question of each wording, width, case and punctuation aside (`seeds.check.bare`)."""
        found: dict[str, Question] = {}
        for question in self.seeds.questions:
            found.setdefault(bare(question.text), question)
        return found

    @cached_property
    def nearness(self) -> Nearness:
        """Finds questions that say nearly the same."""
        return Nearness(self.seeds.questions)

    @cached_property
    def held_out_words(self) -> frozenset[str]:
        """The wordings that must not be trained on."""
        return frozenset(bare(row.text) for row in self.held_out)

    @cached_property
    def findings(self) -> Sequence[str]:
        """What is wrong, as `file:line: message`."""
        return [
            *check_matters(self.seeds, self.folder / "seeds"),
            *leaks(self.seeds.questions, list(self.held_out)),
        ]

    def findings_beside(self, before: "Catalogue") -> list[str]:
        """What is wrong here and wasn't before."""
        old = {_WHERE.sub("", finding) for finding in before.findings}
        return [finding for finding in self.findings if _WHERE.sub("", finding) not in old]


class Reading:
    """Reads states; remembers parsed files by what is in them, so that a copy costs nothing."""

    def __init__(self) -> None:
        self._files: dict[bytes, Any] = {}
        self._last: tuple[tuple[tuple[str, int, int], ...], Catalogue] | None = None
        self._lock = threading.Lock()

    def read(self, folder: Path) -> Catalogue:
        """A state. Raises SeedError with every finding where a file is broken."""
        with self._lock:
            stamp = self._stamp(folder)
            if self._last and self._last[0] == stamp:
                return self._last[1]
            seeds = SeedReader(folder / "seeds", folder / "nlu" / "data", self._load).read()
            read = Catalogue(folder, seeds, read_held_out(folder / "tests" / "nlu", self._load))
            self._last = (stamp, read)
            return read

    @staticmethod
    def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
        stats = (
            (path, path.stat()) for part in ("seeds", "nlu/data", "tests/nlu") for path in (folder / part).rglob("*.*")
        )
        return tuple(sorted((str(path), stat.st_ino, stat.st_mtime_ns) for path, stat in stats))

    def _load(self, path: Path) -> Any:
        try:
            key = hashlib.sha256(path.read_bytes()).digest()
        except OSError:
            return load_yaml(path)
        if key not in self._files:
            if len(self._files) >= _MOST_FILES:
                self._files.clear()
            self._files[key] = load_yaml(path)
        return self._files[key]
