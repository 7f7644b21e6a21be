"""The methods of the Bot API that qifu uses, with the checks and errors of the real one.

Source: https://core.telegram.org/bots/api and the answers of api.telegram.org
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram_html import CantParse, parse_html, utf16
from tests.fakes.telegram_world import BOT, ApiError, Json, World, entities_of

MOST_TEXT = 4096
MOST_MARKUP_BYTES = 1 << 15
_ACTIONS = {"typing", "upload_photo", "record_voice", "upload_voice", "upload_document", "find_location"}
_LOOPBACK = {"127.0.0.1", "localhost"}


class Methods:
    """Called by name with the request's parameters; raise ApiError."""

    def __init__(self, world: World) -> None:
        self._world = world
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
        if _truth(asked.get("drop_pending_updates")):
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
        text, entities = _text(asked)
        content: Json = {"text": text}
        if entities:
            content["entities"] = entities
        reply = _json(asked.get("reply_parameters")) or {}
        if reply:
            try:
                content["reply_to_message"] = self._world.reply_of(chat_id, int(reply["message_id"]))
            except ApiError:
                if not _truth(reply.get("allow_sending_without_reply")):
                    raise
        if asked.get("message_thread_id"):
            content |= {"message_thread_id": int(asked["message_thread_id"]), "is_topic_message": True}
        if markup := _markup(asked):
            content["reply_markup"] = markup
        return self._world.message(chat_id, BOT, **content)

    async def do_edit_message_reply_markup(self, asked: Json) -> Json:
        chat_id = self._reachable(asked)
        message = self._world.messages.get((chat_id, int(asked.get("message_id") or 0)))
        if message is None:
            raise ApiError(400, "Bad Request: message to edit not found")
        if message["from"]["id"] != BOT["id"]:
            raise ApiError(400, "Bad Request: message can't be edited")
        markup = _markup(asked)
        if message.get("reply_markup") == markup:
            raise ApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message",
            )
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        return message

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
        commands = _json(asked.get("commands")) or []
        if len(commands) > 100:
            raise ApiError(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self._world.commands[_scope(asked)] = commands
        return True

    async def do_get_my_commands(self, asked: Json) -> list[Json]:
        return self._world.commands.get(_scope(asked), [])

    async def do_delete_my_commands(self, asked: Json) -> bool:
        self._world.commands.pop(_scope(asked), None)
        return True

    def _allow(self, asked: Json) -> None:
        """The kinds of updates asked for stay as they were where none are given."""
        if asked.get("allowed_updates") is not None:
            self._world.allowed = set(_json(asked["allowed_updates"]) or ())

    def _reachable(self, asked: Json) -> int:
        """The chat of a request, if the bot may write there."""
        if not asked.get("chat_id"):
            raise ApiError(400, "Bad Request: chat_id is empty")
        try:
            chat_id = int(asked["chat_id"])
        except ValueError:
            raise ApiError(400, "Bad Request: chat not found") from None
        if chat_id in self._world.migrated:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self._world.migrated[chat_id],
            )
        if chat_id not in self._world.chats:
            raise ApiError(400, "Bad Request: chat not found")
        if chat_id in self._world.blocked:
            private = chat_id > 0
            reason = "bot was blocked by the user" if private else "bot was kicked from the supergroup chat"
            raise ApiError(403, f"Forbidden: {reason}")
        return chat_id


def _text(asked: Json) -> tuple[str, list[Json]]:
    """The text of a message with its entities, as the server reads, trims and measures it."""
    raw = str(asked.get("text") or "")
    if not raw:
        raise ApiError(400, "Bad Request: message text is empty")
    if len(raw.encode()) > MOST_MARKUP_BYTES:
        raise ApiError(400, "Bad Request: message is too long")
    mode = str(asked.get("parse_mode") or "").lower()
    if mode not in {"", "html"}:
        raise ApiError(400, "Bad Request: unsupported parse_mode")
    try:
        text, entities = parse_html(raw) if mode else (raw, [])
    except CantParse as error:
        raise ApiError(400, f"Bad Request: can't parse entities: {error}") from None
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if utf16(text) > MOST_TEXT:
        raise ApiError(400, "Bad Request: message is too long")
    trimmed = text.strip()
    before = utf16(text) - utf16(text.lstrip())
    shifted = [entity | {"offset": max(0, entity["offset"] - before)} for entity in entities]
    return trimmed, shifted or entities_of(trimmed)


def _markup(asked: Json) -> Json | None:
    """The inline keyboard of a request; None where it is empty."""
    markup = _json(asked.get("reply_markup"))
    if not markup or not markup.get("inline_keyboard"):
        return None
    rows = [row for row in markup["inline_keyboard"] if row]
    for button in (button for row in rows for button in row):
        if not str(button.get("text") or "").strip():
            raise ApiError(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be of type String')
        if not set(button) & {"callback_data", "url"}:
            raise ApiError(
                400,
                "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            )
        if not 1 <= len(str(button.get("callback_data", "x")).encode()) <= 64:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return {"inline_keyboard": rows} if rows else None


def _scope(asked: Json) -> tuple[str, str]:
    scope = _json(asked.get("scope")) or {"type": "default"}
    language = str(asked.get("language_code") or "")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise ApiError(400, "Bad Request: invalid language code specified")
    return json.dumps(scope, sort_keys=True), language


def _json(value: Any) -> Any:
    """A nested parameter: a form carries it as JSON text, a JSON body as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ApiError(400, "Bad Request: object expected as parameter") from None


def _truth(value: Any) -> bool:
    return value in (True, "true", "True", "1", 1)
