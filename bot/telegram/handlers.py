"""What happens with a message: commands, questions, edits, and what isn't text."""

from dataclasses import asdict
from typing import Any

import structlog
from telegram import Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.dialogue.turn import Incoming
from bot.telegram.address import conversation_id, is_for_bot, sender_of, target_of, text_for_bot
from bot.telegram.attachments import kind_of
from bot.telegram.commands import CANCEL_HANDOFF, PAYLOADS, district_named
from bot.telegram.delivery import Delivery
from bot.telegram.files import attachment_of
from bot.telegram.keyboard import district_keyboard
from bot.telegram.memory import LastQuestions, Recent
from bot.telegram.ports import DialoguePort
from bot.telegram.texts import Texts, language_of
from bot.telegram.users import DeskUsers, message_key
from qifu.labels import Channel, District, Language
from store.models import HandoffRow

log = structlog.get_logger(__name__)

type Context = ContextTypes.DEFAULT_TYPE
type Handler = BaseHandler[Update, Context, None]


class Asked:
    """A message that is meant for the bot, with what is needed to answer it."""

    def __init__(self, update: Update, message: Message) -> None:
        self.update_id = update.update_id
        self.message = message
        self.target = target_of(message)
        self.conversation = conversation_id(message.chat, sender_of(update))
        self.text = whole_characters(text_for_bot(message, message.get_bot().bot))
        self.language = language_of(update.effective_user.language_code if update.effective_user else None)

    def incoming(self, text: str, *, is_payload: bool = False) -> Incoming:
        """The message for the dialogue: the same one however often it comes; an edit is another one."""
        edited = self.message.edit_date is not None
        key = f"tg:{self.update_id}" if edited else message_key(self.message)
        return incoming(self.conversation, key, text, is_payload=is_payload)


def incoming(conversation: str, key: str, text: str, *, is_payload: bool = False) -> Incoming:
    """A message from Telegram for the dialogue. No language: the dialogue goes by the text and by what was chosen."""
    return Incoming(conversation, Channel.TELEGRAM, key, text, is_payload=is_payload)


