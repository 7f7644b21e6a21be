"""The Telegram channel: built, started and stopped by the main process."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import structlog
from fastapi import APIRouter
from telegram import Update
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationHandlerStop, TypeHandler

from bot.desk.delivery import ToUser
from bot.dialogue.turn import Turn
from bot.telegram.address import Target, chat_of, conversation_id, is_ours, sender_of
from bot.telegram.client import ALLOWED_UPDATES, build_client, token_of
from bot.telegram.commands import publish_menu
from bot.telegram.delivery import Delivery
from bot.telegram.failures import Failures
from bot.telegram.files import PREFIX, Outside
from bot.telegram.handlers import Context, Messages
from bot.telegram.intake import Intake, Payload
from bot.telegram.ledger import Ledger
from bot.telegram.pace import Pace
from bot.telegram.polling import Polling
from bot.telegram.ports import DialoguePort, UpdateInbox
from bot.telegram.post import Post
from bot.telegram.presses import Presses
from bot.telegram.staff.build import DeskParts, StaffSide
from bot.telegram.texts import Texts
from bot.telegram.users import DeskUsers
from bot.telegram.webhook import build_router, webhook_secret, webhook_url
from qifu.errors import ChannelError
from qifu.settings import Settings

log = structlog.get_logger(__name__)

type Library = Application[Any, Any, Any, Any, Any, Any]

_REFUSED = "Telegram refuses TELEGRAM_BOT_TOKEN; copy the token again from @BotFather. All else works without it."


class ChannelState(StrEnum):
    """How the channel is: connecting while Telegram can't be reached, refused where it rejects the token."""

    STOPPED = "stopped"
    CONNECTING = "connecting"
    RUNNING = "running"
    REFUSED = "refused"


class TelegramChannel:
    """Everything between Telegram and the dialogue, from `start` to `stop`; once stopped, a new one is built.

    `router` is to be included in the main process's application; it lets nothing in unless a webhook is set.
    """

    def __init__(
        self,
        settings: Settings,
        dialogue: DialoguePort,
        inbox: UpdateInbox,
        pace: Pace,
        desk: DeskParts | None = None,
    ) -> None:
        self._url = webhook_url(settings)
        self._secret = webhook_secret(settings) if self._url else None
        self._pace = pace
        self._parts = _Parts(settings, dialogue, inbox, pace, desk)
        self._client = self._parts.client
        self._task: asyncio.Task[None] | None = None
        self.state = ChannelState.STOPPED
        self.router: APIRouter = build_router(self._parts.intake, self._secret)

    @property
    def username(self) -> str | None:
        """The bot's name, for t.me/<name>; None until Telegram was reached."""
        return self._client.username if self.state == ChannelState.RUNNING else None

    async def start(self) -> None:
        """Connects, handles what was left, then receives. Where Telegram can't be reached it goes on trying by itself.

        Raises ChannelError where Telegram refuses the token or the webhook's address.
        """
        self.state = ChannelState.CONNECTING
        try:
            await self._connect()
        except ChannelError:
            self.state = ChannelState.REFUSED
            await self._close()
            raise
        except Exception as error:
            log.warning("telegram_not_connected", error=type(error).__name__)
        self._task = asyncio.create_task(self._run())

    async def stop(self, grace: float | None = None) -> None:
        """Ends receiving, lets running answers finish for `grace` seconds; the rest is answered at the next start."""
        self._parts.polling.stop()
        if self._task is not None:
            if not self._parts.polling.running:
                self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        await self._parts.intake.stop(self._pace.grace if grace is None else grace)
        if self._parts.staff is not None and self._parts.users is not None:
            await self._parts.staff.stop()
            await self._parts.users.stop()
        await self._parts.delivery.stop()
        await self._close()
        self.state = ChannelState.STOPPED

    async def deliver(self, conversation: str, turn: Turn) -> None:
        """Sends a turn that had to wait, without holding up the caller; conversations of other channels are let be."""
        if self.state != ChannelState.STOPPED and is_ours(conversation):
            self._parts.delivery.send_later(Target(chat_of(conversation)), turn)

    async def tell(self, conversation_id: str, message: ToUser) -> None:
        """Shows a user what the desk has for them. Raises ChannelError where that isn't possible now."""
        if self._parts.users is None or self.state != ChannelState.RUNNING:
            raise ChannelError("Telegram is not connected")
        await self._parts.users.tell(conversation_id, message)

    async def tell_staff(
        self, staff_ids: Sequence[int], text: str, kind: str, handoff_id: int | None, appeal_id: int | None
    ) -> None:
        """Tells those members of staff who have linked their account. Raises ChannelError where it can't now."""
        if self._parts.staff is None or self.state != ChannelState.RUNNING:
            raise ChannelError("Telegram is not connected")
        await self._parts.staff.tell(staff_ids, text, kind, handoff_id, appeal_id)

    async def fetch(self, ref: str) -> bytes | None:
        """A file that came in over Telegram, by the reference that the desk has; None where it is gone or too large.

        Raises ChannelError where Telegram can't be asked now.
        """
        try:
            file = await self._client.get_file(ref.removeprefix(PREFIX))
            return bytes(await file.download_as_bytearray())
        except BadRequest:
            return None
        except TelegramError as error:
            raise ChannelError(f"Telegram: {type(error).__name__}") from None

    async def _run(self) -> None:
        """Receives until stopped; before that connects, where the start couldn't."""
        try:
            for pause in self._pace.pauses():
                if self.state == ChannelState.RUNNING:
                    break
                await asyncio.sleep(pause)
                await self._try_again()
            if self._parts.staff is not None:
                await self._parts.staff.start()
            await publish_menu(self._client, self._parts.texts)
            if self._url is None:
                await self._parts.polling.run()
        except (ChannelError, InvalidToken) as error:
            self.state = ChannelState.REFUSED
            log.error("telegram_refused", reason=str(error) if isinstance(error, ChannelError) else _REFUSED)

    async def _try_again(self) -> None:
        try:
            await self._connect()
        except ChannelError:
            raise
        except Exception as error:
            log.warning("telegram_not_connected", error=type(error).__name__)

    async def _connect(self) -> None:
        """Checks the token, lines up what was left, then tells Telegram how to deliver, so that the former is first."""
        try:
            await self._parts.library.initialize()
            left = await self._parts.intake.open()
            if self._url is None:
                await self._client.delete_webhook(drop_pending_updates=False)
            else:
                await self._client.set_webhook(self._url, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES)
        except InvalidToken:
            raise ChannelError(_REFUSED) from None  # the library's message holds the token
        except BadRequest as error:
            raise ChannelError(f"Telegram refuses QIFU_TELEGRAM_WEBHOOK_URL: {error.message}") from None
        self.state = ChannelState.RUNNING
        log.info("telegram_running", bot=self._client.username, webhook=self._url is not None, left=left)

    async def _close(self) -> None:
        await self._parts.library.shutdown()
        await self._client.shutdown()


