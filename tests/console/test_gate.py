"""Every request and every socket of the console needs a session, and speaks for its own pages only."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import websockets
from nicegui import Client
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from console.navigation import PREFIX, read_navigation
from qifu.labels import StaffRole
from store.database import Database
from tests.console.conftest import GOOD
from tests.console.served import ConsoleServer

HTML = {"accept": "text/html"}


@pytest.fixture
async def served(database: Database) -> AsyncIterator[ConsoleServer]:
    """A console with one person of each role."""
    server = ConsoleServer(database)
    for role in StaffRole:
        await server.person(role)
    async with server.running():
        yield server


def a_client(served: ConsoleServer) -> httpx.AsyncClient:
    """A browser's stand-in."""
    return httpx.AsyncClient(base_url=served.url, headers=HTML)


async def enter(client: httpx.AsyncClient, login: str, **more: str) -> httpx.Response:
    """Logs in through the form."""
    form = (await client.get("/console/login")).text
    token = re.search(r'name="token" value="([^"]+)"', form)
    assert token
    return await client.post("/console/login", data={"token": token[1], "login": login, "password": GOOD, **more})


async def page_id(client: httpx.AsyncClient, path: str = "/console/") -> str:
    """Opens a page; the id under which NiceGUI knows it."""
    found = re.search(r"['\"]client_id['\"]: ['\"]([^'\"]+)", (await client.get(path)).text)
    assert found
    return found[1]


def socket(served: ConsoleServer, client: httpx.AsyncClient, client_id: str, **headers: str) -> "websockets.connect":
    """A websocket for a page, with the client's cookies."""
    query = f"client_id={client_id}&tab_id=t&document_id=d&implicit_handshake=true&next_message_id=0"
    url = f"ws://127.0.0.1:{served.port}/console/_nicegui_ws/socket.io/?EIO=4&transport=websocket&{query}"
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return websockets.connect(url, additional_headers={"Cookie": cookies, **headers})


async def joined(connection: ClientConnection) -> None:
    """Speaks the protocol up to the point where events may be sent."""
    assert str(await connection.recv()).startswith("0")
    await connection.send("40")
    assert str(await connection.recv()).startswith("40")


@pytest.mark.parametrize("role", StaffRole)
async def test_each_page_opens_to_its_roles_only(served: ConsoleServer, role: StaffRole) -> None:
    async with a_client(served) as client:
        await enter(client, role)
        for place, paths in served.console.registered.items():
            for path in paths:
                answer = await client.get(PREFIX + path)
                expected = 200 if role in served.console.places[place].roles else 403
                assert (path, answer.status_code) == (path, expected)


async def test_without_a_session_every_page_leads_to_the_login_and_all_else_is_refused(served: ConsoleServer) -> None:
    async with a_client(served) as client:
        for path in ("/", "/accounts", "/audit?day=2026-11-21", "/nothing"):
            answer = await client.get(PREFIX + path)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/console/login?next=%2Fconsole%2F")
        for method, path in (("GET", "/accounts"), ("POST", "/accounts"), ("GET", "/_nicegui_ws/socket.io/?EIO=4")):
            answer = await client.request(method, PREFIX + path, headers={"accept": "*/*"})
            assert answer.status_code == 401
        assert (await client.get("/console/alive")).status_code == 401


async def test_a_session_cookie_that_is_made_up_opens_nothing(served: ConsoleServer) -> None:
    async with a_client(served) as client:
        for made_up in ("x", "", "a" * 43, "'; DROP TABLE staff"):
            client.cookies.set("qifu_staff", made_up, path="/console")
            assert (await client.get("/console/")).status_code == 303


async def test_the_login_leads_into_the_console_only(served: ConsoleServer) -> None:
    for wish in ("https://evil.example/", "//evil.example", "/console//evil.example", "/console/\\evil", "/", "x"):
        async with a_client(served) as client:
            assert (await enter(client, "service", next=wish)).headers["location"] == "/console/"


async def test_a_form_that_this_browser_did_not_ask_for_is_refused(served: ConsoleServer) -> None:
    async with a_client(served) as client:
        for token in ("", "0" * 64):
            answer = await client.post("/console/login", data={"token": token, "login": "service", "password": GOOD})
            assert answer.status_code == 400
        await enter(client, "service")
        await client.post("/console/logout", data={"token": "0" * 64})
        assert (await client.get("/console/alive")).status_code == 204
    async with a_client(served) as client:
        client.headers["sec-fetch-site"] = "cross-site"
        assert (await enter(client, "service")).status_code == 400


