"""The HTTP API about qifu itself: how it is, and what a client can choose from."""

import asyncio
from typing import Any

import structlog
from fastapi import APIRouter, Response

from bot.web.context import Web, WebParts
from bot.web.wire import HealthOut, MetaOut, NameOut, NoticeOut
from qifu.errors import QifuError
from qifu.labels import Language

HEALTH_TIMEOUT = 5.0

log = structlog.get_logger(__name__)


def meta_router() -> APIRouter:
    """The routes /health and /meta."""
    router = APIRouter(tags=["about"])
    router.get("/health", responses={503: {"model": HealthOut, "description": "Nobody could say how it is."}})(health)
    router.get("/meta")(meta)
    return router


async def health(web: WebParts, response: Response) -> HealthOut:
    """How the parts of qifu are. A message is answered, honestly, also while a part is away."""
    try:
        parts = await asyncio.wait_for(web.health(), HEALTH_TIMEOUT)
    except Exception as error:  # whatever a part's check raises must not take down the answer about it
        log.warning("web.health_failed", error=type(error).__name__)
        response.status_code = 503
        return HealthOut(status="down", parts={})
    status = parts.pop("status", None)
    fine = status == "ok" if status else all(map(_fine, parts.values()))
    return HealthOut(status="ok" if fine else "degraded", parts=parts)


async def meta(web: WebParts) -> MetaOut:
    """Topics and districts with their names in both languages, and the emergency notice while there is one."""
    return MetaOut(
        topics=[NameOut(id=key, zh=name["zh"], en=name["en"]) for key, name in web.topics.items()],
        districts=[NameOut(id=key, zh=name["zh"], en=name["en"]) for key, name in web.texts.districts.items()],
        languages=list(Language),
        max_text=web.settings.max_text,
        notice=await _notice(web),
    )


async def _notice(web: Web) -> NoticeOut | None:
    """The notice; none where it can't be read: the choices matter more."""
    try:
        texts = await web.notice()
    except QifuError as error:
        log.warning("web.notice_failed", error=type(error).__name__)
        return None
    zh, en = texts.get(Language.ZH, ""), texts.get(Language.EN, "")
    return NoticeOut(zh=zh, en=en) if zh or en else None


def _fine(part: Any) -> bool:
    """Whether a part says so: by itself, or under `status` or `alive`. One that is switched off is fine, too."""
    states = [part[key] for key in ("status", "alive") if key in part] if isinstance(part, dict) else [part]
    return all(state in ("ok", "off", True) for state in states)
