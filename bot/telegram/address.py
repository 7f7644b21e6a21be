"""Where a message comes from and where its answer goes; whether a message in a group is meant for the bot.

A private chat is one conversation, telegram:<chat>. In a group each member has their own, telegram:<chat>:<member>:
what one chooses must not change another's answers.
"""

from dataclasses import dataclass

from telegram import Chat, Message, MessageEntity, Update, User

_PREFIX = "telegram:"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send: the chat, in a forum its topic, in a group the message that is answered."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None

    @property
    def is_group(self) -> bool:
        """Groups have negative numbers."""
        return self.chat_id < 0


def conversation_id(chat: Chat, member: User | Chat | None) -> str:
    """The conversation of someone in a chat."""
    if chat.type == Chat.PRIVATE or member is None:
        return f"{_PREFIX}{chat.id}"
    return f"{_PREFIX}{chat.id}:{member.id}"


def is_ours(conversation: str) -> bool:
    """Whether a conversation runs on Telegram."""
    return conversation.startswith(_PREFIX)


def chat_of(conversation: str) -> int:
    """The chat of a conversation on Telegram."""
    return int(conversation.removeprefix(_PREFIX).split(":")[0])


def target_of(message: Message) -> Target:
    """Where the answer to a message goes."""
    thread = message.message_thread_id if message.is_topic_message else None
    return Target(message.chat_id, thread, None if message.chat.type == Chat.PRIVATE else message.message_id)


def sender_of(update: Update) -> User | Chat | None:
    """Who sent it; for an anonymous admin the group in whose name they write."""
    message = update.message or update.edited_message
    if message is not None and message.sender_chat is not None:
        return message.sender_chat
    return update.effective_user


def is_for_bot(message: Message, bot: User) -> bool:
    """Private: always. Group: only with a mention, a command with the bot's name, or as a reply to the bot.

    Messages of other bots and posts forwarded from a linked channel are for nobody.
    """
    if message.is_automatic_forward or (message.from_user and message.from_user.is_bot and not message.sender_chat):
        return False
    if message.chat.type == Chat.PRIVATE:
        return True
    if _answers(message, bot):
        return not _is_command_for_another(message)
    return bool(_mentions(message, bot))


def _answers(message: Message, bot: User) -> bool:
    """Whether it replies to the bot. In a forum every message of a topic replies to the message that opened it."""
    answered = message.reply_to_message
    if answered is None or (message.is_topic_message and answered.message_id == message.message_thread_id):
        return False
    return answered.from_user is not None and answered.from_user.id == bot.id


def text_for_bot(message: Message, bot: User) -> str:
    """The text or caption without the mentions of the bot."""
    text = message.text or message.caption or ""
    if message.chat.type == Chat.PRIVATE:
        return text
    for part in _mentions(message, bot):
        text = text.replace(part, " ")
    return text.strip()


def _mentions(message: Message, bot: User) -> list[str]:
    """The words of a message by which it addresses the bot; for a command with its name only that name."""
    name = f"@{bot.username}".lower()
    found = []
    for entity, part in {**message.parse_entities(), **message.parse_caption_entities()}.items():
        by_id = entity.type == MessageEntity.TEXT_MENTION and entity.user is not None and entity.user.id == bot.id
        by_name = entity.type == MessageEntity.MENTION and part.lower() == name
        if by_id or by_name:
            found.append(part)
        elif entity.type == MessageEntity.BOT_COMMAND and part.lower().endswith(name):
            found.append(part[-len(name) :])
    return found


def _is_command_for_another(message: Message) -> bool:
    return any("@" in part for part in message.parse_entities([MessageEntity.BOT_COMMAND]).values())
