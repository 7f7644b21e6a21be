"""The words of the console, from zh.yml."""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_FILE = Path(__file__).parent / "zh.yml"


class Words:
    """Words by a dotted key, such as `login.title`. An unknown key raises KeyError: a test finds it."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content

    def __call__(self, key: str, **values: object) -> str:
        """The words of a key, with values filled in."""
        found: Any = self._content
        for part in key.split("."):
            found = found[part]
        if not isinstance(found, str):
            raise KeyError(key)
        return found.format(**values) if values else found

    def group(self, key: str) -> dict[str, str]:
        """All words below a key, by the rest of their keys, in the order of the file."""
        found: Any = self._content
        for part in key.split("."):
            found = found[part]
        return dict(found)


@cache
def read_words() -> Words:
    """The words, read once."""
    return Words(YAML(typ="safe").load(_FILE.read_text(encoding="utf-8")))
