"""Ties NiceGUI's websocket to the session that opened its page.

NiceGUI trusts whoever knows a page's id. Here a socket needs a session, may speak only for pages of that session, and
ends with it: no click gets through and nothing more is shown.
"""

import asyncio
import json
import re
from urllib.parse import parse_qs

import structlog
from nicegui import Client
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.accounts.sessions import Sessions
from console.accounts.staff import Staff

log = structlog.get_logger(__name__)

SESSION = "qifu_session"
"""Where a page's client keeps the id of its session."""
ENDED = 4401
_EVENT = re.compile(r"42\d*(\[.*)", re.DOTALL)
_FAREWELL = 0.5


def owned(client_id: str | None, staff: Staff) -> bool:
    """Whether a page belongs to a session; one that is gone (NiceGUI reloads it) may be asked for by anybody."""
    client = Client.instances.get(client_id or "")
    return client is None or client.storage.get(SESSION) in (None, staff.session_id)


class GuardedSocket:
    """Runs a websocket of an app for as long as the session of `token`, which is `staff`'s, lasts."""

    def __init__(self, app: ASGIApp, sessions: Sessions, token: str, staff: Staff) -> None:
        self._app = app
        self._sessions = sessions
        self._token = token
        self._staff = staff

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not owned(parse_qs(scope["query_string"].decode()).get("client_id", [None])[0], self._staff):
            await send({"type": "websocket.close", "code": ENDED})
            return
        ended = asyncio.create_task(self._sessions.ended(self._token))

        async def allowed() -> Message:
            incoming = asyncio.ensure_future(receive())
            await asyncio.wait({incoming, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not incoming.done():
                incoming.cancel()
                await _bid_farewell(self._staff, self._sessions.said_of(self._staff.session_id))
                return {"type": "websocket.disconnect", "code": ENDED}
            message = incoming.result()
            if message["type"] == "websocket.receive" and not await self._may(message):
                return {"type": "websocket.disconnect", "code": ENDED}
            return message

        try:
            await self._app(scope, allowed, send)
        finally:
            ended.cancel()

    async def _may(self, message: Message) -> bool:
        """Whether a frame may pass. What a person does (an event of a page) makes the session count as used."""
        text = message.get("text") or ""
        if not text.startswith("4"):  # the protocol's own pings
            return bool(text)
        if text[:2] in ("40", "41"):  # joins and leaves
            return True
        name, client_id = _read(text)
        if name is None or not client_id or not owned(client_id, self._staff):
            log.warning("console_frame_refused", staff=self._staff.id)
            return False
        find = self._sessions.use if name == "event" else self._sessions.find
        return await find(self._token) is not None


def _read(text: str) -> tuple[str | None, str | None]:
    """Name of a frame's event and the page it speaks for; None for what can't be read."""
    frame = _EVENT.fullmatch(text)
    try:
        name, *values = json.loads(frame[1]) if frame else (None,)
    except (ValueError, TypeError):
        return None, None
    client_id = values[0].get("client_id") if values and isinstance(values[0], dict) else None
    return (name if isinstance(name, str) else None), (client_id if isinstance(client_id, str) else None)


async def _bid_farewell(staff: Staff, said: str) -> None:
    """Sends the pages of an ended session to the login, before nothing can be sent any more."""
    for client in list(Client.instances.values()):
        if client.storage.get(SESSION) == staff.session_id and client.has_socket_connection:
            client.open(f"/login?said={said}")
    await asyncio.sleep(_FAREWELL)
