"""Updates of staff: taken before those of users, who know nothing of this."""

import asyncio
from dataclasses import dataclass

import structlog
from telegram import BotCommand, BotCommandScopeChat, CallbackQuery, Chat, Message, MessageEntity, Update
from telegram.error import TelegramError

from bot.desk.work import SERVING
from bot.telegram.client import Client
from bot.telegram.handlers import whole_characters
from bot.telegram.memory import Recent
from bot.telegram.staff.answers import Answers, where_of
from bot.telegram.staff.buttons import parsed
from bot.telegram.staff.chats import NOTE, Chats, NotCarried
from bot.telegram.staff.commands import Commands
from bot.telegram.staff.linking import Linking
from bot.telegram.staff.presses import StaffPresses
from bot.telegram.staff.show import ZH
from qifu.errors import DeskError
from store.models import HandoffRow, StaffRow

log = structlog.get_logger(__name__)

_LINK = "staff"
_HELP = "help"
_MOST_TRIES = 5
_FORGIVEN = 600.0
"""Seconds after which a wrong code no longer counts."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says: a command with what stands behind it, or a text."""

    command: str | None
    text: str


class StaffRoom:
    """`takes` handles an update of staff; False where it is a user's. `group` is the staff's group, or None."""

    def __init__(
        self,
        client: Client,
        *,
        chats: Chats,
        commands: Commands,
        presses: StaffPresses,
        answers: Answers,
        linking: Linking,
        group: int | None,
    ) -> None:
        self._client = client
        self._chats = chats
        self._commands = commands
        self._presses = presses
        self._answers = answers
        self._linking = linking
        self._group = group
        self._tries: Recent[int, list[float]] = Recent(10_000)
        self._told: Recent[int, bool] = Recent(1000)

    async def takes(self, update: Update) -> bool:
        """Handles an update if it is one of staff."""
        if update.callback_query is not None:
            return await self._takes_press(update.callback_query)
        message = update.message or update.edited_message
        if message is None:
            return False
        try:
            if message.chat_id == self._group:
                await self._in_group(message, edited=update.edited_message is not None)
                return True
            if message.chat.type != Chat.PRIVATE or message.from_user is None:
                return False
            return await self._in_private(message, edited=update.edited_message is not None)
        except DeskError as error:
            self._answers.refuse(message, error)
        except NotCarried:
            self._answers.say(message, "not_carried")
        return True

    async def publish_menus(self) -> None:
        """Tells Telegram the commands of the staff's group; without them they work all the same."""
        if self._group is not None:
            await self._menu(self._group)

    async def _takes_press(self, query: CallbackQuery) -> bool:
        pressed = parsed(str(query.data or ""))
        if pressed is None:
            return False
        await self._presses.press(query, *pressed)
        return True

    async def _in_private(self, message: Message, edited: bool) -> bool:
        assert message.from_user is not None  # noqa: S101  # a private chat's message has a sender
        words = self._words(message)
        if words.command == _LINK and not edited:
            await self._link(message, message.from_user.id, words.text)
            return True
        person = await self._chats.person(message.from_user.id)
        if person is None or person.role not in SERVING:
            return False
        if words.command in self._commands.names and not edited:
            await self._commands.run(words.command, person, message, words.text)
            return True
        if edited:
            return await self._chats.edit(person, message, words.text)
        row = await self._chats.meant(where_of(message), message, person)
        if row is None or row.owner_id != person.id or not row.is_open:
            return await self._left_over(message, person, row)
        if words.command == _HELP:
            self._help(message)
        elif words.command is not None:
            self._answers.say(message, "unknown_command", number=row.number)
        else:
            await self._chats.say(row, person, message, words.text)
        return True

    async def _left_over(self, message: Message, person: StaffRow, row: HandoffRow | None) -> bool:
        """Words that reply to a handoff one doesn't have: a note may still be added; without any it is a user's."""
        if row is None:
            return False
        if self._words(message).text.startswith(NOTE):
            await self._chats.say(row, person, message, self._words(message).text)
            return True
        raise DeskError("not_owner" if row.is_open else "wrong_state")

    async def _in_group(self, message: Message, edited: bool) -> None:
        if message.sender_chat is not None and message.sender_chat.id == self._group:
            self._answers.say(message, "anonymous")
            return
        words = self._words(message)
        if message.from_user is None or message.from_user.is_bot or not _says_something(message):
            return
        if words.command == _LINK:
            self._answers.say(message, "link_private")
            return
        person = await self._chats.person(message.from_user.id)
        if person is None or person.role not in SERVING:
            if message.is_topic_message and self._told.first_time(message.from_user.id, True):
                self._answers.say(message, "not_linked", how=self._answers.show.say("link_how"))
            return
        if edited:
            await self._chats.edit(person, message, words.text)
        elif words.command in self._commands.names:
            await self._commands.run(words.command, person, message, words.text)
        elif words.command == _HELP:
            self._help(message)
        elif words.command is None and message.is_topic_message:
            await self._in_topic(message, person, words.text)

    async def _in_topic(self, message: Message, person: StaffRow, text: str) -> None:
        row = await self._chats.meant(where_of(message), message, person)
        if row is None:
            return  # a topic of the group's own
        if text.startswith(NOTE):
            await self._chats.say(row, person, message, text)
        elif not row.is_open:
            self._answers.say(message, "topic_ended")
        elif row.owner_id is None:
            self._answers.say(message, "topic_unclaimed")
        elif row.owner_id != person.id:
            name = await self._commands.name_of(row.owner_id)
            self._answers.say(message, "topic_others", name=name)
        else:
            await self._chats.say(row, person, message, text)

    async def _link(self, message: Message, telegram_id: int, code: str) -> None:
        """/staff CODE. Guessing is slow: a few wrong codes, then none for a while."""
        now = asyncio.get_running_loop().time()
        tries = [at for at in self._tries.get(telegram_id) or () if now - at < _FORGIVEN]
        if not code:
            self._answers.say(message, "link_how")
            return
        if len(tries) >= _MOST_TRIES:
            self._answers.say(message, "link_many")
            return
        person = await self._linking.redeem(code, telegram_id)
        if person is None:
            self._tries.put(telegram_id, [*tries, now])
            self._answers.say(message, "link_wrong")
            return
        log.info("telegram_staff_linked", staff=person.id)
        self._answers.say(message, "linked", name=person.name)
        await self._menu(message.chat_id)

    def _help(self, message: Message) -> None:
        self._answers.say(message, "help", commands=self._answers.show.texts.commands(ZH))

    async def _menu(self, chat_id: int) -> None:
        menu = [BotCommand(name, words) for name, words in self._answers.show.texts.commands(ZH)]
        try:
            await self._client.set_my_commands(menu, scope=BotCommandScopeChat(chat_id))
        except TelegramError as error:
            log.warning("telegram_menu_not_set", error=type(error).__name__)

    def _words(self, message: Message) -> Words:
        """The command at the beginning, unless it names another bot, and the rest; else the text or caption."""
        text = whole_characters(message.text or message.caption or "")
        entities = message.entities or ()
        if message.text and entities and entities[0].type == MessageEntity.BOT_COMMAND and entities[0].offset == 0:
            head, _, rest = text.partition(" ") if " " in text.partition("\n")[0] else text.partition("\n")
            name, _, bot = head.lstrip("/").partition("@")
            if not bot or bot.lower() == (self._client.username or "").lower():
                return Words(name.lower(), rest.strip())
        return Words(None, text.strip())


def _says_something(message: Message) -> bool:
    """Whether somebody wrote or sent it; a notice that a topic was opened isn't."""
    return bool(message.text or message.effective_attachment)
