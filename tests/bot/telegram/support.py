"""What the tests of this room share: a scripted dialogue, an inbox in memory, and a channel over a fake Telegram."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.turn import Block, Button, Incoming, Reply, Turn
from bot.telegram.application import TelegramChannel, build_application
from bot.telegram.pace import Pace
from qifu.labels import Channel, District, Language, Outcome
from qifu.settings import Settings
from tests.fakes.telegram import FakeTelegram

FAST = Pace(
    poll=5,
    first_pause=0.02,
    longest_pause=0.1,
    patience=5.0,
    typing=0.1,
    quiet_typing=0.4,
    grace=1.0,
    parallel=8,
    backlog=50,
    look=0.2,
)

MENU = ["start", "help", "district", "human", "cancel", "appeal", "status", "lang", "privacy"]

ANSWER_BUTTONS = (
    Button("更多", "/more"),
    Button("依据", "/source"),
    Button("人工", "/handoff"),
    Button("👍", '/feedback_up{"turn":"1"}'),
    Button("👎", '/feedback_down{"turn":"1"}'),
)


def echo(incoming: Incoming) -> Reply:
    """Says the text back, with the buttons of an answer."""
    return Reply(f"答：{incoming.text}", ANSWER_BUTTONS)


class ScriptedDialogue:
    """A dialogue that answers from a script; while `hold` is clear answers wait.

    `error` is raised instead of an answer; while `away` there is only a note that the answer will come.
    """

    def __init__(self) -> None:
        self.script: Callable[[Incoming], Reply] = echo
        self.hold = asyncio.Event()
        self.hold.set()
        self.error: Exception | None = None
        self.asked: list[Incoming] = []
        self.opened: list[tuple[str, Language | None]] = []
        self.districts: dict[str, District] = {}
        self.delivered: list[int] = []
        self.forms: dict[str, list[dict[str, Any]]] = {}
        self.away = False
        self._ids: dict[tuple[str, str], int] = {}
        self._turns: dict[tuple[str, str], Turn] = {}

    async def handle(self, incoming: Incoming) -> Turn:
        """The turn of the script; for a message seen before the turn it had."""
        key = incoming.conversation_id, incoming.message_id
        self.asked.append(incoming)
        await self.hold.wait()
        if self.error is not None:
            raise self.error
        turn_id = self._ids.setdefault(key, len(self._ids) + 1)
        if self.away:
            return Turn(incoming.text, (Reply("正在恢复"),), Outcome.ERROR, id=turn_id, parse={"pending": True})
        if key not in self._turns:
            self._turns[key] = Turn(incoming.text, (self.script(incoming),), Outcome.ANSWERED, id=turn_id)
        return self._turns[key]

    async def open(self, conversation_id: str, channel: Channel, language: Language | None = None) -> Turn:
        """A greeting."""
        self.opened.append((conversation_id, language))
        return Turn("", (Reply("您好，我是企服。", (Button("主题", "/help"),)),), Outcome.ACT)

    async def set_district(self, conversation_id: str, channel: Channel, district: District) -> None:
        """Remembers the district."""
        self.districts[conversation_id] = district

    async def attach(self, conversation_id: str, file: dict[str, Any]) -> int | None:
        """Adds a file to the form, where one is open."""
        if conversation_id not in self.forms:
            return None
        self.forms[conversation_id].append(file)
        return len(self.forms[conversation_id])

    async def mark_delivered(self, turn_id: int) -> None:
        """Remembers what was delivered."""
        self.delivered.append(turn_id)

    @property
    def texts(self) -> list[str]:
        """What it was asked, in order."""
        return [incoming.text for incoming in self.asked]


@dataclass
class Row:
    """A kept update."""

    update_id: int
    payload: dict[str, Any]
    state: str = "waiting"


@dataclass
class MemoryInbox:
    """An inbox in memory that outlives channels; `error` is raised by its next `failing` calls of `store` and marks."""

    rows: dict[int, Row] = field(default_factory=dict)
    failing: int = 0
    slow: float = 0.0

    async def store(self, update_id: int, payload: dict[str, Any]) -> bool:
        """Keeps an update; False where it came before."""
        await asyncio.sleep(self.slow)
        self._may_fail()
        if update_id in self.rows:
            return False
        self.rows[update_id] = Row(update_id, payload)
        return True

    async def unhandled(self) -> Sequence[Row]:
        """What waits."""
        return [row for row in self.rows.values() if row.state == "waiting"]

    async def mark_handled(self, update_id: int) -> None:
        """Notes that it is done."""
        self._may_fail()
        self.rows[update_id].state = "handled"

    async def mark_failed(self, update_id: int, error: str) -> None:
        """Notes that it failed."""
        self._may_fail()
        self.rows[update_id].state = f"failed: {error}"

    async def replace(self, update_id: int, payload: dict[str, Any]) -> None:
        """Keeps less of it."""
        self.rows[update_id].payload = payload

    @property
    def states(self) -> list[str]:
        """What became of the updates, in order."""
        return [row.state for row in self.rows.values()]

    def _may_fail(self) -> None:
        if self.failing > 0:
            self.failing -= 1
            raise OSError("no space left on device")


class Rig:
    """A fake Telegram, a dialogue and an inbox; channels between them, one at a time."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self.telegram = telegram
        self.dialogue = ScriptedDialogue()
        self.inbox = MemoryInbox()
        self.channel: TelegramChannel | None = None

    def settings(self, **changes: Any) -> Settings:
        """Settings that lead to the fake."""
        given = {"TELEGRAM_BOT_TOKEN": self.telegram.token, "telegram_api_url": self.telegram.url}
        return Settings(**(given | {"telegram_timeout": 3.0} | changes))

    def build(self, pace: Pace = FAST, **changes: Any) -> TelegramChannel:
        """A channel, not yet started."""
        self.channel = build_application(self.settings(**changes), self.dialogue, self.inbox, pace)
        return self.channel

    async def start(self, pace: Pace = FAST, **changes: Any) -> TelegramChannel:
        """A running channel."""
        channel = self.build(pace, **changes)
        await channel.start()
        return channel

    async def stop(self, grace: float | None = None) -> None:
        """Stops the channel, as at the end of the process."""
        if self.channel is not None:
            await self.channel.stop(grace)
            self.channel = None

    async def asks(self, chat_id: int, text: str) -> str:
        """A user's question and the bot's answer: the next message in the chat."""
        before = len(self.telegram.sent(chat_id))
        self.telegram.user_sends(chat_id, text)
        return str((await self.telegram.sent_to(chat_id, before + 1))[before]["text"])

    async def settled(self, seconds: float = 0.1) -> None:
        """Waits until all that was sent is handled, and a moment more."""
        await self.telegram.until(lambda: not self.telegram.world.pending and "waiting" not in self.inbox.states)
        await asyncio.sleep(seconds)


def blocks(*pairs: tuple[Any, str]) -> Reply:
    """A reply of blocks given as (kind, text)."""
    made = tuple(Block(kind, text) for kind, text in pairs)
    return Reply("\n".join(block.text for block in made), (), made)


def titles(message: dict[str, Any]) -> list[str]:
    """The titles of a message's buttons."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def data_of(message: dict[str, Any], title: str) -> str:
    """The data of a button."""
    rows = message["reply_markup"]["inline_keyboard"]
    return next(str(button["callback_data"]) for row in rows for button in row if button["text"] == title)
