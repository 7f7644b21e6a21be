"""A draft of the next state of trainers' data: files are written anew, everything else of a file stays as it was."""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from seeds.yaml import load_yaml

PARTS = ("seeds/**/*.yml", "seeds/**/*.txt", "nlu/data/*.yml", "nlu/domain/*.yml", "nlu/lookups/*.yml")
"""What a model is made of."""
HELD_OUT = ("tests/nlu/**/*.yml", "tests/dialogue/*.yml")
"""What it is measured on."""

_LISTS_AT_THE_MARGIN = ("nlu/data", "tests/dialogue")
_WIDE = 1_000_000


@dataclass(frozen=True)
class Draft:
    """A folder with seeds/, nlu/ and tests/ that becomes the next state; `load`, change, `save`."""

    root: Path

    def files(self, *patterns: str) -> Iterator[Path]:
        """The files of the patterns, in order."""
        for pattern in patterns:
            yield from sorted(self.root.glob(pattern))

    def holding(self, words: str, *patterns: str) -> Iterator[Path]:
        """The files of the patterns in which the words stand; reading YAML takes longer."""
        return (path for path in self.files(*patterns) if words in path.read_text(encoding="utf-8"))

    def load(self, path: Path) -> Any:
        """A file's content with its comments and order; empty where there is no file. Raises SeedError."""
        return load_yaml(path, quotes=True) if path.exists() else {}

    def save(self, path: Path, content: Any) -> None:
        """Writes a file in the style of its folder; comments, order and quotation marks stay."""
        at_the_margin = path.relative_to(self.root).as_posix().startswith(_LISTS_AT_THE_MARGIN)
        self.write(path, written(content, at_the_margin=at_the_margin))

    def write(self, path: Path, text: str) -> None:
        """Puts a new file in the place of one; what has the old one keeps it, for states share their files."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as new:
            new.write(text)
        Path(new.name).chmod(0o644)
        os.replace(new.name, path)


def written(content: Any, *, at_the_margin: bool) -> str:
    """YAML with lists at the margin, as training questions have them, or further in."""
    yaml = YAML(typ="rt")
    yaml.width = _WIDE
    if at_the_margin:
        yaml.indent(mapping=2, sequence=2, offset=0)
    else:
        yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(content, text)
    return text.getvalue()


def checksum(folder: Path) -> str:
    """Stands for all that trainers' data hold below a folder: the same where nothing differs."""
    digest = hashlib.sha256()
    for path in Draft(folder).files(*PARTS, *HELD_OUT):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
