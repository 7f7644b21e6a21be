"""What happens when an inline button is pressed: acknowledged at once, made idle, run once."""

import structlog
from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler

from bot.dialogue.turn import Incoming
from bot.telegram.address import Target, conversation_id, target_of
from bot.telegram.commands import chosen_district
from bot.telegram.delivery import Delivery
from bot.telegram.handlers import Context, Handler, district_line, incoming
from bot.telegram.keyboard import IDLE, after_press, is_feedback, title_of
from bot.telegram.memory import Recent
from bot.telegram.ports import DialoguePort
from bot.telegram.texts import Texts, language_of
from qifu.labels import Channel, Language

log = structlog.get_logger(__name__)


class Presses:
    """The handler for pressed buttons.

    A press counts if the message it belongs to still has that button, its group of buttons wasn't used before (a double
    tap comes as two presses), and in a group if it is by the one who asked. Any other is acknowledged with a hint and
    not run: a client can send whatever it likes as a button's data.
    """

    def __init__(self, dialogue: DialoguePort, delivery: Delivery, texts: Texts) -> None:
        self._dialogue = dialogue
        self._delivery = delivery
        self._texts = texts
        self._used: Recent[tuple[int, int, bool], bool] = Recent(10_000)

    def handlers(self) -> list[Handler]:
        """One handler for all buttons."""
        return [CallbackQueryHandler(self.on_press)]

    async def on_press(self, update: Update, _: Context) -> None:
        """A pressed button."""
        query = update.callback_query
        if query is None:
            return
        data, language = str(query.data or ""), language_of(query.from_user.language_code)
        message = query.message if isinstance(query.message, Message) else None
        hint = None if data == IDLE else self._objection(query, message, data)
        await self._acknowledge(query, self._texts.say(hint, language) if hint else None)
        if message is None or hint or data == IDLE:
            return
        await self._make_idle(message, data, language)
        conversation, target = conversation_id(message.chat, query.from_user), _answer_to(message)
        district = chosen_district(data)
        if district is None:
            await self._run(incoming(conversation, f"tg:{update.update_id}", data, is_payload=True), target)
        else:
            await self._dialogue.set_district(conversation, Channel.TELEGRAM, district)
            await self._delivery.say(target, district_line(self._texts, district, language))

    def _objection(self, query: CallbackQuery, message: Message | None, data: str) -> str | None:
        """Why a press doesn't count, as the name of a text; None where it counts, and from then on not again."""
        if message is None or title_of(message.reply_markup, data) is None:
            return "button_stale"
        if not _is_by_asker(query, message):
            return "button_foreign"
        used = (message.chat_id, message.message_id, is_feedback(data))
        return None if self._used.first_time(used, True) else "button_stale"

    async def _run(self, pressed: Incoming, target: Target) -> None:
        async with self._delivery.typing(target):
            turn = await self._dialogue.handle(pressed)
        await self._delivery.turn(target, turn)

    async def _acknowledge(self, query: CallbackQuery, hint: str | None = None) -> None:
        """Ends the waiting sign on the button. After a restart the press may be too old for it; that doesn't matter."""
        try:
            await query.answer(hint)
        except TelegramError as error:
            log.info("telegram_press_not_acknowledged", error=type(error).__name__)

    async def _make_idle(self, message: Message, data: str, language: Language) -> None:
        markup = message.reply_markup or InlineKeyboardMarkup([])
        tick = self._texts.say("chosen", language, title=title_of(markup, data))
        try:
            await message.edit_reply_markup(after_press(markup, data, tick))
        except TelegramError as error:  # already idle, or deleted by the user: the press counts all the same
            log.info("telegram_keyboard_not_idle", error=type(error).__name__)


def _is_by_asker(query: CallbackQuery, message: Message) -> bool:
    """In a group an answer replies to its question, so the asker is known; where that was deleted anyone may."""
    asker = message.reply_to_message.from_user if message.reply_to_message else None
    return asker is None or asker.is_bot or asker.id == query.from_user.id  # is_bot: an admin who writes anonymously


def _answer_to(message: Message) -> Target:
    """In a group a follow-up replies to the same question as the pressed message: so its buttons have an asker, too."""
    target, question = target_of(message), message.reply_to_message
    return Target(target.chat_id, target.thread_id, question.message_id if question and target.is_group else None)
