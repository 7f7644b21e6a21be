"""Refuses bodies that are larger than any honest request, before they are read whole."""

import re

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.desk.files import MOST as MOST_OF_FILE

BELOW = "/api/v1/"
MOST = 64 * 1024
FILES = re.compile(r"/api/v1/conversations/[^/]+/files")


class BodyLimit:
    """Reading more than MOST bytes of a body below BELOW fails with 413, answered like every other refusal.

    Files may be larger: as large as bot/desk/files.py takes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(BELOW):
            await self._app(scope, receive, send)
            return
        size, most = 0, MOST_OF_FILE if FILES.fullmatch(scope["path"]) else MOST

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise HTTPException(413)
            return message

        await self._app(scope, limited, send)
