"""The client of Rasa: its REST channel for messages, its HTTP API for parsing."""

from typing import Any

import httpx

from actions.understanding import Understanding, read_parse
from qifu.errors import UnderstandingError, UnderstandingTimeout


class RasaClient:
    """Talks to one Rasa server on the loopback. `timeout` in seconds holds for each request."""

    def __init__(self, url: str, timeout: float, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout, transport=transport, trust_env=False)

    async def send(self, conversation: str, text: str) -> list[dict[str, Any]]:
        """What Rasa says to a message: its messages in order. Raises UnderstandingError, UnderstandingTimeout."""
        answer = await self._post("/webhooks/rest/webhook", {"sender": conversation, "message": text})
        if not isinstance(answer, list):
            raise UnderstandingError("Rasa answered a message with something other than a list")
        return answer

    async def parse(self, text: str) -> Understanding:
        """What Rasa makes of a text outside any conversation. Raises UnderstandingError, UnderstandingTimeout."""
        return read_parse(await self._post("/model/parse", {"text": text}))

    async def alive(self) -> bool:
        """Whether Rasa answers and has a model loaded."""
        try:
            response = await self._http.get("/status", timeout=2.0)
        except httpx.HTTPError:
            return False
        return response.status_code == httpx.codes.OK

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def _post(self, path: str, content: dict[str, Any]) -> Any:
        try:
            response = await self._http.post(path, json=content)
            response.raise_for_status()
            return response.json()
        except httpx.TimeoutException:
            raise UnderstandingTimeout(f"Rasa didn't answer {path} in time") from None
        except (httpx.HTTPError, ValueError) as error:
            raise UnderstandingError(f"Rasa failed on {path}: {type(error).__name__}") from None
