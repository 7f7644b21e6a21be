"""The methods of the Bot API with which a bot edits, sends files and leads the topics of a forum.

Source: https://core.telegram.org/bots/api and the answers of api.telegram.org
"""

from tests.fakes.telegram_parameters import caption_of, json_of, markup_of, text_of, truth
from tests.fakes.telegram_world import BOT, ApiError, Json, World

_SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_WORDS = ("text", "entities", "caption", "caption_entities")


class DeskMethods:
    """Called by name with the request's parameters; raise ApiError."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def do_edit_message_text(self, asked: Json) -> Json:
        message = self._editable(asked)
        if "text" not in message:
            raise ApiError(400, "Bad Request: there is no text in the message to edit")
        text, entities = text_of(asked)
        return self._edited(message, asked, {"text": text} | ({"entities": entities} if entities else {}))

    async def do_edit_message_caption(self, asked: Json) -> Json:
        message = self._editable(asked)
        if "text" in message:
            raise ApiError(400, "Bad Request: there is no caption in the message to edit")
        return self._edited(message, asked, caption_of(asked))

    async def do_edit_message_reply_markup(self, asked: Json) -> Json:
        message = self._editable(asked)
        return self._edited(message, asked, {key: message[key] for key in _WORDS if key in message})

    async def do_create_forum_topic(self, asked: Json) -> Json:
        chat_id = self._forum(asked)
        name = str(asked.get("name") or "").strip()
        if not 1 <= len(name) <= 128:
            raise ApiError(
                400, "Bad Request: TOPIC_TITLE_EMPTY" if not name else "Bad Request: topic title is too long"
            )
        created = self._world.message(chat_id, BOT, forum_topic_created={"name": name, "icon_color": 7322096})
        number = int(created["message_id"])
        created |= {"message_thread_id": number, "is_topic_message": True}
        self._world.topics[chat_id, number] = {"name": name, "closed": False}
        return {"message_thread_id": number, "name": name, "icon_color": 7322096}

    async def do_close_forum_topic(self, asked: Json) -> bool:
        return self._turn_topic(asked, closed=True)

    async def do_reopen_forum_topic(self, asked: Json) -> bool:
        return self._turn_topic(asked, closed=False)

    async def do_get_file(self, asked: Json) -> Json:
        known = self._world.files.get(str(asked.get("file_id") or ""))
        if known is None:
            raise ApiError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        return {key: known[key] for key in ("file_id", "file_unique_id", "file_size", "file_path")}

    async def do_send_photo(self, asked: Json) -> Json:
        return await self._send_file(asked, "photo")

    async def do_send_document(self, asked: Json) -> Json:
        return await self._send_file(asked, "document")

    async def do_send_voice(self, asked: Json) -> Json:
        return await self._send_file(asked, "voice")

    async def do_send_video(self, asked: Json) -> Json:
        return await self._send_file(asked, "video")

    async def do_send_audio(self, asked: Json) -> Json:
        return await self._send_file(asked, "audio")

    async def do_send_animation(self, asked: Json) -> Json:
        return await self._send_file(asked, "animation")

    async def do_send_video_note(self, asked: Json) -> Json:
        return await self._send_file(asked, "video_note")

    async def do_send_sticker(self, asked: Json) -> Json:
        return await self._send_file(asked, "sticker")

    async def _send_file(self, asked: Json, kind: str) -> Json:
        chat_id = self._reachable(asked)
        given = asked.get(kind)
        if not given:
            raise ApiError(400, f"Bad Request: there is no {kind} in the request")
        if not isinstance(given, str):  # uploaded with the request
            uploaded = self._world.new_file(kind, given.name, size=len(given.content), content=given.content)
            given = str(uploaded["file_id"])
        file = self._world.files.get(given)
        if file is None:
            raise ApiError(400, "Bad Request: wrong file identifier/HTTP URL specified")
        if file["kind"] != kind:
            raise ApiError(400, f"Bad Request: can't use file of type {file['kind']} as {kind}")
        content = {kind: self._world.shown(given)} | caption_of(asked)
        return self._world.message(chat_id, BOT, **content, **self._place(chat_id, asked))

    def _place(self, chat_id: int, asked: Json) -> Json:
        """Where in a chat a message stands: the topic, what it replies to; and its buttons."""
        content: Json = {}
        reply = json_of(asked.get("reply_parameters")) or {}
        if reply:
            try:
                content["reply_to_message"] = self._world.reply_of(chat_id, int(reply["message_id"]))
            except ApiError:
                if not truth(reply.get("allow_sending_without_reply")):
                    raise
        if asked.get("message_thread_id"):
            number = int(asked["message_thread_id"])
            if self._world.chat(chat_id).get("is_forum") and (chat_id, number) not in self._world.topics:
                raise ApiError(400, "Bad Request: message thread not found")
            content |= {"message_thread_id": number, "is_topic_message": True}
        if markup := markup_of(asked):
            content["reply_markup"] = markup
        return content

    def _editable(self, asked: Json) -> Json:
        message = self._world.messages.get((self._reachable(asked), int(asked.get("message_id") or 0)))
        if message is None:
            raise ApiError(400, "Bad Request: message to edit not found")
        if message["from"]["id"] != BOT["id"]:
            raise ApiError(400, "Bad Request: message can't be edited")
        return message

    @staticmethod
    def _edited(message: Json, asked: Json, words: Json) -> Json:
        """The message with other words and buttons; an edit without buttons takes them away."""
        changed = words | ({"reply_markup": markup} if (markup := markup_of(asked)) else {})
        fields = (*_WORDS, "reply_markup")
        if changed == {key: message[key] for key in fields if key in message}:
            raise ApiError(400, _SAME)
        for key in fields:
            message.pop(key, None)
        message |= changed
        return message

    def _forum(self, asked: Json) -> int:
        chat_id = self._reachable(asked)
        if not self._world.chat(chat_id).get("is_forum"):
            raise ApiError(400, "Bad Request: the chat is not a forum")
        if chat_id in self._world.not_led:
            raise ApiError(400, "Bad Request: not enough rights to create a topic")
        return chat_id

    def _turn_topic(self, asked: Json, closed: bool) -> bool:
        chat_id = self._forum(asked)
        topic = self._world.topics.get((chat_id, int(asked.get("message_thread_id") or 0)))
        if topic is None:
            raise ApiError(400, "Bad Request: message thread not found")
        if topic["closed"] is closed:
            raise ApiError(400, "Bad Request: TOPIC_NOT_MODIFIED")
        topic["closed"] = closed
        return True

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
