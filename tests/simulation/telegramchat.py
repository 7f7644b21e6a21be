"""A user on Telegram."""

from collections.abc import Iterator

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_world import BOT, Json
from tests.simulation.chats import Chat, Seen
from tests.simulation.diary import Diary
from tests.simulation.simtime import SimTime

MENU = {"/handoff": "/human", "/appeal": "/appeal"}
"""Commands that stand for a button."""


class Screen:
    """The messages of a chat in order, each read once unless one starts again."""

    def __init__(self, telegram: FakeTelegram, chat_id: int) -> None:
        self._messages, self._chat_id = telegram.world.messages, chat_id
        self._last = 0

    def new(self) -> Iterator[Json]:
        """What the bot sent since the last look."""
        while message := self._messages.get((self._chat_id, self._last + 1)):
            self._last += 1
            if message.get("from", {}).get("id") == BOT["id"]:
                yield message

    def forget(self) -> None:
        """Reads the chat from its beginning again."""
        self._last = 0


def buttons_of(message: Json) -> tuple[str, ...]:
    """The data of a message's buttons as they stand now."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return tuple(button["callback_data"] for row in rows for button in row if "callback_data" in button)


class TelegramChat(Chat):
    """Whatever is sent is kept by Telegram until the bot takes it."""

    def __init__(self, telegram: FakeTelegram, chat_id: int, diary: Diary, time: SimTime) -> None:
        super().__init__(diary, time)
        self.conversation = f"telegram:{chat_id}"
        self.chat_id = chat_id
        self._telegram = telegram
        self._screen = Screen(telegram, chat_id)

    async def open(self) -> None:
        self._telegram.user_sends(self.chat_id, "/start")

    async def says(self, text: str, token: str | None = None, *, cue: bool = False) -> None:
        message = self._telegram.user_sends(self.chat_id, text)
        self.note(f"tg:{self.chat_id}:{message['message_id']}", token, cue)

    async def presses(self, payload: str) -> bool:
        if payload in MENU:
            await self.says(MENU[payload], cue=True)
            return True
        for (chat_id, number), message in reversed(self._telegram.world.messages.items()):
            if chat_id == self.chat_id and payload in buttons_of(message):
                self._telegram.user_presses(self.chat_id, number, payload)
                self.note(f"tg:{self._telegram.last_update()}", None, True)
                return True
        return False

    async def look(self) -> None:
        for message in self._screen.new():
            name = str(message["message_id"])
            self.seen[name] = Seen(name, str(message.get("text", "")), buttons_of(message))
