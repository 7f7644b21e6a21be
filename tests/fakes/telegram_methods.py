"""The methods of the Bot API that qifu uses, with the checks and errors of the real one.

Source: https://core.telegram.org/bots/api and the answers of api.telegram.org
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram_desk import DeskMethods
from tests.fakes.telegram_html import utf16
from tests.fakes.telegram_parameters import json_of, scope_of, text_of, truth
from tests.fakes.telegram_world import BOT, ApiError, Json, World

_ACTIONS = {"typing", "upload_photo", "record_voice", "upload_voice", "upload_document", "find_location"}
_LOOPBACK = {"127.0.0.1", "localhost"}


class Methods(DeskMethods):
    """Called by name with the request's parameters; raise ApiError."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._poll: asyncio.Event | None = None
        self.closing = False

    def find(self, name: str) -> Callable[[Json], Awaitable[Any]]:
        """The method of this name; names are not case-sensitive."""
        for method in dir(self):
            if method.startswith("do_") and method.removeprefix("do_").replace("_", "") == name.lower():
                found: Callable[[Json], Awaitable[Any]] = getattr(self, method)
                return found
        raise ApiError(404, "Not Found: method not found")

    async def do_get_me(self, _: Json) -> Json:
        return BOT

    async def do_get_updates(self, asked: Json) -> list[Json]:
        world = self._world
        if world.webhook is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if self._poll is not None:
            self._poll.set()  # a second poll ends the first
        ended = self._poll = asyncio.Event()
        self._allow(asked)
        world.forget_before(int(asked.get("offset") or 0))
        limit = min(max(int(asked.get("limit") or 100), 1), 100)
        end = asyncio.get_running_loop().time() + min(float(asked.get("timeout") or 0), 50)
        while not world.pending and not self.closing and not ended.is_set():
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                break
            waiting = [asyncio.ensure_future(world.changed.wait()), asyncio.ensure_future(ended.wait())]
            await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            for future in waiting:
                future.cancel()
        if ended.is_set():
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        self._poll = None
        return world.pending[:limit]

    async def do_set_webhook(self, asked: Json) -> bool:
        url = str(asked.get("url") or "")
        if not url:
            return await self.do_delete_webhook(asked)
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:  # tests run without certificates
            raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", str(asked.get("secret_token") or "")):
            raise ApiError(400, "Bad Request: secret token contains unallowed characters")
        if asked.get("drop_pending_updates"):
            self._world.pending.clear()
        self._allow(asked)
        self._world.webhook = {"url": url, "secret": asked.get("secret_token"), "error": None}
        self._world.notify()
        return True

    async def do_delete_webhook(self, asked: Json) -> bool:
        if truth(asked.get("drop_pending_updates")):
            self._world.pending.clear()
        self._world.webhook = None
        self._world.notify()
        return True

    async def do_get_webhook_info(self, _: Json) -> Json:
        webhook = self._world.webhook or {}
        info: Json = {
            "url": webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.pending),
        }
        if webhook.get("error"):
            info |= {"last_error_date": webhook["error_date"], "last_error_message": webhook["error"]}
        return info

    async def do_send_message(self, asked: Json) -> Json:
        chat_id = self._reachable(asked)
        text, entities = text_of(asked)
        content = {"text": text} | ({"entities": entities} if entities else {})
        return self._world.message(chat_id, BOT, **content, **self._place(chat_id, asked))

    async def do_answer_callback_query(self, asked: Json) -> bool:
        number = str(asked.get("callback_query_id"))
        if utf16(str(asked.get("text") or "")) > 200:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        if self._world.queries.get(number) != "waiting":
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._world.queries[number] = "answered"
        return True

    async def do_send_chat_action(self, asked: Json) -> bool:
        self._reachable(asked)
        if asked.get("action") not in _ACTIONS:
            raise ApiError(400, "Bad Request: wrong parameter action in request")
        return True

    async def do_set_my_commands(self, asked: Json) -> bool:
        commands = json_of(asked.get("commands")) or []
        if len(commands) > 100:
            raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self._world.commands[scope_of(asked)] = commands
        return True

    async def do_get_my_commands(self, asked: Json) -> list[Json]:
        return self._world.commands.get(scope_of(asked), [])

    async def do_delete_my_commands(self, asked: Json) -> bool:
        self._world.commands.pop(scope_of(asked), None)
        return True

    def _allow(self, asked: Json) -> None:
        """The kinds of updates asked for stay as they were where none are given."""
        if asked.get("allowed_updates") is not None:
            self._world.allowed = set(json_of(asked["allowed_updates"]) or ())
