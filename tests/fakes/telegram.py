"""A faithful fake of Telegram's Bot API over HTTP on the loopback, for python-telegram-bot and any other client.

    async with FakeTelegram() as telegram:
        settings = Settings(TELEGRAM_BOT_TOKEN=telegram.token, telegram_api_url=telegram.url)
        telegram.user_sends(1001, "出口退税多久到账")
        [answer] = await telegram.sent_to(1001, 1)

Methods, checks and error texts stand in telegram_methods and telegram_desk, how parameters are read in
telegram_parameters, the HTML parser in telegram_html, the state in telegram_world.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from tests.fakes.loopback import Loopback
from tests.fakes.telegram_methods import Methods
from tests.fakes.telegram_people import People
from tests.fakes.telegram_world import BOT, ApiError, Given, Json, World

TOKEN = "4242:FAKE-token_of_the_test_bot"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5


@dataclass
class _Fault:
    method: str
    times: int
    error: ApiError | None = None
    drop_after: bool | None = None  # None: no drop; False: before the method runs; True: after it
    delay: float = 0.0


@dataclass(frozen=True)
class Call:
    """A request of the bot: the method and its parameters as sent."""

    method: str
    parameters: Json
    at: float


class _Dropped(Response):
    """Breaks the connection off in the middle of the answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})


class FakeTelegram(People):
    """The server with its controls; what users do stands in People. `url` is the address for telegram_api_url."""

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__(World())
        self.token = token
        self.username = str(BOT["username"])
        self.calls: list[Call] = []
        self.pushes: list[int] = []
        """The statuses with which the webhook answered."""
        self._methods = Methods(self.world)
        self._faults: list[_Fault] = []
        self._server = Loopback(self._app())
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """The address of the API."""
        return self._server.url

    async def __aenter__(self) -> Self:
        await self.come_back()
        self._tasks.append(asyncio.create_task(self._push()))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.go_away()

    async def go_away(self) -> None:
        """Closes the port: Telegram can't be reached."""
        self._methods.closing = True
        self.world.notify()
        await self._server.stop()

    async def come_back(self) -> None:
        """Listens, at the same port as before."""
        self._methods.closing = False
        await self._server.start()

    def fail(self, method: str, code: int, description: str, times: int = 1, **parameters: Any) -> None:
        """The next calls of a method are answered with an error."""
        self._faults.append(_Fault(method.lower(), times, ApiError(code, description, **parameters)))

    def flood(self, method: str, seconds: int, times: int = 1) -> None:
        """The next calls of a method come too fast for Telegram."""
        self.fail(method, 429, f"Too Many Requests: retry after {seconds}", times, retry_after=seconds)

    def drop(self, method: str, times: int = 1, *, after: bool = False) -> None:
        """The next calls of a method lose the connection, before or after they took effect."""
        self._faults.append(_Fault(method.lower(), times, drop_after=after))

    def delay(self, method: str, seconds: float, times: int = 1) -> None:
        """The next calls of a method take so long."""
        self._faults.append(_Fault(method.lower(), times, delay=seconds))

    def calls_of(self, method: str) -> list[Json]:
        """The parameters of all calls of a method."""
        return [call.parameters for call in self.calls if call.method == method.lower()]

    def sent(self, chat_id: int | None = None) -> list[Json]:
        """The messages of the bot, in one chat or in all."""
        messages = self.world.messages.items()
        ours = [m for (chat, _), m in messages if chat_id in (None, chat) and m.get("from", {}).get("id") == BOT["id"]]
        return sorted(ours, key=lambda message: int(message["message_id"]))

    async def sent_to(self, chat_id: int, number: int, within: float = 5.0) -> list[Json]:
        """The bot's messages in a chat once there are so many. Raises TimeoutError."""
        await self.until(lambda: len(self.sent(chat_id)) >= number, within)
        return self.sent(chat_id)

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Waits for a condition. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - conditions are of any kind
                await asyncio.sleep(0.005)

    async def quiet(self, seconds: float = 0.2) -> None:
        """Waits until all updates are acknowledged and then a moment more, to see that nothing follows."""
        await self.until(lambda: not self.world.pending)
        await asyncio.sleep(seconds)

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.api_route("/bot{token}/{method}", methods=["GET", "POST"])
        async def call(request: Request, token: str, method: str) -> Response:
            try:
                return await self._answer(request, token, method.lower())
            except ApiError as error:
                return _refusal(error)

        @app.get("/file/bot{token}/{path:path}")
        async def download(token: str, path: str) -> Response:
            file = next((file for file in self.world.files.values() if file["file_path"] == path), None)
            if token != self.token or file is None:
                return _refusal(ApiError(404, "Not Found"))
            return Response(file["content"])

        return app

    async def _answer(self, request: Request, token: str, method: str) -> Response:
        if token != self.token:
            raise ApiError(401, "Unauthorized") if ":" in token else ApiError(404, "Not Found")
        parameters = await _parameters(request)
        self.calls.append(Call(method, parameters, time.monotonic()))
        fault = self._next_fault(method)
        await asyncio.sleep(fault.delay if fault else 0)
        if fault and fault.error:
            raise fault.error
        if fault and fault.drop_after is False:
            return _Dropped()
        result = await self._methods.find(method)(parameters)
        self.world.notify()
        return _Dropped() if fault and fault.drop_after else JSONResponse({"ok": True, "result": result})

    def _next_fault(self, method: str) -> _Fault | None:
        for fault in self._faults:
            if fault.method == method and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    async def _push(self) -> None:
        """Pushes updates to the webhook, each until it is answered with 200."""
        async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
            pause = _FIRST_PAUSE
            while True:
                changed, webhook = self.world.changed, self.world.webhook
                if webhook is None or not self.world.pending:
                    await changed.wait()
                    continue
                if await self._pushed(client, webhook, self.world.pending[0]):
                    self.world.pending.pop(0)
                    pause = _FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)

    async def _pushed(self, client: httpx.AsyncClient, webhook: Json, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret"]} if webhook["secret"] else {}
        try:
            response = await client.post(webhook["url"], json=update, headers=headers)
        except httpx.HTTPError as error:
            self._push_failed(webhook, type(error).__name__)
            return False
        self.pushes.append(response.status_code)
        if response.status_code != httpx.codes.OK:
            self._push_failed(webhook, f"Wrong response from the webhook: {response.status_code}")
        return response.status_code == httpx.codes.OK

    @staticmethod
    def _push_failed(webhook: Json, reason: str) -> None:
        webhook |= {"error": reason, "error_date": int(time.time())}


async def _parameters(request: Request) -> Json:
    """The parameters of a request: from the address, a form, a form with files, or JSON."""
    parameters: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        try:
            parameters |= json.loads(await request.body() or b"{}")
        except ValueError:
            raise ApiError(400, "Bad Request: can't parse JSON object") from None
    elif kind:
        async with request.form() as form:
            for name, given in form.items():
                parameters[name] = given if isinstance(given, str) else Given(given.filename or "", await given.read())
    return parameters


def _refusal(error: ApiError) -> Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return JSONResponse(body, error.code)
