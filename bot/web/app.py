"""The web channel as one app: chat page, HTTP API and its description, and whatever routers others add."""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter, FastAPI

from bot.web.bodies import BodyLimit
from bot.web.context import Health, Notice, Web, no_notice
from bot.web.conversations import conversations_router
from bot.web.errors import Problems
from bot.web.events import events_router
from bot.web.files import WebFiles, files_router
from bot.web.headers import SecurityHeaders
from bot.web.hub import Hub
from bot.web.limits import Gate, Limits
from bot.web.meta import meta_router
from bot.web.pages import STATIC, Assets, assets_path, pages_router
from bot.web.ports import Dialogue, Transcripts
from bot.web.texts import Pair, read_texts
from qifu.settings import Settings

MAX_BODY = 6 * 1024 * 1024
DESCRIPTION = "Ask qifu over HTTP: open a conversation, post messages, follow it live."


def create_app(
    dialogue: Dialogue,
    settings: Settings,
    *,
    transcripts: Transcripts,
    health: Health,
    hub: Hub | None = None,
    topics: Mapping[str, Pair] | None = None,
    limits: Limits | None = None,
    notice: Notice = no_notice,
    files: WebFiles | None = None,
    extra_routers: Iterable[APIRouter] = (),
) -> FastAPI:
    """The app to serve. `health` gives the state of each part, `topics` the topics' names, `hub` the live delivery
    that others publish to (one is made where none is given; it is `app.state.web.hub`), `notice` what everybody is told
    in an emergency, `files` what people sent.

    Whoever stops the server calls `hub.close()` first, so that open pages don't hold it.
    """
    assets = assets_path()
    texts = read_texts(assets)
    app = FastAPI(
        title="qifu",
        description=DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        max_body_size=MAX_BODY,
    )
    app.state.web = Web(
        dialogue=dialogue,
        transcripts=transcripts,
        settings=settings,
        hub=hub or Hub(),
        gate=Gate(limits or Limits()),
        texts=texts,
        health=health,
        topics=topics or {},
        notice=notice,
        files=files,
    )
    for router in (conversations_router(), events_router(), files_router(), meta_router()):
        app.include_router(router, prefix="/api/v1")
    app.include_router(pages_router())
    for router in extra_routers:
        app.include_router(router, include_in_schema=False)
    app.mount(assets, Assets(directory=STATIC), name="static")
    Problems(texts).install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders, https=app.state.web.secure)
    return app
