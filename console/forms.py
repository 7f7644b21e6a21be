"""The pages before a session: login, one-time code, password. Plain forms, since they set cookies.

They carry a token against forged requests, bound to a cookie of the browser that asked for the form.
"""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.accounts.login import Attempt, Visitor
from console.accounts.passwords import LONGEST, SHORTEST
from console.accounts.sessions import COOKIE
from console.navigation import PREFIX
from console.services import ConsoleServices
from qifu.errors import AccountError
from store.repositories import AuditRepository

_FORM = "qifu_form"
_STEP = "qifu_step"
_LARGEST = 8 * 1024
_SAID = ("ended", "logged_out", "changed")
_TEMPLATES = Path(__file__).parent / "templates"


class Forms:
    """Login, code and password as routes."""

    def __init__(self, services: ConsoleServices, assets: str) -> None:
        self._services = services
        self._assets = assets
        self._secret = secrets.token_bytes(32)
        self._secure = services.settings.address.startswith("https://")
        self._pages = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def router(self) -> APIRouter:
        """The routes below PREFIX."""
        router = APIRouter(prefix=PREFIX, include_in_schema=False, default_response_class=HTMLResponse)
        router.get("/login")(self.show_login)
        router.post("/login")(self.log_in)
        router.get("/code")(self.show_code)
        router.post("/code")(self.check_code)
        router.get("/password")(self.show_password)
        router.post("/password")(self.set_password)
        router.post("/logout")(self.log_out)
        router.get("/alive")(self.alive)
        return router

    async def show_login(self, request: Request) -> Response:
        """The login; whoever is logged in goes on."""
        if await self._services.sessions.find(request.cookies.get(COOKIE)):
            return RedirectResponse(_next(request.query_params.get("next")), 303)
        said = request.query_params.get("said", "")
        return self._page(
            request, "login.html", said=said if said in _SAID else "", login="", next=_next(None, request)
        )

    async def log_in(self, request: Request) -> Response:
        """Checks login and password."""
        form = await _read(request)
        if not self._is_ours(request, form):
            return self._page(request, "login.html", 400, error="expired", login=form.get("login", ""), next=_to(form))
        attempt = await self._services.login.with_password(
            form.get("login", ""), form.get("password", ""), _visitor(request)
        )
        if attempt.kind == "code":
            answer = RedirectResponse(f"{PREFIX}/code?next={quote(_to(form), safe='')}", 303)
            self._set(answer, _STEP, attempt.token)
            return answer
        return self._went(request, "login.html", attempt, form)

    async def show_code(self, request: Request) -> Response:
        """The form for the one-time code."""
        if not request.cookies.get(_STEP):
            return RedirectResponse(f"{PREFIX}/login", 303)
        return self._page(request, "code.html", next=_next(None, request))

    async def check_code(self, request: Request) -> Response:
        """Checks the one-time code."""
        form = await _read(request)
        if not self._is_ours(request, form):
            return self._page(request, "code.html", 400, error="expired", next=_to(form))
        attempt = await self._services.login.with_code(
            request.cookies.get(_STEP, ""), form.get("code", ""), _visitor(request)
        )
        if attempt.kind == "stale":
            return self._page(request, "login.html", 400, error="stale", login="", next=_to(form))
        return self._went(request, "code.html", attempt, form)

    async def show_password(self, request: Request) -> Response:
        """The form for a new password."""
        staff = await self._services.sessions.use(request.cookies.get(COOKIE))
        if staff is None:
            return RedirectResponse(f"{PREFIX}/login?next={quote(f'{PREFIX}/password', safe='')}", 303)
        return self._page(request, "password.html", forced=staff.must_change_password, login=staff.login)

    async def set_password(self, request: Request) -> Response:
        """Sets a new password and begins a new session, the others having ended."""
        staff = await self._services.sessions.use(request.cookies.get(COOKIE))
        if staff is None:
            return RedirectResponse(f"{PREFIX}/login?said=ended", 303)
        form = await _read(request)
        values = {"forced": staff.must_change_password, "login": staff.login}
        error = await self._wrong_password(request, form, staff.id, staff.must_change_password)
        if error:
            return self._page(request, "password.html", 400, error=error, **values)
        try:
            await self._services.people.set_password(staff.id, form["new"])
        except AccountError as problem:
            return self._page(request, "password.html", 400, error=f"account_error.{problem}", **values)
        visitor = _visitor(request)
        token = await self._services.sessions.open(staff.id, visitor.address, visitor.agent)
        answer = RedirectResponse(f"{PREFIX}/" if staff.must_change_password else f"{PREFIX}/mine", 303)
        self._set(answer, COOKIE, token)
        return answer

    async def _wrong_password(self, request: Request, form: dict[str, str], staff_id: int, forced: bool) -> str | None:
        if not self._is_ours(request, form):
            return "login.expired"
        if form.get("new", "") != form.get("again", ""):
            return "password.differ"
        form.setdefault("new", "")
        if forced or await self._services.login.proves(staff_id, form.get("current", "")):
            return None
        return "password.wrong_current"

    async def log_out(self, request: Request) -> Response:
        """Ends the session."""
        form = await _read(request)
        staff = await self._services.sessions.find(request.cookies.get(COOKIE))
        if staff is not None and self._is_ours(request, form):
            await self._services.sessions.end(staff.id, staff.session_id, "logged_out")
            async with self._services.database.session() as session:
                audit = AuditRepository(session, self._services.clock)
                await audit.write(staff.id, "logout", f"staff:{staff.id}")
        elif staff is not None:
            return RedirectResponse(f"{PREFIX}/", 303)
        answer = RedirectResponse(f"{PREFIX}/login?said=logged_out", 303)
        self._drop(answer, COOKIE)
        return answer

    async def alive(self, request: Request) -> Response:
        """Whether the session still lasts: 204 or 401. Asking doesn't count as using it."""
        staff = await self._services.sessions.find(request.cookies.get(COOKIE))
        return Response(status_code=204) if staff else JSONResponse({"error": "unauthorised"}, 401)

    def token_for(self, cookie: str) -> str:
        """The form token that goes with a browser's form cookie."""
        return hmac.new(self._secret, cookie.encode(), hashlib.sha256).hexdigest()

    def _is_ours(self, request: Request, form: dict[str, str]) -> bool:
        """Whether this browser asked for the form that it sends."""
        cookie = request.cookies.get(_FORM, "")
        site = request.headers.get("sec-fetch-site", "same-origin")
        return (
            bool(cookie)
            and site in ("same-origin", "none")
            and hmac.compare_digest(form.get("token", "").encode(), self.token_for(cookie).encode())
        )

    def _went(self, request: Request, template: str, attempt: Attempt, form: dict[str, str]) -> Response:
        """What follows an attempt."""
        if attempt.kind == "in":
            answer: Response = RedirectResponse(_to(form), 303)
            self._set(answer, COOKIE, attempt.token)
            self._drop(answer, _STEP)
            return answer
        error = "wrong_code" if (attempt.kind, template) == ("wrong", "code.html") else attempt.kind
        status = 429 if attempt.kind == "slow" else 401
        values: dict[str, Any] = {"login": form.get("login", "")} if template == "login.html" else {}
        seconds = int(attempt.seconds) + 1
        return self._page(request, template, status, error=error, seconds=seconds, next=_to(form), **values)

    def _page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        cookie = request.cookies.get(_FORM) or secrets.token_urlsafe(16)
        page = self._pages.get_template(template).render(
            {"error": "", "said": "", "seconds": 0, "forced": False, "next": f"{PREFIX}/"}
            | {"words": self._services.words, "assets": self._assets, "prefix": PREFIX}
            | {"shortest": SHORTEST, "longest": LONGEST, "token": self.token_for(cookie)}
            | values
        )
        answer = HTMLResponse(page, status)
        self._set(answer, _FORM, cookie)
        return answer

    def _set(self, answer: Response, name: str, value: str) -> None:
        answer.set_cookie(name, value, path=PREFIX, httponly=True, samesite="strict", secure=self._secure)

    def _drop(self, answer: Response, name: str) -> None:
        answer.delete_cookie(name, path=PREFIX, httponly=True, samesite="strict", secure=self._secure)


async def _read(request: Request) -> dict[str, str]:
    """The fields of a small form, the first value of each; nothing of one that is too large."""
    body = bytearray()
    async for piece in request.stream():
        body.extend(piece)
        if len(body) > _LARGEST:
            return {}
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _visitor(request: Request) -> Visitor:
    return Visitor(request.client.host if request.client else "unknown", request.headers.get("user-agent", ""))


def _next(path: str | None, request: Request | None = None) -> str:
    """Where to go after the login: only into the console, whatever a link says."""
    wanted = path or (request.query_params.get("next") if request else None) or ""
    inside = wanted.startswith(f"{PREFIX}/") and not set(wanted) & set("\\\r\n\t") and "//" not in wanted
    return wanted if inside and "/_nicegui" not in wanted else f"{PREFIX}/"


def _to(form: dict[str, str]) -> str:
    return _next(form.get("next"))
