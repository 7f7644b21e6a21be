"""What a fake Telegram knows: users, chats, messages, button presses and the updates that wait for the bot."""

import asyncio
import re
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.fakes.telegram_html import utf16

Json = dict[str, Any]

BOT: Json = {
    "id": 4242,
    "is_bot": True,
    "first_name": "企服",
    "username": "qifu_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": True,
    "supports_inline_queries": False,
}
SHAPES: dict[str, Json] = {
    "photo": {"width": 900, "height": 600},
    "voice": {"duration": 3},
    "audio": {"duration": 3},
    "video": {"duration": 3, "width": 900, "height": 600},
    "animation": {"duration": 3, "width": 900, "height": 600},
    "video_note": {"duration": 3, "length": 240},
    "sticker": {
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": "👍",
    },
}
"""What a file of each kind has besides its names."""
_UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}  # only sent where asked for by name
_MARKED = re.compile(r"(?<![\w/@])(?:/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?|@\w{3,32})", re.ASCII)


@dataclass(frozen=True)
class Given:
    """A file that came with a request."""

    name: str
    content: bytes


class ApiError(Exception):
    """An answer {"ok": false, …}."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class World:
    """The state behind the fake API; one bot."""

    def __init__(self) -> None:
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Json] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.topics: dict[tuple[int, int], Json] = {}
        self.not_led: set[int] = set()
        """Forums in which the bot may not lead the topics."""
        self.files: dict[str, Json] = {}
        self.pending: list[Json] = []
        self.history: dict[int, Json] = {}
        self.queries: dict[str, str] = {}  # id → "waiting" | "answered" | "old"
        self.blocked: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.webhook: Json | None = None
        self.allowed: set[str] | None = None
        self.changed = asyncio.Event()
        self._update_ids = count(700_000_001)
        self._query_ids = count(1)
        self._message_ids: dict[int, count[int]] = {}

    def user(self, user_id: int, language_code: str | None = "zh-hans") -> Json:
        """A user, made up at first sight."""
        if user_id not in self.users:
            user: Json = {"id": user_id, "is_bot": False, "first_name": "小明", "username": f"user_{user_id}"}
            self.users[user_id] = user | ({"language_code": language_code} if language_code else {})
        return self.users[user_id]

    def chat(self, chat_id: int, kind: str | None = None) -> Json:
        """A chat, made up at first sight: private for positive numbers, else a supergroup."""
        if chat_id not in self.chats:
            if chat_id > 0:
                user = self.user(chat_id)
                named = {"first_name": user["first_name"], "username": user["username"]}
                self.chats[chat_id] = {"id": chat_id, **named, "type": "private"}
            else:
                self.chats[chat_id] = {"id": chat_id, "title": "企业群", "type": kind or "supergroup"}
        return self.chats[chat_id]

    def message(self, chat_id: int, sender: Json | None, **content: Any) -> Json:
        """A new message of a chat, with all that Telegram sends of it."""
        number = next(self._message_ids.setdefault(chat_id, count(1)))
        message: Json = {"message_id": number, "chat": self.chat(chat_id), "date": int(time.time())}
        if sender is not None:
            message["from"] = {key: sender[key] for key in sender if not key.startswith(("can_", "supports_"))}
        message |= content
        self.messages[chat_id, number] = message
        return message

    def new_file(self, kind: str, name: str = "", mime: str = "", size: int = 1234, content: bytes = b"file") -> Json:
        """A file on Telegram's servers, as a message shows it; its id fits only messages of its kind."""
        number = len(self.files) + 1
        file_id = f"{kind}-{number}"
        named = ({"file_name": name} if name else {}) | ({"mime_type": mime} if mime else {})
        file: Json = {"file_id": file_id, "file_unique_id": f"AQAD{number}", "file_size": size}
        place = {"file_path": f"{kind}s/file_{number}", "kind": kind, "content": content}
        self.files[file_id] = file | place | {"shown": file | named}
        return file | named

    def shown(self, file_id: str) -> Any:
        """A file in a message of the bot: a picture comes in sizes."""
        kind = self.files[file_id]["kind"]
        file = self.files[file_id]["shown"] | SHAPES.get(kind, {})
        return [file] if kind == "photo" else file

    def reply_of(self, chat_id: int, message_id: int) -> Json:
        """A message as it stands inside another that replies to it."""
        found = self.messages.get((chat_id, message_id))
        if found is None:
            raise ApiError(400, "Bad Request: message to be replied not found")
        return {key: value for key, value in found.items() if key != "reply_to_message"}

    def add_update(self, kind: str, content: Json) -> int:
        """Puts an update in line for the bot, unless the bot didn't ask for its kind. Returns its number."""
        number = next(self._update_ids)
        wanted = kind in self.allowed if self.allowed else kind not in _UNASKED
        if wanted:
            self.history[number] = {"update_id": number, kind: content}
            self.pending.append(self.history[number])
            self.notify()
        return number

    def again(self, update_id: int) -> None:
        """Delivers an update once more, as happens where an acknowledgement is lost."""
        self.pending.append(self.history[update_id])
        self.pending.sort(key=lambda update: int(update["update_id"]))
        self.notify()

    def forget_before(self, offset: int) -> None:
        """Updates below the offset are acknowledged; a negative one keeps that many of the newest."""
        if offset < 0:
            self.pending = self.pending[offset:]
        else:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]

    def press(self, message: Json, user: Json, data: str) -> Json:
        """A callback query for a button of a message."""
        number = str(next(self._query_ids))
        self.queries[number] = "waiting"
        instance = f"chat-{message['chat']['id']}"
        return {"id": number, "from": user, "message": message, "chat_instance": instance, "data": data}

    def notify(self) -> None:
        """Wakes whoever waits for a change."""
        self.changed.set()
        self.changed = asyncio.Event()


def entities_of(text: str) -> list[Json]:
    """The commands and mentions that Telegram marks by itself."""
    return [
        {
            "type": "bot_command" if found[0].startswith("/") else "mention",
            "offset": utf16(text[: found.start()]),
            "length": utf16(found[0]),
        }
        for found in _MARKED.finditer(text)
    ]