class _Parts:
    """What the channel is made of, wired."""

    def __init__(
        self, settings: Settings, dialogue: DialoguePort, inbox: UpdateInbox, pace: Pace, desk: DeskParts | None
    ) -> None:
        self.client = build_client(settings, token_of(settings))
        self.library: Library = Application.builder().bot(self.client).updater(None).job_queue(None).build()
        self.texts = Texts.read()
        self.delivery = Delivery(self.client, dialogue, pace)
        self.intake = Intake(inbox, self._handle, pace)
        self.polling = Polling(self.client, self.intake, pace, settings.telegram_timeout)
        self._failures = Failures(self.delivery, self.texts)
        self.users: DeskUsers | None = None
        self.staff: StaffSide | None = None
        if desk is not None:
            ledger = Ledger(desk.desk.store)
            self.users = DeskUsers(desk.desk, ledger, Post(self.client, Outside(desk.fetch)), self.texts)
            group = settings.telegram_staff_group
            self.staff = StaffSide(desk, self.client, self.delivery, self.texts, pace=pace, group=group)
            self.library.add_handler(TypeHandler(Update, self._on_any), group=-1)
        self.library.add_handlers(Presses(dialogue, self.delivery, self.texts).handlers())
        self.library.add_handlers(
            Messages(dialogue, self.delivery, self.texts, settings.keep_days, self.users).handlers()
        )
        self.library.add_error_handler(self._failures.on_error)

    async def _on_any(self, update: Update, _: Context) -> None:
        """Staff come first."""
        if self.staff is not None and await self.staff.takes(update):
            raise ApplicationHandlerStop

    async def _handle(self, payload: Payload) -> None:
        update = Update.de_json(dict(payload), self.client)
        chat = update.effective_chat
        conversation = conversation_id(chat, sender_of(update)) if chat else None
        with structlog.contextvars.bound_contextvars(update_id=update.update_id, conversation=conversation):
            await self.library.process_update(update)
        self._failures.raise_for(update.update_id)


def build_application(
    settings: Settings,
    dialogue: DialoguePort,
    inbox: UpdateInbox,
    pace: Pace | None = None,
    desk: DeskParts | None = None,
) -> TelegramChannel:
    """The channel, not yet started; without `desk` no people are reached over it.

    Raises ChannelError where token, webhook address or secret can't be right.
    """
    return TelegramChannel(settings, dialogue, inbox, pace or Pace(), desk)
