"""The words of the web channel in both languages, from texts.yml, and the pages made with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from ruamel.yaml import YAML

from qifu.labels import Language

ROOM = Path(__file__).resolve().parent
LANGUAGE_COOKIE = "qifu_lang"
HTML_LANGUAGES = {Language.ZH: "zh-CN", Language.EN: "en"}

type Pair = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question offered on an empty page."""

    label: Pair
    ask: Pair


class Texts:
    """Words by key and language, and templates filled with them."""

    def __init__(self, content: Mapping[str, Any], assets: str = "/static") -> None:
        self._content = content
        self._pages = Environment(
            loader=FileSystemLoader(ROOM / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
        self._assets = assets

    @property
    def districts(self) -> Mapping[str, Pair]:
        """Names of the districts by id."""
        names: Mapping[str, Pair] = self._content["districts"]
        return names

    @property
    def suggestions(self) -> list[Suggestion]:
        """The questions offered on an empty page."""
        return [Suggestion(item["label"], item["ask"]) for item in self._content["suggestions"]]

    def words(self, language: Language) -> dict[str, str]:
        """All words of the pages in one language."""
        return {key: pair[language] for key, pair in self._content["page"].items()}

    def error(self, code: str, language: Language, **values: object) -> str:
        """The sentence for an error code."""
        sentence: str = self._content["errors"][code][language]
        return sentence.format(**values)

    def page(self, template: str, language: Language, **values: Any) -> str:
        """A template filled in one language."""
        return self._pages.get_template(template).render(
            words=self.words(language),
            language=language,
            html_language=HTML_LANGUAGES[language],
            assets=self._assets,
            **values,
        )


def read_texts(assets: str = "/static") -> Texts:
    """The words from texts.yml; `assets` is the path below which the static files are served."""
    return Texts(YAML(typ="safe").load((ROOM / "texts.yml").read_text(encoding="utf-8")), assets)


def language_of(request: Request) -> Language:
    """The language a client wants: ?lang=, the choice made on the page, then the browser's; Chinese by default."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in HTML_LANGUAGES:
            return Language(wish)
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return Language.ZH
        if tag.startswith("en"):
            return Language.EN
    return Language.ZH
