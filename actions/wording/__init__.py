"""The words of replies: phrases in zh.yml and en.yml, filled by Jinja."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from qifu.labels import Language
from seeds.yaml import load_yaml

_FOLDER = Path(__file__).parent


class Wording:
    """All phrases of both languages; a phrase asked for and not there is an error, found by a test."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        # Phrases are plain text; each channel escapes what it shows.
        environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
        self.phrases = {language: load_yaml(folder / f"{language}.yml") for language in Language}
        self._templates = {
            (language, key): environment.from_string(str(text).strip())
            for language, phrases in self.phrases.items()
            for key, text in phrases.items()
        }
        self._profile = load_yaml(folder / "profile_en.yml")

    def say(self, key: str, language: Language, **values: Any) -> str:
        """The phrase `key` in `language`, filled with `values`."""
        return self._templates[language, key].render(**values)

    def profile(self, value: str, language: Language) -> str:
        """What a firm said of itself, in the reader's language; names stay as they are."""
        return value if language is Language.ZH else str(self._profile.get(value, value))
