"""What people do on a fake Telegram: write, press, edit, send pictures, block. Each returns what it made."""

import time
from typing import Any

from tests.fakes.telegram_world import BOT, SHAPES, Json, World, entities_of


class People:
    """The users of a world. In a private chat the user's number is the chat's."""

    def __init__(self, world: World) -> None:
        self.world = world

    def speaks(self, user_id: int, language_code: str | None) -> None:
        """The language of a user's client, before their first message."""
        self.world.user(user_id, language_code)

    def user_sends(
        self,
        chat_id: int,
        text: str | None = None,
        *,
        user_id: int | None = None,
        reply_to: int | None = None,
        entities: list[Json] | None = None,
        **content: Any,
    ) -> Json:
        """Sends a message; with `content` instead of a text one of another kind."""
        if text is not None:
            content["text"] = text
            if marked := entities if entities is not None else entities_of(text):
                content["entities"] = marked
        if reply_to is not None:
            content["reply_to_message"] = self.world.reply_of(chat_id, reply_to)
        message = self.world.message(chat_id, self.world.user(user_id or chat_id), **content)
        self.world.add_update("message", message)
        return message

    def topic_message(self, chat_id: int, thread_id: int, text: str | None = None, **more: Any) -> Json:
        """Writes in a topic of a forum; without another one the message replies to the one that opened the topic."""
        place = {"message_thread_id": thread_id, "is_topic_message": True, "reply_to": thread_id}
        return self.user_sends(chat_id, text, **(place | more))

    def last_update(self) -> int:
        """The number of the newest update."""
        return max(self.world.history)

    def user_sends_photo(self, chat_id: int, caption: str | None = None, **more: Any) -> Json:
        """Sends a picture, with a caption if there is one; media_group_id makes it part of an album."""
        small, large = self.world.new_file("photo", size=900), self.world.new_file("photo")
        sizes = [small | {"width": 90, "height": 60}, large | SHAPES["photo"]]
        text: dict[str, Any] = {} if caption is None else {"caption": caption, "caption_entities": entities_of(caption)}
        return self.user_sends(chat_id, photo=sizes, **text, **more)

    def user_sends_voice(self, chat_id: int, **more: Any) -> Json:
        """Sends a voice message."""
        file = self.world.new_file("voice", mime="audio/ogg") | SHAPES["voice"]
        return self.user_sends(chat_id, voice=file, **more)

    def user_sends_sticker(self, chat_id: int, **more: Any) -> Json:
        """Sends a sticker."""
        return self.user_sends(chat_id, sticker=self.world.new_file("sticker") | SHAPES["sticker"], **more)

    def user_sends_document(self, chat_id: int, caption: str | None = None, **more: Any) -> Json:
        """Sends a file, with a caption if there is one."""
        text: dict[str, Any] = {} if caption is None else {"caption": caption, "caption_entities": entities_of(caption)}
        file = self.world.new_file("document", "营业执照.pdf", "application/pdf")
        return self.user_sends(chat_id, document=file, **text, **more)

    def user_sends_location(self, chat_id: int, **more: Any) -> Json:
        """Sends a place."""
        return self.user_sends(chat_id, location={"latitude": 31.02, "longitude": 121.43}, **more)

    def user_sends_contact(self, chat_id: int, **more: Any) -> Json:
        """Sends a contact."""
        return self.user_sends(chat_id, contact={"phone_number": "+8613800138000", "first_name": "张三"}, **more)

    def user_presses(self, chat_id: int, message_id: int, data: str, *, user_id: int | None = None) -> str:
        """Presses a button of a message of the bot; any data, as a forged client can. Returns the query's number."""
        query = self.world.press(self.world.messages[chat_id, message_id], self.world.user(user_id or chat_id), data)
        # The update holds the message as it is now; later edits must not change what was pressed.
        query["message"] = dict(query["message"])
        self.world.add_update("callback_query", query)
        return str(query["id"])

    def user_presses_vanished(self, chat_id: int, message_id: int, data: str) -> str:
        """Presses a button of a message so old that Telegram no longer says what it was."""
        query = self.world.press({"chat": self.world.chat(chat_id)}, self.world.user(chat_id), data)
        query["message"] = {"chat": self.world.chat(chat_id), "message_id": message_id, "date": 0}
        self.world.add_update("callback_query", query)
        return str(query["id"])

    def queries_grow_old(self) -> None:
        """Presses that wait can no longer be acknowledged."""
        for number, state in self.world.queries.items():
            if state == "waiting":
                self.world.queries[number] = "old"

    def user_edits(self, chat_id: int, message_id: int, text: str) -> int:
        """Changes a message's text or caption. Returns the update's number."""
        message = self.world.messages[chat_id, message_id]
        field, marks = ("text", "entities") if "text" in message else ("caption", "caption_entities")
        edited = {key: value for key, value in message.items() if key != marks}
        edited |= {field: text, "edit_date": int(time.time()) + 1}
        if marked := entities_of(text):
            edited[marks] = marked
        self.world.messages[chat_id, message_id] = edited
        return self.world.add_update("edited_message", edited)

    def channel_posts(self, chat_id: int, text: str) -> int:
        """A post in a channel."""
        message = self.world.message(chat_id, None, text=text, sender_chat=self.world.chat(chat_id, "channel"))
        return self.world.add_update("channel_post", message)

    def group_has_topics(self, chat_id: int) -> None:
        """A group becomes a forum in which the bot may lead the topics."""
        self.world.chat(chat_id, "supergroup")["is_forum"] = True

    def user_blocks(self, chat_id: int) -> None:
        """Blocks the bot; Telegram tells it so."""
        self.world.blocked.add(chat_id)
        old = {"user": BOT, "status": "member"}
        new = {"user": BOT, "status": "kicked", "until_date": 0}
        content = {"old_chat_member": old, "new_chat_member": new, "date": int(time.time())}
        sender = self.world.user(chat_id)
        self.world.add_update("my_chat_member", {"chat": self.world.chat(chat_id), "from": sender, **content})

    def group_migrates(self, chat_id: int, new_chat_id: int, *, told: bool = True) -> None:
        """A group becomes a supergroup with another number; `told` says whether the bot hears of it at once."""
        self.world.chat(new_chat_id, "supergroup")
        self.world.migrated[chat_id] = new_chat_id
        if told:
            message = self.world.message(chat_id, self.world.user(1), migrate_to_chat_id=new_chat_id)
            self.world.add_update("message", message)