async def test_a_huge_form_is_not_read(served: ConsoleServer) -> None:
    async with a_client(served) as client:
        answer = await client.post("/console/login", data={"login": "x" * 100_000})
        assert answer.status_code == 400


async def test_a_link_from_another_site_asks_again_with_the_strict_cookie(served: ConsoleServer) -> None:
    async with a_client(served) as client:
        answer = await client.get("/console/accounts", headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 200
        assert 'http-equiv="refresh"' in answer.text


async def test_pages_run_their_own_scripts_only(served: ConsoleServer) -> None:
    async with a_client(served) as client:
        await enter(client, "administrator")
        first, second = await client.get("/console/accounts"), await client.get("/console/accounts")
        policy = first.headers["content-security-policy"]
        nonce = re.search("'nonce-([^']+)'", policy)
        assert nonce
        assert nonce[1] not in second.text
        scripts = re.findall("<script[^>]*>", first.text)
        assert scripts
        assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
        assert "'unsafe-inline'" not in policy.split("style-src")[0]
        assert "http://" not in policy
        assert "https://" not in policy
        assert first.headers["x-frame-options"] == "DENY"
        assert first.headers["cache-control"] == "no-store"
        answer = await client.get("/")
        assert "unsafe-eval" not in answer.headers["content-security-policy"], "the web chat keeps its own policy"


async def test_behind_https_cookies_are_secure(database: Database) -> None:
    server = ConsoleServer(database, public_url="https://qifu.example")
    await server.person(StaffRole.SERVICE)
    transport = httpx.ASGITransport(server.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://qifu.example") as client:
        answer = await enter(client, "service")
        assert all("secure" in cookie.lower() for cookie in answer.headers.get_list("set-cookie"))


async def test_a_socket_without_a_session_or_from_another_site_is_refused(served: ConsoleServer) -> None:
    async with a_client(served) as client, a_client(served) as stranger:
        await enter(client, "service")
        client_id = await page_id(client)
        with pytest.raises(InvalidStatus):
            await socket(served, stranger, client_id)
        with pytest.raises(InvalidStatus):
            await socket(served, client, client_id, Origin="https://evil.example")
        async with socket(served, client, client_id) as connection:
            await joined(connection)


async def test_a_session_speaks_for_its_own_pages_only(served: ConsoleServer) -> None:
    async with a_client(served) as client, a_client(served) as boss:
        await enter(client, "service")
        await enter(boss, "administrator")
        mine, theirs = await page_id(client), await page_id(boss, "/console/accounts")
        with pytest.raises(InvalidStatus):
            await socket(served, client, theirs)
        listener = next(iter(Client.instances[theirs].elements.values())).id
        for forged in (
            ["event", {"client_id": theirs, "id": listener, "listener_id": "x", "args": []}],
            ["handshake", {"client_id": theirs, "tab_id": "t", "document_id": "d"}],
            ["event"],
            ["event", {"client_id": None}],
            {"event": 1},
        ):
            async with socket(served, client, mine) as connection:
                await joined(connection)
                await connection.send(f"42{json.dumps(forged)}")
                with pytest.raises(ConnectionClosed):
                    for _ in range(50):
                        await connection.recv()


async def test_a_socket_ends_with_its_session(served: ConsoleServer) -> None:
    async with a_client(served) as client:
        await enter(client, "service")
        row = await served.services.people.by_login("service")
        async with socket(served, client, await page_id(client)) as connection:
            await joined(connection)
            await served.services.sessions.end_all(row.id)
            told = ""
            with pytest.raises(ConnectionClosed):
                for _ in range(50):
                    told += str(await connection.recv())
            assert "/login?said=ended" in told


async def test_what_goes_wrong_on_a_page_is_a_plain_page_without_details(served: ConsoleServer) -> None:
    async with a_client(served) as client:
        await enter(client, "administrator")
        missing = await client.get("/console/nothing")
        assert missing.status_code == 404
        assert "没有这个页面" in missing.text
        served.services.people.all = None  # type: ignore[method-assign,assignment]
        broken = await client.get("/console/accounts")
        assert broken.status_code == 500
        assert "页面没能打开" in broken.text
        assert "TypeError" not in broken.text


def test_every_place_has_its_words() -> None:
    from console.wording import read_words  # noqa: PLC0415

    words = read_words()
    for place in read_navigation().values():
        assert words(f"nav.{place.id}")
        assert place.id == "home" or words(f"place.{place.id}")
        assert place.group in (None, "own") or words(f"nav_group.{place.group}")
    assert all(words(f"role.{role}") for role in StaffRole)
