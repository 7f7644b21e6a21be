"""The client of Rasa: typed answers, and every failure as one of qifu's own errors."""

import asyncio

import httpx
import pytest

from bot.dialogue.rasa import RasaClient
from qifu.errors import UnderstandingError, UnderstandingTimeout
from tests.fakes.rasa import FakeRasa

PARSE = {"text": "退税", "intent": {"name": "taxes", "confidence": 0.9}, "intent_ranking": []}


def client(answer: httpx.Response | Exception) -> RasaClient:
    """A client whose every request gets this answer."""

    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return RasaClient("http://rasa", 1.0, httpx.MockTransport(handle))


async def test_a_parse_is_understood() -> None:
    understood = await client(httpx.Response(200, json=PARSE)).parse("退税")
    assert (understood.intent, understood.confidence, understood.text) == ("taxes", 0.9, "退税")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ReadTimeout("slow"), UnderstandingTimeout),
        (httpx.ConnectTimeout("slow"), UnderstandingTimeout),
        (httpx.ConnectError("refused"), UnderstandingError),
        (httpx.RemoteProtocolError("broken off"), UnderstandingError),
        (httpx.Response(500), UnderstandingError),
        (httpx.Response(200, content=b"<html>"), UnderstandingError),
        (httpx.Response(200, json={"status": "failure"}), UnderstandingError),
    ],
)
async def test_each_failure_has_its_error(answer: httpx.Response | Exception, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        await client(answer).send("web:1", "请保密")
    assert caught.type is error
    assert "请保密" not in str(caught.value)


async def test_rasa_is_alive_once_it_has_a_model() -> None:
    assert await client(httpx.Response(200, json={})).alive()
    assert not await client(httpx.Response(409)).alive()
    assert not await client(httpx.ConnectError("refused")).alive()
    assert not await client(httpx.ReadTimeout("slow")).alive()


async def test_once_switched_everything_goes_to_the_other_server_and_what_is_open_is_waited_for() -> None:
    first, second = FakeRasa(), FakeRasa()
    client = RasaClient("http://first", 1.0, first.transport)
    first.pause.clear()
    open_message = asyncio.create_task(client.send("web:1", "一"))
    await first.until(lambda: first.received)
    switching = asyncio.create_task(client.switch("http://second", 5.0, second.transport))
    await asyncio.sleep(0)
    await client.send("web:2", "二")
    assert not switching.done(), "the first still works on a message"
    first.pause.set()
    assert await switching
    assert (await open_message)[0]["text"] == "收到：一"
    assert (first.received, second.received) == ([("web:1", "一")], [("web:2", "二")])


async def test_a_server_that_never_answers_is_given_up_after_a_while() -> None:
    first, second = FakeRasa(), FakeRasa()
    client = RasaClient("http://first", 1.0, first.transport)
    first.pause.clear()
    open_message = asyncio.create_task(client.send("web:1", "一"))
    await first.until(lambda: first.received)
    assert not await client.switch("http://second", 0.1, second.transport)
    open_message.cancel()
    assert await client.alive()
