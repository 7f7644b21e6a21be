"""Says things to staff, in the background: the next message of theirs doesn't wait for Telegram."""

from telegram import InlineKeyboardMarkup, Message

from bot.telegram.address import Target
from bot.telegram.delivery import Delivery
from bot.telegram.staff.chats import Where
from bot.telegram.staff.show import ZH, Show
from qifu.errors import DeskError
from store.models import StaffRow


class Answers:
    """In a group an answer replies to what it is about."""

    def __init__(self, delivery: Delivery, show: Show) -> None:
        self._delivery = delivery
        self.show = show

    def say(self, message: Message, key: str, /, **values: object) -> None:
        """Answers a message with a text of the room."""
        self.text(message, self.show.say(key, **values))

    def refuse(self, message: Message, error: DeskError) -> None:
        """Says why the desk refuses."""
        self.text(message, self.show.wording.refusal(error, ZH))

    def text(self, message: Message, text: str, markup: InlineKeyboardMarkup | None = None) -> None:
        """Answers a message."""
        where = where_of(message)
        reply_to = message.message_id if where.chat_id < 0 else None
        self._delivery.say_later(Target(where.chat_id, where.thread_id, reply_to), text, markup)

    def whisper(self, person: StaffRow, text: str) -> None:
        """Says something to one person alone."""
        if person.telegram_id is not None:
            self._delivery.say_later(Target(person.telegram_id), text)


def where_of(message: Message) -> Where:
    """Where a message stands."""
    return Where(message.chat_id, message.message_thread_id if message.is_topic_message else None)
