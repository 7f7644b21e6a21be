"""The bot's connection to Telegram: timeouts on every request, limits kept, updates fetched as they came."""

import logging
import os
import re
from functools import cache
from ssl import SSLContext
from typing import Any, cast

import httpx
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from qifu.errors import ChannelError
from qifu.settings import Settings

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""What Telegram is asked for; channel posts, polls, reactions and inline queries aren't."""

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_RETRIES = 3
_CONNECTIONS = 64


class Client(ExtBot[Any]):
    """python-telegram-bot's Bot with updates as Telegram's own JSON."""

    async def fetch(self, offset: int | None, hold: int, patience: float) -> list[Any]:
        """getUpdates, unparsed: an update that the library can't read must not block those behind it.

        `hold` is how many seconds Telegram may wait for an update, `patience` what its answer may take beyond that.
        """
        asked: dict[str, Any] = {"timeout": hold, "allowed_updates": list(ALLOWED_UPDATES)}
        if offset is not None:
            asked["offset"] = offset
        return cast(list[Any], await self._post("getUpdates", asked, read_timeout=hold + patience))


def token_of(settings: Settings) -> str:
    """The bot's token. Raises ChannelError where there is none or it can't be one."""
    token = settings.telegram_bot_token.get_secret_value().strip() if settings.telegram_bot_token else ""
    if not _TOKEN.fullmatch(token):
        raise ChannelError("TELEGRAM_BOT_TOKEN is not a bot's token; @BotFather gives one such as 123456:ABC-DEF")
    return token


def build_client(settings: Settings, token: str) -> Client:
    """The connection, not yet opened. Raises ChannelError where the API's address can't be one."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library's switch to its coming type for time spans
    _keep_secrets_out_of_logs()
    base = settings.telegram_api_url.strip().rstrip("/")
    if not re.match(r"https?://[^/]", base):
        raise ChannelError(f"QIFU_TELEGRAM_API_URL is not an address: {base!r}; the usual is https://api.telegram.org")
    return Client(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=_request(settings.telegram_timeout, _CONNECTIONS),
        get_updates_request=_request(settings.telegram_timeout, 1),
        rate_limiter=AIORateLimiter(max_retries=_RETRIES),
    )


def _request(timeout: float, connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        httpx_kwargs={"verify": _certificates()},
        connection_pool_size=connections,
        read_timeout=timeout,
        write_timeout=timeout,
        connect_timeout=timeout,
        pool_timeout=timeout,
        media_write_timeout=timeout,
    )


@cache
def _certificates() -> SSLContext:
    """The trusted certificates, read once: reading them takes longer than a request."""
    return httpx.create_ssl_context()


def _keep_secrets_out_of_logs() -> None:
    """The token is part of every address, and the libraries log addresses, and messages with their text, as details."""
    for name in ("httpx", "httpcore", "telegram"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.getEffectiveLevel(), logging.WARNING))