def whole_characters(text: str) -> str:
    """The text with halves of surrogate pairs replaced; no database and no JSON takes those."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Messages:
    """The handlers for messages; `handlers()` gives them in the order in which the first that fits takes an update."""

    def __init__(
        self,
        dialogue: DialoguePort,
        delivery: Delivery,
        texts: Texts,
        keep_days: int,
        desk: DeskUsers | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._delivery = delivery
        self._texts = texts
        self._keep_days = keep_days
        self._desk = desk
        self._questions = LastQuestions()
        self._albums: Recent[str, bool] = Recent(1000)

    def handlers(self) -> list[Handler]:
        """What isn't listed, such as channel posts and what isn't meant for the bot, is left alone."""
        new, ours = filters.UpdateType.MESSAGE, _ForBot()
        service = filters.StatusUpdate.ALL
        return [
            MessageHandler(new & service, self.on_service),
            MessageHandler(filters.UpdateType.EDITED_MESSAGE & ours & (filters.TEXT | filters.CAPTION), self.on_edit),
            CommandHandler("start", self.on_start, new & ours),
            CommandHandler("district", self.on_district, new & ours),
            CommandHandler("privacy", self.on_privacy, new & ours),
            CommandHandler("cancel", self.on_cancel, new & ours),
            CommandHandler(list(PAYLOADS), self.on_command, new & ours),
            MessageHandler(new & ours & filters.COMMAND, self.on_unknown_command),
            MessageHandler(new & ours & filters.TEXT, self.on_text),
            MessageHandler(new & ours & (filters.ATTACHMENT | filters.CAPTION), self.on_attachment),
        ]

    async def on_start(self, update: Update, context: Context) -> None:
        """/start and the deep link /start <district>: the greeting, after the district has been set."""
        asked = _asked(update)
        district = district_named(_argument(context))
        if district is not None:
            await self._choose(asked, district)
        turn = await self._dialogue.open(asked.conversation, Channel.TELEGRAM, asked.language)
        await self._delivery.turn(asked.target, turn)

    async def on_district(self, update: Update, context: Context) -> None:
        """/district: the districts as buttons; /district minhang sets it at once."""
        asked = _asked(update)
        district = district_named(_argument(context))
        if district is not None:
            await self._choose(asked, district)
            return
        markup = district_keyboard(self._texts.districts(asked.language))
        await self._delivery.say(asked.target, self._texts.say("district_ask", asked.language), markup)

    async def on_privacy(self, update: Update, _: Context) -> None:
        """/privacy: what is stored, how long, how to have it deleted."""
        await self._say(_asked(update), "privacy", keep_days=self._keep_days)

    async def on_command(self, update: Update, _: Context) -> None:
        """The commands that the dialogue answers."""
        asked = _asked(update)
        command = (asked.message.text or "").split()[0].lstrip("/").split("@")[0].lower()
        await self._answer(asked, asked.incoming(PAYLOADS[command], is_payload=True))

    async def on_cancel(self, update: Update, _: Context) -> None:
        """/cancel: no person any more, where one was called; else what the dialogue is in the middle of."""
        asked = _asked(update)
        if await self._open_handoff(asked):
            await self._answer(asked, asked.incoming(CANCEL_HANDOFF, is_payload=True))
        else:
            await self._answer(asked, asked.incoming(self._texts.say("cancel_words", asked.language)))

    async def on_unknown_command(self, update: Update, _: Context) -> None:
        """A command that isn't ours."""
        await self._say(_asked(update), "unknown_command")

    async def on_text(self, update: Update, _: Context) -> None:
        """A question."""
        asked = _asked(update)
        if not asked.text:
            await self._say(asked, "mention_empty", username=asked.message.get_bot().username)
            return
        self._questions.asked(asked.conversation, asked.message, asked.text)
        await self._answer(asked, asked.incoming(asked.text))

    async def on_edit(self, update: Update, _: Context) -> None:
        """An edit reaches the staff who have the message; one of the last question is answered once, see LastQuestions.

        All other edits are left.
        """
        asked = _asked(update)
        if self._desk and await self._desk.edit(asked.conversation, asked.message, asked.text):
            return
        if asked.text and self._questions.runs_again(asked.conversation, asked.message, asked.text):
            await self._say(asked, "edited")
            await self._answer(asked, asked.incoming(asked.text))

    async def on_attachment(self, update: Update, _: Context) -> None:
        """Pictures, voice and the like: an honest line, once for an album; a caption is read as the question."""
        asked = _asked(update)
        kind = self._texts.kind(kind_of(asked.message), asked.language)
        album = asked.message.media_group_id
        fresh = album is None or self._albums.first_time(album, True)
        if self._desk and await self._desk.keep_file(asked.conversation, asked.message, asked.text):
            await self._on_kept_file(asked, fresh)
            return
        if await self._attached(asked):
            return
        if asked.text:
            await self._say(asked, "attachment_caption", kind=kind)
            self._questions.asked(asked.conversation, asked.message, asked.text)
            await self._answer(asked, asked.incoming(asked.text))
        elif fresh:
            await self._say(asked, "attachment", kind=kind)

    async def _on_kept_file(self, asked: Asked, fresh: bool) -> None:
        """Staff have the file. A caption is for them, too; until they are there, the bot answers it."""
        if asked.text:
            await self._answer(asked, asked.incoming(asked.text))
            return
        row = await self._open_handoff(asked)
        if fresh and row and not row.bot_is_silent:
            await self._say(asked, "attachment_kept", kind=self._texts.kind(kind_of(asked.message), asked.language))

    async def _attached(self, asked: Asked) -> bool:
        """Whether a file went into the form that is open; a caption is taken as an answer to it."""
        file = attachment_of(asked.message)
        count = await self._dialogue.attach(asked.conversation, asdict(file)) if file and self._desk else None
        if count is None:
            return False
        if asked.text:
            await self._answer(asked, asked.incoming(asked.text))
        else:
            await self._say(asked, "attachment_form", count=count)
        return True

    async def _open_handoff(self, asked: Asked) -> HandoffRow | None:
        return await self._desk.open_of(asked.conversation) if self._desk else None

    async def on_service(self, update: Update, _: Context) -> None:
        """Service messages are left alone; that a group has a new number is noted."""
        message = update.message
        if message is not None and message.migrate_to_chat_id:
            self._delivery.chat_moved(message.chat_id, message.migrate_to_chat_id)

    async def _answer(self, asked: Asked, incoming: Incoming) -> None:
        row = await self._open_handoff(asked)
        if row and row.bot_is_silent:  # a person has the conversation: the bot doesn't seem to write
            turn = await self._dialogue.handle(incoming)
        else:
            async with self._delivery.typing(asked.target):
                turn = await self._dialogue.handle(incoming)
        await self._delivery.turn(asked.target, turn)

    async def _choose(self, asked: Asked, district: District) -> None:
        await self._dialogue.set_district(asked.conversation, Channel.TELEGRAM, district)
        await self._delivery.say(asked.target, district_line(self._texts, district, asked.language))

    async def _say(self, asked: Asked, text: str, /, **values: Any) -> None:
        await self._delivery.say(asked.target, self._texts.say(text, asked.language, **values))


def district_line(texts: Texts, district: District, language: Language) -> str:
    """The line that confirms a chosen district."""
    return texts.say("district_chosen", language, district=district, name=texts.districts(language)[district])


class _ForBot(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return is_for_bot(message, message.get_bot().bot)


def _asked(update: Update) -> Asked:
    message = update.message or update.edited_message
    if message is None:
        raise ValueError("an update without a message reached a handler for messages")
    return Asked(update, message)


def _argument(context: Context) -> str | None:
    return context.args[0] if context.args else None
