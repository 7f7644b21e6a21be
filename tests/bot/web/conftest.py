"""The web channel over a fake dialogue: in memory for the API, on a port for streams and for the browser."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.fakes.browser import running_chromium
from tests.fakes.dialogue import FakeDialogue
from tests.fakes.webserver import WebServer, build


@dataclass
class Client:
    """A client of the API that holds one conversation."""

    http: httpx.AsyncClient
    id: str
    token: str

    def __post_init__(self) -> None:
        self.numbers = count(1)

    @property
    def headers(self) -> dict[str, str]:
        """What proves that the conversation is its own."""
        return {"Authorization": f"Bearer {self.token}"}

    async def say(self, text: str, **more: Any) -> httpx.Response:
        """Sends a typed message under a new id, or the id given."""
        return await self.post({"message_id": f"m{next(self.numbers)}", "text": text} | more)

    async def post(self, body: Any) -> httpx.Response:
        """Sends any body as a message."""
        return await self.http.post(f"/api/v1/conversations/{self.id}/messages", json=body, headers=self.headers)

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        """Reads something below the conversation."""
        url = f"/api/v1/conversations/{self.id}/{path}"
        return await self.http.get(url, params=parameters, headers=self.headers)


async def opened(http: httpx.AsyncClient, **body: Any) -> Client:
    """A client with a new conversation."""
    answer = (await http.post("/api/v1/conversations", json=body)).json()
    return Client(http, answer["conversation"]["id"], answer["token"])


@pytest.fixture
def dialogue() -> FakeDialogue:
    """A dialogue that echoes."""
    return FakeDialogue()


@pytest.fixture
async def http(dialogue: FakeDialogue) -> AsyncIterator[httpx.AsyncClient]:
    """The app without a server between."""
    transport = httpx.ASGITransport(build(dialogue), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://qifu") as client:
        yield client


@pytest.fixture
async def client(http: httpx.AsyncClient) -> Client:
    """A client with a new conversation."""
    return await opened(http)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of pages."""
    async with running_chromium() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def served() -> AsyncIterator[WebServer]:
    """A page to open, over a dialogue that echoes."""
    server = WebServer(FakeDialogue())
    await server.start()
    yield server
    await server.stop()
