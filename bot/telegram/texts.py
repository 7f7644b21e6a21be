"""The words this room says itself, read from texts.yml and rendered by Jinja2."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from ruamel.yaml import YAML

from qifu.labels import District, Language

TEXTS = Path(__file__).with_name("texts.yml")


class Texts:
    """Texts by language and name. Unknown names and missing variables raise: they are our slips, never the user's."""

    def __init__(self, content: Mapping[str, Mapping[str, Any]]) -> None:
        self._content = content
        # Plain text comes out of here; it is escaped where it becomes HTML, in render.
        self._environment = Environment(undefined=StrictUndefined)  # noqa: S701

    @classmethod
    def read(cls, path: Path = TEXTS) -> "Texts":
        """The texts of a YAML file."""
        return cls(YAML(typ="safe").load(path.read_text(encoding="utf-8")))

    def say(self, key: str, language: Language, /, **values: Any) -> str:
        """The text called `key`, filled with `values`."""
        return self._environment.from_string(self._content[language][key]).render(**values)

    def part(self, group: str, key: str, language: Language, /, **values: Any) -> str:
        """The text called `key` in a group of texts."""
        return self._environment.from_string(self._content[language][group][key]).render(**values)

    def commands(self, language: Language) -> list[tuple[str, str]]:
        """The menu: (command, description) in order."""
        return list(self._content[language]["commands"].items())

    def districts(self, language: Language) -> dict[District, str]:
        """The districts to choose from, in order."""
        return {District(key): str(name) for key, name in self._content[language]["districts"].items()}

    def kind(self, kind: str, language: Language) -> str:
        """What to call an attachment."""
        return str(self._content[language]["kinds"][kind])


def language_of(code: str | None) -> Language:
    """The language for a Telegram client's language code such as zh-hans; Chinese where none is given."""
    return Language.ZH if not code or code.lower().startswith("zh") else Language.EN
