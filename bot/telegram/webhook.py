"""Receives updates that Telegram pushes: POST /telegram/webhook with the secret in a header.

200 only once the update is kept; anything else makes Telegram push it again.
"""

import hmac
import json
import re
import secrets
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, HTTPException, Request, Response

from bot.telegram.intake import Intake, NotAnUpdate
from qifu.errors import ChannelError
from qifu.settings import Settings

PATH = "/telegram/webhook"
LARGEST_BODY = 1024 * 1024
"""Bytes; Telegram's updates have a few thousand."""

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

log = structlog.get_logger(__name__)


def webhook_url(settings: Settings) -> str | None:
    """The address for Telegram; None where qifu polls. Raises ChannelError where the setting isn't an address."""
    if not settings.telegram_webhook_url:
        return None
    base = settings.telegram_webhook_url.strip().rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ChannelError(f"QIFU_TELEGRAM_WEBHOOK_URL is not an address: {base!r}; it looks like https://example.org")
    return base if base.endswith(PATH) else base + PATH


def webhook_secret(settings: Settings) -> str:
    """The secret that Telegram has to send; where none is set a new one, told to Telegram at each start.

    Raises ChannelError where Telegram wouldn't take it.
    """
    if not settings.telegram_webhook_secret:
        return secrets.token_urlsafe(32)
    secret = settings.telegram_webhook_secret.get_secret_value()
    if not _SECRET.fullmatch(secret):
        raise ChannelError("QIFU_TELEGRAM_WEBHOOK_SECRET may have 1 to 256 of the characters A-Z a-z 0-9 _ -")
    return secret


def build_router(intake: Intake, secret: str | None) -> APIRouter:
    """The route to mount in the main process; without a secret nothing is let in."""
    router = APIRouter()

    @router.post(PATH, include_in_schema=False)
    async def receive(request: Request) -> Response:
        sent = request.headers.get(_HEADER, "")
        if secret is None or not hmac.compare_digest(sent.encode(), secret.encode()):
            raise HTTPException(403, "wrong secret")
        if intake.full:
            raise HTTPException(503, "busy", {"Retry-After": "5"})
        update = _json(await _body(request))
        try:
            await intake.accept(update)
        except NotAnUpdate as error:
            raise HTTPException(400, str(error)) from None
        except Exception as error:
            log.error("telegram_update_not_kept", error=type(error).__name__)
            raise HTTPException(503, "not kept", {"Retry-After": "5"}) from None
        return Response(status_code=200)

    return router


async def _body(request: Request) -> bytes:
    """The body; 413 as soon as it is known to be too large, however its length was declared."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        raise HTTPException(413, "too large")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, "too large")
    return bytes(body)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400, "not JSON") from None
