"""Live delivery: the stream of a conversation, over a real connection."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.dialogue.turn import Turn
from bot.web.hub import Hub, turn_event, typing_event
from bot.web.stored import late_delivery
from qifu.labels import Outcome
from tests.bot.web.conftest import Client, opened
from tests.fakes.dialogue import reply
from tests.fakes.webserver import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def talking(served: WebServer) -> AsyncIterator[Client]:
    """A client with a conversation on a real server."""
    async with httpx.AsyncClient(base_url=served.url, timeout=5) as http:
        yield await opened(http)


class Stream:
    """The events of a stream, one after the other."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, Any]:
        """The next event as a dict of its fields, `data` read as JSON. Raises StopAsyncIteration at the end."""
        event: dict[str, Any] = {}
        while line := await anext(self._lines):
            name, _, value = line.partition(": ")
            event[name] = json.loads(value) if name == "data" else value
        return event

    async def of(self, kind: str) -> dict[str, Any]:
        """The next event of a kind."""
        while (event := await self.next()).get("event") != kind:
            pass
        return event


@asynccontextmanager
async def following(client: Client, headers: dict[str, str] | None = None, **parameters: Any) -> AsyncIterator[Stream]:
    """The stream of a client's conversation."""
    url = f"/api/v1/conversations/{client.id}/events"
    async with client.http.stream("GET", url, params=parameters, headers=client.headers | (headers or {})) as response:
        assert response.status_code == 200
        yield Stream(response)


async def until(true: Callable[[], object]) -> None:
    """Returns once something is true that nothing tells of."""
    while not true():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def settled(hub: Hub, conversation_id: str, pages: int = 1) -> None:
    """Returns once so many pages listen."""
    await until(lambda: hub.publish(conversation_id, typing_event(False)) >= pages)


async def test_a_stream_shows_typing_and_the_turn(served: WebServer, talking: Client) -> None:
    async with following(talking) as stream:
        await settled(served.hub, talking.id)
        answer = (await talking.say("几天？")).json()
        assert (await stream.of("typing"))["data"] == {"on": False}
        assert (await stream.of("typing"))["data"] == {"on": True}
        turn = await stream.of("turn")
        assert (await stream.of("typing"))["data"] == {"on": False}
    assert turn["id"] == str(answer["id"])
    assert {**turn["data"], "at": None} == {**answer, "at": None}


async def test_a_turn_nobody_asked_for_arrives(served: WebServer, talking: Client) -> None:
    said = Turn("", (reply(("text", "您好，我是帮办人员小王。")),), Outcome.HANDOFF)
    async with following(talking) as stream:
        await settled(served.hub, talking.id)
        stored = served.dialogue.remember(talking.id, said, author="staff")
        assert served.hub.publish(talking.id, turn_event(stored, author="staff")) == 1
        turn = (await stream.of("turn"))["data"]
    assert (turn["author"], turn["message_id"]) == ("staff", None)


async def test_a_late_answer_arrives_under_the_id_of_its_message(served: WebServer, talking: Client) -> None:
    served.dialogue.away = True
    kept = (await talking.say("在吗")).json()
    deliver = late_delivery(served.hub, served.dialogue)
    async with following(talking) as stream:
        await settled(served.hub, talking.id)
        for conversation_id, turn in served.dialogue.answer_late():
            await deliver(conversation_id, turn)
        answer = (await stream.of("turn"))["data"]
    assert answer["id"] == kept["id"]
    assert not answer["pending"]
    assert served.dialogue.delivered == [kept["id"]]


async def test_a_late_answer_is_not_delivered_where_nobody_looks(served: WebServer, talking: Client) -> None:
    served.dialogue.away = True
    await talking.say("在吗")
    deliver = late_delivery(served.hub, served.dialogue)
    for conversation_id, turn in served.dialogue.answer_late():
        await deliver(conversation_id, turn)
    await deliver("telegram:1", Turn("", (), Outcome.ANSWERED, id=7))
    assert served.dialogue.delivered == []


@pytest.mark.parametrize("way", ["header", "parameter"])
async def test_a_stream_that_comes_back_brings_what_was_missed(talking: Client, way: str) -> None:
    first = (await talking.say("第一句")).json()["id"]
    await talking.say("第二句")
    headers = {"Last-Event-ID": str(first)} if way == "header" else {}
    parameters = {"since": first} if way == "parameter" else {}
    async with following(talking, headers, **parameters) as stream:
        assert (await stream.of("turn"))["data"]["text"] == "第二句"


@pytest.mark.parametrize("last", ["abc", "-5", "９", "9" * 30, ""])
async def test_a_last_event_id_that_is_no_id_is_ignored(served: WebServer, talking: Client, last: str) -> None:
    async with following(talking, {"Last-Event-ID": last.encode("ascii", "replace").decode()}) as stream:
        await settled(served.hub, talking.id)
        assert (await stream.next())["event"] == "typing"


async def test_a_page_that_opens_while_a_message_is_answered_sees_typing(served: WebServer, talking: Client) -> None:
    served.dialogue.pause.clear()
    request = asyncio.ensure_future(talking.say("慢"))
    await until(lambda: served.dialogue.incoming)
    async with following(talking) as stream:
        assert (await stream.next())["data"] == {"on": True}
    served.dialogue.pause.set()
    await request


async def test_the_oldest_of_too_many_pages_gives_way(served: WebServer, talking: Client) -> None:
    async with following(talking) as oldest, following(talking), following(talking), following(talking):
        await settled(served.hub, talking.id, 4)
        async with following(talking):
            assert (await oldest.of("replaced"))["data"] == {}


async def test_streams_end_when_the_server_stops(served: WebServer, talking: Client) -> None:
    async with following(talking) as stream:
        await settled(served.hub, talking.id)
        await asyncio.wait_for(served.stop(), 3)
        with pytest.raises(StopAsyncIteration):
            await stream.of("never")
