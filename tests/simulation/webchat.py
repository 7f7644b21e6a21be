"""A user of the HTTP API: posts messages until they are accepted, and follows the event stream."""

import asyncio
import json
from contextlib import suppress
from itertools import count
from typing import Any

import httpx

from tests.simulation.chats import Chat, Seen
from tests.simulation.diary import STAFF_TOKEN, Diary
from tests.simulation.simtime import SimTime

Json = dict[str, Any]
_PAUSE = 0.3
_MOST_PAUSE = 2.0


class WebChat(Chat):
    """Each user has an address of their own on the loopback, as users of the web have."""

    def __init__(self, url: str, number: int, diary: Diary, time: SimTime) -> None:
        super().__init__(diary, time)
        address = f"127.0.{1 + number // 200}.{1 + number % 200}"
        transport = httpx.AsyncHTTPTransport(local_address=address, verify=False)  # there is no TLS
        self._http = httpx.AsyncClient(base_url=url, transport=transport, timeout=30.0, trust_env=False)
        self._numbers = count(1)
        self._last_event: str | None = None
        self._stream: asyncio.Task[None] | None = None

    async def open(self) -> None:
        answer = await self._until_accepted("/api/v1/conversations", {})
        self.conversation = answer["conversation"]["id"]
        self._http.headers["Authorization"] = f"Bearer {answer['token']}"
        self._stream = asyncio.create_task(self._follow())

    async def says(self, text: str, token: str | None = None, *, cue: bool = False) -> None:
        await self._post({"text": text}, token, cue)

    async def presses(self, payload: str) -> bool:
        await self._post({"payload": payload}, None, True)
        return True

    async def transcript(self) -> list[Json]:
        """What the API says was said, all of it."""
        answer = await self._http.get(f"/api/v1/conversations/{self.conversation}/turns")
        turns: list[Json] = answer.raise_for_status().json()["turns"]
        return turns

    async def close(self) -> None:
        if self._stream:
            self._stream.cancel()
            await asyncio.gather(self._stream, return_exceptions=True)
        await self._http.aclose()

    async def _post(self, body: Json, token: str | None, cue: bool) -> None:
        key = f"m{next(self._numbers)}"
        self.note(key, token, cue)
        path = f"/api/v1/conversations/{self.conversation}/messages"
        self._show(await self._until_accepted(path, {"message_id": key} | body))

    async def _until_accepted(self, path: str, body: Json) -> Json:
        away = _PAUSE
        while True:
            pause = away
            try:
                answer = await self._http.post(path, json=body)
            except httpx.TransportError:
                self.diary.met["web: no connection, tried again"] += 1
                away = min(_MOST_PAUSE, 1.5 * away)
            else:
                if answer.is_success:
                    accepted: Json = answer.json()
                    return accepted
                self.diary.met[f"web: refused with {answer.status_code}"] += 1
                if answer.status_code not in (429, 500, 502, 503):
                    raise AssertionError(f"{path}: {answer.status_code} {answer.text}")
                pause = min(_MOST_PAUSE, float(answer.headers.get("Retry-After", _PAUSE)))
            await asyncio.sleep(pause)

    async def _follow(self) -> None:
        """Reads the event stream, and comes back to it as a browser does."""
        while True:
            with suppress(httpx.HTTPError):
                await self._read()
            await asyncio.sleep(_MOST_PAUSE / 2)

    async def _read(self) -> None:
        headers = {"Last-Event-ID": self._last_event} if self._last_event else {}
        path = f"/api/v1/conversations/{self.conversation}/events?since=0"
        async with self._http.stream("GET", path, headers=headers, timeout=httpx.Timeout(30.0, read=60.0)) as stream:
            stream.raise_for_status()
            event: dict[str, str] = {}
            async for line in stream.aiter_lines():
                name, _, value = line.partition(": ")
                if line:
                    event[name] = value
                    continue
                self._last_event = event.get("id", self._last_event)
                if event.get("event") == "turn":
                    self._show(json.loads(event["data"]), streamed=True)
                event = {}

    def _show(self, turn: Json, streamed: bool = False) -> None:
        told = turn["told"]
        name = f"{told['kind']}:{told['id']}" if told else f"turn:{turn['id']}:{turn['pending']}"
        if streamed and told and told["kind"] == "message" and name not in self.seen:
            self.diary.streamed.update(STAFF_TOKEN.findall(turn["replies"][0]["text"]))
        for place, reply in enumerate(turn["replies"]):
            buttons = tuple(button["payload"] for button in reply["buttons"])
            self.seen.setdefault(f"{name}:{place}" if place else name, Seen(name, reply["text"], buttons))
