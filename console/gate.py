"""Lets only sessions through to the pages: every request and every websocket of the console passes here."""

from urllib.parse import quote, urlsplit

from nicegui import __version__ as nicegui_version
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from console.accounts.sessions import COOKIE, Sessions
from console.headers import with_nonce
from console.navigation import PREFIX
from console.socket import GuardedSocket

STAFF = "qifu.staff"
"""Where a request's scope holds who is logged in."""
_LIBRARY = f"/_nicegui/{nicegui_version}/"
_OPEN = tuple(_LIBRARY + folder for folder in ("static/", "libraries/", "components/", "resources/", "esm/"))
_SAFE = ("GET", "HEAD", "OPTIONS")
# A strict cookie stays at home when a link elsewhere (an alert in a messenger) leads here: the page asks again itself.
_AGAIN = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>…</title>'


class Gate:
    """Wraps NiceGUI's app. `public_host` is the host under which staff reach it, where a proxy changes the header."""

    def __init__(self, app: ASGIApp, sessions: Sessions, public_host: str | None = None) -> None:
        self._app = app
        self._sessions = sessions
        self._public_host = public_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if scope["method"] in _SAFE and path.startswith(_OPEN):
            # Files of the library: the same for everybody, and nothing of qifu.
            await with_nonce(self._app, scope, receive, send)
            return
        if scope["method"] not in _SAFE and not self._from_here(connection):
            await JSONResponse({"error": "cross_site"}, 403)(scope, receive, send)
            return
        staff = await self._sessions.use(connection.cookies.get(COOKIE))
        refusal: Response | None = None
        if staff is None:
            refusal = self._ask_to_log_in(connection, scope["method"])
        elif staff.must_change_password:
            refusal = RedirectResponse(f"{PREFIX}/password", 303)
        if refusal is not None:
            refusal.headers["Cache-Control"] = "no-store"
            await refusal(scope, receive, send)
            return
        scope[STAFF] = staff
        await with_nonce(self._app, scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        token = connection.cookies.get(COOKIE, "")
        staff = await self._sessions.find(token) if self._from_here(connection) else None
        if staff is None or staff.must_change_password:
            await send({"type": "websocket.close", "code": 4401})
            return
        await GuardedSocket(self._app, self._sessions, token, staff)(scope, receive, send)

    def _ask_to_log_in(self, connection: HTTPConnection, method: str) -> Response:
        headers = connection.headers
        if method != "GET" or "text/html" not in headers.get("accept", ""):
            return JSONResponse({"error": "unauthorised"}, 401)
        if headers.get("sec-fetch-site") == "cross-site" and not connection.cookies:
            return HTMLResponse(_AGAIN)
        query = f"?{connection.url.query}" if connection.url.query else ""
        return RedirectResponse(f"{PREFIX}/login?next={quote(connection.url.path + query, safe='')}", 303)

    def _from_here(self, connection: HTTPConnection) -> bool:
        """Whether a browser says that a page of ours sends this; whatever is no browser may leave it out."""
        if (origin := connection.headers.get("origin")) is None:
            return connection.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
        return urlsplit(origin).netloc in {connection.headers.get("host"), self._public_host} - {None}
