"""The room's own words exist in both languages and render."""

import re
from collections import defaultdict
from typing import Any

import pytest
from jinja2 import Environment, meta
from ruamel.yaml import YAML

from bot.desk.wording import DeskWording
from bot.telegram.attachments import KINDS
from bot.telegram.staff.build import TEXTS as STAFF_TEXTS
from bot.telegram.staff.show import Show
from bot.telegram.texts import TEXTS, Texts, language_of
from qifu.labels import District, Language
from tests.bot.telegram.support import MENU

COMMANDS = {"queue", "claim", "chats", "note", "canned", "measure", "transfer", "back", "close", "duty"}
VALUES: dict[str, Any] = {
    "keep_days": 180,
    "count": 2,
    "kind": "图片",
    "username": "bot",
    "title": "更多",
    "district": "minhang",
    "name": "闵行区",
}


def content() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = YAML(typ="safe").load(TEXTS.read_text(encoding="utf-8"))
    return loaded


def test_both_languages_have_the_same_texts() -> None:
    chinese, english = content()["zh"], content()["en"]
    assert list(chinese) == list(english)
    for key in ("commands", "districts", "kinds"):
        assert list(chinese[key]) == list(english[key])


@pytest.mark.parametrize("language", list(Language))
def test_every_text_renders(language: Language) -> None:
    for key, text in content()[language].items():
        if isinstance(text, str):
            said = Texts.read().say(key, language, **VALUES)
            assert said.strip()
            assert "{" not in said


@pytest.mark.parametrize("language", list(Language))
def test_commands_are_as_telegram_wants_them(language: Language) -> None:
    commands = Texts.read().commands(language)
    assert [name for name, _ in commands] == MENU
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", name) and 1 <= len(text) <= 256 for name, text in commands)


@pytest.mark.parametrize("language", list(Language))
def test_districts_and_kinds_are_all_named(language: Language) -> None:
    assert set(Texts.read().districts(language)) == set(District)
    assert set(KINDS.values()) | {"other"} == set(content()[language]["kinds"])


@pytest.mark.parametrize("language", list(Language))
def test_hints_on_buttons_are_short_enough(language: Language) -> None:
    for key in ("button_stale", "button_foreign"):
        assert len(Texts.read().say(key, language)) <= 200


@pytest.mark.parametrize(
    ("code", "language"),
    [
        (None, Language.ZH),
        ("", Language.ZH),
        ("zh-hans", Language.ZH),
        ("ZH", Language.ZH),
        ("en-GB", Language.EN),
        ("de", Language.EN),
    ],
)
def test_the_language_follows_the_client(code: str | None, language: Language) -> None:
    assert language_of(code) == language


def test_the_words_for_staff_render_and_the_commands_are_those_there_are() -> None:
    show = Show(Texts.read(STAFF_TEXTS), Texts.read(), DeskWording(), {}, {})
    loaded = YAML(typ="safe").load(STAFF_TEXTS.read_text(encoding="utf-8"))["zh"]
    values = defaultdict(lambda: "1", VALUES | {"commands": [("queue", "谁在等")], "next": "", "on": True})
    for key, text in loaded.items():
        if isinstance(text, str):
            names = meta.find_undeclared_variables(Environment(autoescape=True).parse(text))
            assert show.say(key, **{name: values[name] for name in names}).strip()
    assert set(loaded["commands"]) == COMMANDS
    assert all(
        re.fullmatch(r"[a-z0-9_]{1,32}", name) and len(words) <= 256 for name, words in loaded["commands"].items()
    )
