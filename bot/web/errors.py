"""Refused requests: a code that programs read, a sentence that people read, never a stack trace."""

from collections.abc import Mapping
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.texts import Texts, language_of
from qifu.errors import QifuError

log = structlog.get_logger(__name__)

CODES = {400: "bad_json", 401: "unauthorised", 404: "not_found", 405: "method", 413: "too_large", 415: "invalid"}


class Refusal(Exception):
    """A request that is refused. `code` is a key of `errors` in texts.yml, `values` fill its sentence."""

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.values = values


class Problems:
    """Turns whatever goes wrong into the answer that fits: JSON below /api, a page elsewhere for a browser."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def install(self, app: FastAPI) -> None:
        """Handles every kind of error of an app."""
        app.add_exception_handler(Refusal, self.refused)
        app.add_exception_handler(RequestValidationError, self.invalid)
        app.add_exception_handler(HTTPException, self.http)
        app.add_exception_handler(QifuError, self.unavailable)
        app.add_middleware(CrashGuard, problems=self)

    def answer(self, request: Request, refusal: Refusal, fields: list[dict[str, str]] | None = None) -> Response:
        """The answer to a refused request."""
        language = language_of(request)
        if not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", ""):
            code = refusal.code if refusal.status == 404 or refusal.status < 500 else "internal"
            page = self._texts.page("problem.html", language, message=self._texts.error(code, language))
            return Response(page, refusal.status, refusal.headers, "text/html")
        error: dict[str, Any] = {
            "code": refusal.code,
            "message": self._texts.error(refusal.code, language, **refusal.values),
        }
        if fields:
            error["fields"] = fields
        return JSONResponse({"error": error}, refusal.status, refusal.headers)

    async def refused(self, request: Request, error: Exception) -> Response:
        """A request that our own code refused."""
        return self.answer(request, cast(Refusal, error))

    async def invalid(self, request: Request, error: Exception) -> Response:
        """A request of the wrong shape: names each field, never repeats what was sent."""
        found = cast(RequestValidationError, error).errors()
        if any(e["type"] == "json_invalid" for e in found):
            return self.answer(request, Refusal(400, "bad_json"))
        fields = [{"field": ".".join(str(part) for part in e["loc"]), "problem": str(e["msg"])} for e in found[:20]]
        return self.answer(request, Refusal(422, "invalid"), fields)

    async def http(self, request: Request, error: Exception) -> Response:
        """An error of the framework: no such path, no such method, too large, a body that can't be read."""
        wrong = cast(HTTPException, error)
        code = CODES.get(wrong.status_code, "invalid" if wrong.status_code < 500 else "internal")
        return self.answer(request, Refusal(wrong.status_code, code, wrong.headers))

    async def unavailable(self, request: Request, error: Exception) -> Response:
        """One of our own errors: a part of qifu is away, the request may be sent again."""
        log.warning("web.unavailable", error=type(error).__name__, path=_route(request))
        return self.answer(request, Refusal(503, "unavailable", {"Retry-After": "5"}))


class CrashGuard:
    """Answers a bug with a plain 500 and logs where it is, but not its message: that may quote a user."""

    def __init__(self, app: ASGIApp, problems: Problems) -> None:
        self._app = app
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http":
                raise
            request = Request(scope)
            log.error("web.crashed", path=_route(request), exc_info=True)
            if not started:
                await self._problems.answer(request, Refusal(500, "internal"))(scope, receive, send)


def _route(request: Request) -> str:
    """The pattern of the path: a path itself may hold what a user wrote."""
    return str(getattr(request.scope.get("route"), "path", "-"))
