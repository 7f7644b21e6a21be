"""The pages a browser opens: the chat, the description of the API, and their static files."""

import hashlib
import os
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Cookie, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from bot.web.context import WebParts
from bot.web.docs import describe
from bot.web.ports import Conversation
from bot.web.texts import ROOM, language_of
from bot.web.tokens import COOKIE, conversation_of
from qifu.labels import Channel, District, Language

STATIC = ROOM / "static"
MODULES = (
    "api",
    "attach",
    "attention",
    "banner",
    "blocks",
    "charge",
    "composer",
    "connection",
    "districts",
    "dom",
    "log",
    "notice",
    "outbox",
    "scroll",
    "storage",
    "turn",
    "welcome",
    "words",
)
"""The scripts that app.js imports: named in the page, they all load at once."""
FOREVER = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Static files below a path that changes with their content, so a browser may keep them for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, to be kept."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOREVER
        return response


def assets_path(folder: Path = STATIC) -> str:
    """The path below which this version of the static files is served."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(os.fsencode(path.relative_to(folder)) + b"\0" + path.read_bytes())
    return f"/static/{digest.hexdigest()[:12]}"


def pages_router() -> APIRouter:
    """The routes of the pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    router.get("/")(chat)
    router.get("/docs")(docs)
    return router


async def chat(
    request: Request,
    web: WebParts,
    token: Annotated[str | None, Cookie(alias=COOKIE)] = None,
    district: Annotated[str | None, Query()] = None,
) -> str:
    """The chat page, with what its scripts need to start: words, and the conversation this browser holds."""
    language = language_of(request)
    conversation = await _kept(web, token)
    wish = District(district) if district in set(District) else None
    boot = {
        "conversation": conversation.id if conversation else None,
        "district": conversation.district if conversation else None,
        "wish": wish,
        "maxText": web.settings.max_text,
        "words": {each: web.texts.words(each) for each in Language},
        "districts": web.texts.districts,
        "suggestions": [{"label": one.label, "ask": one.ask} for one in web.texts.suggestions],
    }
    return web.texts.page(
        "chat.html",
        language,
        boot=boot,
        districts=web.texts.districts,
        keep_days=web.settings.keep_days,
        modules=MODULES,
    )


async def docs(request: Request, web: WebParts) -> str:
    """The description of the HTTP API, made from its schema."""
    return web.texts.page(
        "docs.html", language_of(request), base=web.settings.address, api=describe(request.app.openapi())
    )


async def _kept(web: WebParts, token: str | None) -> Conversation | None:
    """The conversation that the cookie opens, where it still exists."""
    return await web.transcripts.conversation(conversation_of(Channel.WEB, token)) if token else None
