"""The pages, their words and their headers."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from bot.web.context import Health, Web
from bot.web.docs import describe
from bot.web.pages import STATIC, assets_path
from bot.web.texts import ROOM, read_texts
from qifu.labels import District, Language
from tests.fakes.dialogue import FakeDialogue
from tests.fakes.webserver import build

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize("path", ["/", "/docs", "/nowhere", "/api/v1/meta", "/api/v1/nowhere", "/static/x/app.js"])
async def test_every_answer_keeps_the_page_to_its_own(http: httpx.AsyncClient, path: str) -> None:
    headers = (await http.get(path)).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("wish", "heading"),
    [
        ({}, "企服"),
        ({"Accept-Language": "en-US,en;q=0.8"}, "Qifu"),
        ({"Accept-Language": "fr, zh-CN;q=0.5"}, "企服"),
        ({"Accept-Language": "en", "Cookie": "qifu_lang=zh"}, "企服"),
    ],
)
async def test_the_page_speaks_the_language_of_the_reader(
    http: httpx.AsyncClient, wish: dict[str, str], heading: str
) -> None:
    assert f'data-word="name">{heading}<' in (await http.get("/", headers=wish)).text


@pytest.mark.parametrize("path", ["/", "/docs"])
@pytest.mark.parametrize("language", list(Language))
async def test_pages_have_no_inline_script_or_style_and_nothing_from_elsewhere(
    http: httpx.AsyncClient, path: str, language: Language
) -> None:
    page = (await http.get(path, params={"lang": language})).text
    assert re.findall(r"<script(?![^>]*(?: src=|application/json))", page) == []
    assert re.findall(r"\son\w+=|\sstyle=|<style", page) == []
    assert all(url.startswith("/") for url in re.findall(r'(?:src|href)="([^"#][^"]*)"', page))


async def test_static_files_are_kept_for_good_under_a_path_that_changes_with_them(http: httpx.AsyncClient) -> None:
    response = await http.get(f"{assets_path()}/app.js")
    assert response.status_code == 200
    assert "javascript" in response.headers["content-type"]
    assert "immutable" in response.headers["Cache-Control"]


def test_a_changed_file_changes_the_path(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    before = assets_path(tmp_path)
    (tmp_path / "a.js").write_text("2")
    assert assets_path(tmp_path) != before


async def test_the_page_loads_every_module_that_its_scripts_import(http: httpx.AsyncClient) -> None:
    imported = {name for path in STATIC.glob("*.js") for name in re.findall(r'from "\./(\w+)\.js"', path.read_text())}
    assert all((STATIC / f"{name}.js").exists() for name in imported)
    preloaded = set(re.findall(r'modulepreload" href="[^"]*/(\w+)\.js"', (await http.get("/")).text))
    assert preloaded == imported


def test_scripts_never_write_markup() -> None:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?://(?!www\.w3\.org)", scripts)
        == []
    )


async def test_an_unknown_path_is_a_page_in_chinese_for_people(http: httpx.AsyncClient) -> None:
    response = await http.get("/没有/这里", headers=HTML)
    assert response.status_code == 404
    assert "这里没有这个页面" in response.text
    assert response.headers["content-type"].startswith("text/html")


async def test_an_unknown_path_of_the_api_is_json_even_for_a_browser(http: httpx.AsyncClient) -> None:
    response = await http.get("/api/v1/nowhere", headers=HTML)
    assert response.json() == {"error": {"code": "not_found", "message": "这里没有这个页面。"}}


async def test_a_wrong_method_is_told(http: httpx.AsyncClient) -> None:
    response = await http.delete("/api/v1/conversations")
    assert (response.status_code, response.json()["error"]["code"]) == (405, "method")


async def test_a_large_body_is_refused_everywhere(http: httpx.AsyncClient) -> None:
    response = await http.post("/api/v1/conversations", content=b"x" * 100_000)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


async def test_what_the_page_starts_with_cannot_break_out_of_its_script(dialogue: FakeDialogue) -> None:
    transport = httpx.ASGITransport(build(dialogue))
    async with httpx.AsyncClient(transport=transport, base_url="http://qifu") as http:
        page = (await http.get("/", params={"district": "</script><script>alert(1)</script>"})).text
    assert "alert(1)" not in page


async def test_a_link_may_choose_the_district(http: httpx.AsyncClient) -> None:
    assert '"wish": "minhang"' in (await http.get("/?district=minhang")).text


async def test_meta_names_topics_and_districts(http: httpx.AsyncClient) -> None:
    meta = (await http.get("/api/v1/meta")).json()
    assert meta["topics"] == [{"id": "taxes", "zh": "税费办理", "en": "Taxes"}]
    assert [one["id"] for one in meta["districts"]] == list(District)
    assert meta["max_text"] == 2000


async def test_health_tells_of_each_part(http: httpx.AsyncClient) -> None:
    health = (await http.get("/api/v1/health")).json()
    assert health == {"status": "ok", "parts": {"rasa": "ok", "database": {"status": "ok"}}}


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"rasa": "away"}, "degraded"),
        ({"a": {"status": "error"}}, "degraded"),
        ({"a": {"alive": False}, "b": "off"}, "degraded"),
        ({"a": {"alive": True}, "b": {"state": "polling"}}, "ok"),
        ({"status": "degraded", "a": "ok"}, "degraded"),
        ({}, "ok"),
    ],
)
async def test_health_is_degraded_while_a_part_is_away(
    dialogue: FakeDialogue, parts: dict[str, Any], status: str
) -> None:
    app = build(dialogue)

    async def health() -> dict[str, Any]:
        return parts

    app.state.web = _with_health(app.state.web, health)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://qifu") as http:
        assert (await http.get("/api/v1/health")).json()["status"] == status


async def test_health_that_cannot_be_told_is_down(dialogue: FakeDialogue) -> None:
    app = build(dialogue)

    async def health() -> dict[str, Any]:
        raise OSError("no route")

    app.state.web = _with_health(app.state.web, health)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://qifu") as http:
        response = await http.get("/api/v1/health")
    assert (response.status_code, response.json()) == (503, {"status": "down", "parts": {}})


async def test_the_description_shows_every_operation_and_model(http: httpx.AsyncClient) -> None:
    schema = (await http.get("/api/v1/openapi.json")).json()
    api = describe(schema)
    page = (await http.get("/docs")).text
    assert {(one.method, one.path.removeprefix("/api/v1")) for one in api.operations} == {
        ("POST", "/conversations"),
        ("POST", "/conversations/{conversation_id}/messages"),
        ("GET", "/conversations/{conversation_id}/turns"),
        ("PUT", "/conversations/{conversation_id}/district"),
        ("GET", "/conversations/{conversation_id}/events"),
        ("GET", "/conversations/{conversation_id}/files/{message_id}/{place}"),
        ("POST", "/conversations/{conversation_id}/files"),
        ("GET", "/health"),
        ("GET", "/meta"),
    }
    assert all(one.description for one in api.operations)
    assert all(f'id="{one.id}"' in page for one in api.operations)
    assert all(f'id="model-{one.name}"' in page for one in api.models)
    links = set(re.findall(r'href="#(model-\w+)"', page))
    assert links <= set(re.findall(r'id="(model-\w+)"', page))


def test_every_word_has_both_languages_and_the_same_places_to_fill_in() -> None:
    content = YAML(typ="safe").load((ROOM / "texts.yml").read_text(encoding="utf-8"))
    suggested = [pair for one in content["suggestions"] for pair in one.values()]
    pairs = [*content["page"].values(), *content["errors"].values(), *content["districts"].values(), *suggested]
    for pair in pairs:
        assert set(pair) == set(Language)
        assert set(re.findall(r"\{(\w+)\}", pair["zh"])) == set(re.findall(r"\{(\w+)\}", pair["en"]))


def test_every_word_that_pages_and_scripts_use_exists_and_is_used() -> None:
    known = set(read_texts().words(Language.ZH))
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOM / "templates").glob("*.html"))
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    used = set(re.findall(r"words\.(\w+)", pages)) | set(re.findall(r'data-word[\w-]*="(\w+)"', pages))
    used |= set(re.findall(r'\bword\("(\w+)"', scripts))
    made = {"thumb_up", "thumb_down", "bot_mark", "staff_mark", "desk_mark"}
    assert used <= known
    assert known - used - made == set()


def test_every_error_code_has_a_sentence() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    codes = set(re.findall(r'Refusal\([^")]*"(\w+)"', sources)) | {"file_kind", "file_large", "file_many", "file_full"}
    texts = read_texts()
    assert codes
    assert all(texts.error(code, Language.ZH, seconds=1, megabytes=5, most=30) for code in codes)


def test_the_districts_are_those_of_the_labels() -> None:
    assert list(read_texts().districts) == list(District)


def _with_health(web: Web, health: Health) -> Web:
    return replace(web, health=health)
