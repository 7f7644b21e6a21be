"""The client of Rasa: its REST channel for messages, its HTTP API for parsing."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from actions.understanding import Understanding, read_parse
from qifu.errors import UnderstandingError, UnderstandingTimeout


class RasaClient:
    """Talks to one Rasa server on the loopback, and to another one once it is switched there.

    `timeout` in seconds holds for each request.
    """

    def __init__(self, url: str, timeout: float, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._timeout = timeout
        self._wire = _Wire(url, timeout, transport)

    async def send(self, conversation: str, text: str) -> list[dict[str, Any]]:
        """What Rasa says to a message: its messages in order. Raises UnderstandingError, UnderstandingTimeout."""
        answer = await self._post("/webhooks/rest/webhook", {"sender": conversation, "message": text})
        if not isinstance(answer, list):
            raise UnderstandingError("Rasa answered a message with something other than a list")
        return answer

    async def parse(self, text: str) -> Understanding:
        """What Rasa makes of a text outside any conversation. Raises UnderstandingError, UnderstandingTimeout."""
        return read_parse(await self._post("/model/parse", {"text": text}))

    async def alive(self, within: float = 2.0) -> bool:
        """Whether Rasa answers within so many seconds and has a model loaded."""
        try:
            response = await self._wire.http.get("/status", timeout=within)
        except (httpx.HTTPError, RuntimeError):  # closed meanwhile, by a switch
            return False
        return response.status_code == httpx.codes.OK

    async def switch(self, url: str, patience: float, transport: httpx.AsyncBaseTransport | None = None) -> bool:
        """Sends everything from now on to the Rasa at `url`, then waits until the earlier one has answered the rest.

        False where some of it was still open after `patience` seconds and is given up.
        """
        earlier, self._wire = self._wire, _Wire(url, self._timeout, transport)
        try:
            async with asyncio.timeout(patience):
                await earlier.idle.wait()
        except TimeoutError:
            return False
        finally:
            await earlier.http.aclose()
        return True

    async def close(self) -> None:
        """Closes the connections."""
        await self._wire.http.aclose()

    async def _post(self, path: str, content: dict[str, Any]) -> Any:
        try:
            with self._wire.lent() as http:
                response = await http.post(path, json=content)
            response.raise_for_status()
            return response.json()
        except httpx.TimeoutException:
            raise UnderstandingTimeout(f"Rasa didn't answer {path} in time") from None
        except (httpx.HTTPError, ValueError) as error:
            raise UnderstandingError(f"Rasa failed on {path}: {type(error).__name__}") from None


class _Wire:
    """The connections to one server; `idle` is set while nothing is asked over them."""

    def __init__(self, url: str, timeout: float, transport: httpx.AsyncBaseTransport | None) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=timeout, transport=transport, trust_env=False)
        self.idle = asyncio.Event()
        self.idle.set()
        self._open = 0

    @contextmanager
    def lent(self) -> Iterator[httpx.AsyncClient]:
        """The connections, for one request."""
        self._open += 1
        self.idle.clear()
        try:
            yield self.http
        finally:
            self._open -= 1
            if not self._open:
                self.idle.set()
