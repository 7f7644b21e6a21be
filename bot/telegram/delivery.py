"""Sends replies: in order, formatted where Telegram can read it, patiently while the network is down.

A connection that breaks before Telegram has confirmed leaves open whether the message arrived. It is sent again: an
answer twice is better than none.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TelegramError

from bot.dialogue.turn import Reply, Turn
from bot.telegram.address import Target
from bot.telegram.keyboard import keyboard
from bot.telegram.memory import Recent
from bot.telegram.pace import Pace
from bot.telegram.ports import DialoguePort
from bot.telegram.render import Piece, render

log = structlog.get_logger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Delivery:
    """What leaves for Telegram.

    Raises telegram.error.Forbidden where the user has blocked the bot, NetworkError when the patience is over.
    """

    def __init__(self, bot: Bot, dialogue: DialoguePort, pace: Pace) -> None:
        self._bot = bot
        self._dialogue = dialogue
        self._pace = pace
        self._moved: dict[int, int] = {}  # groups that became supergroups: old number → new
        self._sent: Recent[tuple[int | None, bool], bool] = Recent(10_000)
        self._tasks: set[asyncio.Task[None]] = set()

    async def turn(self, target: Target, turn: Turn) -> None:
        """Sends a turn's replies and notes that they were delivered.

        A turn is sent once, though after a crash two may want to: the update that asked, tried again, and the dialogue
        that found it unanswered. A turn that still waits for its answer comes under the same id as that answer.
        """
        waits = bool(turn.parse.get("pending"))
        if turn.id is not None and not self._sent.first_time((turn.id, waits), True):
            return
        try:
            for reply in turn.replies:
                await self.reply(target, reply)
        except BaseException:
            self._sent.forget((turn.id, waits))
            raise
        if turn.id is not None and not waits:
            await self._note(turn.id)

    async def _note(self, turn_id: int) -> None:
        try:
            await self._dialogue.mark_delivered(turn_id)
        except Exception as error:  # the user has the answer: a note that fails must not bring it a second time
            log.error("telegram_delivered_not_noted", turn_id=turn_id, error=type(error).__name__)

    async def reply(self, target: Target, reply: Reply, markup: InlineKeyboardMarkup | None = None) -> None:
        """Sends one reply in as many messages as it needs; the buttons are below the last."""
        pieces = render(reply)
        markup = markup or keyboard(reply.buttons)
        for number, piece in enumerate(pieces, start=1):
            await self._send(target, piece, markup if number == len(pieces) else None)

    async def say(self, target: Target, text: str, markup: InlineKeyboardMarkup | None = None) -> None:
        """Sends a text of this room."""
        await self.reply(target, Reply(text), markup)

    def send_later(self, target: Target, turn: Turn) -> None:
        """Sends a turn in the background."""
        self._background(self._turn_logged(target, turn))

    def say_later(self, target: Target, text: str, markup: InlineKeyboardMarkup | None = None) -> None:
        """Sends a text of this room in the background."""
        self._background(self._said_logged(target, text, markup))

    async def _said_logged(self, target: Target, text: str, markup: InlineKeyboardMarkup | None) -> None:
        try:
            await self.say(target, text, markup)
        except TelegramError as error:
            log.warning("telegram_text_not_sent", chat_id=target.chat_id, error=type(error).__name__)

    async def _turn_logged(self, target: Target, turn: Turn) -> None:
        try:
            await self.turn(target, turn)
        except TelegramError as error:
            log.warning("telegram_turn_not_sent", turn_id=turn.id, error=type(error).__name__)

    def chat_moved(self, old: int, new: int) -> None:
        """Notes that a group became a supergroup with another number."""
        self._moved[old] = new

    @asynccontextmanager
    async def typing(self, target: Target) -> AsyncIterator[None]:
        """Shows the typing sign while the body runs. It never delays the answer and its failures don't matter."""
        done = asyncio.Event()
        self._background(self._show_typing(target, done))
        try:
            yield
        finally:
            done.set()  # a request on its way is left to finish: cancelling it would cost the connection

    async def stop(self) -> None:
        """Breaks off what runs in the background."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _show_typing(self, target: Target, done: asyncio.Event) -> None:
        if target.is_group and await _happens(done, self._pace.quiet_typing):
            return
        while not done.is_set():
            try:
                await self._bot.send_chat_action(
                    self._number(target), ChatAction.TYPING, message_thread_id=target.thread_id
                )
            except TelegramError as error:
                log.debug("telegram_typing_failed", error=type(error).__name__)
                return
            if await _happens(done, self._pace.typing):
                return

    async def _send(self, target: Target, piece: Piece, markup: InlineKeyboardMarkup | None) -> None:
        async def message(text: str, parse_mode: str | None) -> None:
            await self._bot.send_message(
                self._number(target),
                text,
                parse_mode=parse_mode,
                reply_markup=markup,
                link_preview_options=_NO_PREVIEW,
                message_thread_id=target.thread_id,
                reply_parameters=_answering(target.reply_to),
            )

        try:
            await self._patiently(target, lambda: message(piece.html, ParseMode.HTML))
        except BadRequest as error:
            if "can't parse entities" not in str(error).lower():
                raise
            log.error("telegram_html_refused", reason=str(error))
            await self._patiently(target, lambda: message(piece.plain, None))

    async def _patiently(self, target: Target, send: Callable[[], Awaitable[None]]) -> None:
        """Tries again while the network or Telegram's limits are in the way, until the patience is over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._pace.patience
        for growing in self._pace.pauses():
            pause = growing
            try:
                await send()
            except BadRequest:
                raise
            except ChatMigrated as moved:
                if self._moved.get(target.chat_id) == moved.new_chat_id:
                    raise
                self.chat_moved(target.chat_id, moved.new_chat_id)
                continue
            except RetryAfter as limit:
                pause = max(pause, _seconds(limit))
                failure: TelegramError = limit
            except NetworkError as error:
                failure = error
            else:
                return
            log.warning("telegram_send_again", chat_id=target.chat_id, error=type(failure).__name__, pause=pause)
            if loop.time() + pause > end:
                raise failure
            await asyncio.sleep(pause)

    def _number(self, target: Target) -> int:
        return self._moved.get(target.chat_id, target.chat_id)


def _answering(message_id: int | None) -> ReplyParameters | None:
    return ReplyParameters(message_id, allow_sending_without_reply=True) if message_id else None


def _seconds(limit: RetryAfter) -> float:
    """The pause Telegram asks for; the library gives it as a number or as a timedelta."""
    after = limit.retry_after
    return float(after) if isinstance(after, (int, float)) else after.total_seconds()


async def _happens(event: asyncio.Event, within: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), within)
    return event.is_set()
