"""The words of the console, from the YAML files of this folder; a group may go on in another file."""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

_FOLDER = Path(__file__).parent


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
    content: dict[str, Any] = {}
    for path in sorted(_FOLDER.glob("*.yml")):
        _join(content, YAML(typ="safe").load(path.read_text(encoding="utf-8")), path.name)
    return Words(content)


def _join(into: dict[str, Any], more: dict[str, Any], name: str) -> None:
    for key, value in more.items():
        if key not in into:
            into[key] = value
        elif isinstance(value, dict) and isinstance(into[key], dict):
            _join(into[key], value, f"{name}: {key}")
        else:
            raise ValueError(f"{name}: {key} stands in another file as well")
