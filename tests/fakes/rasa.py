"""Rasa's HTTP API in memory, behind httpx: answers by a script, goes away, is slow, talks nonsense."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx

from qifu.labels import Outcome

type Answer = Callable[[str, str], list[dict[str, Any]]]


def turn_message(text: str, outcome: Outcome = Outcome.ANSWERED, **more: Any) -> list[dict[str, Any]]:
    """What Rasa hands over when an action has said `text`."""
    reply = {
        "text": text,
        "buttons": [{"title": "更多", "payload": "/more"}],
        "blocks": [{"kind": "lead", "text": text}],
    }
    parse = {"intent": "taxes", "confidence": 0.9, "entities": []}
    turn = {"outcome": outcome, "replies": [reply], "parse": parse} | more
    return [{"recipient_id": "x", "text": text}, {"recipient_id": "x", "custom": {"turn": turn}}]


def echo(sender: str, message: str) -> list[dict[str, Any]]:
    """Answers with the message itself."""
    return turn_message(f"收到：{message}")


class FakeRasa:
    """`received` holds senders and messages in the order they came; `answered` those that were answered.

    `away`: the connection is refused; `slow`: no answer in time, though it is alive; `broken` makes each message
    that contains it fail; `body` is sent instead of an answer; while `pause` is not set, answers
    wait; each takes `seconds`.
    """

    def __init__(self, answer: Answer = echo) -> None:
        self.answer = answer
        self.away = False
        self.slow = False
        self.broken: str | None = None
        self.body: bytes | None = None
        self.seconds = 0.0
        self.pause = asyncio.Event()
        self.pause.set()
        self.received: list[tuple[str, str]] = []
        self.answered: list[tuple[str, str]] = []
        self.at_once = 0
        self.most_at_once = 0

    @property
    def transport(self) -> httpx.MockTransport:
        """For RasaClient."""
        return httpx.MockTransport(self._handle)

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Waits for a condition. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - conditions are of any kind
                await asyncio.sleep(0.005)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("connection refused", request=request)
        if request.url.path == "/status":
            return httpx.Response(200, json={"model_file": "x"})
        if self.slow:
            raise httpx.ReadTimeout("too slow", request=request)
        call = json.loads(request.content)
        self.received.append((call["sender"], call["message"]))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await self.pause.wait()
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        if self.broken and self.broken in call["message"]:
            return httpx.Response(500)
        if self.body is not None:
            return httpx.Response(200, content=self.body)
        self.answered.append((call["sender"], call["message"]))
        return httpx.Response(200, json=self.answer(call["sender"], call["message"]))
