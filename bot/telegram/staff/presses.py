"""Buttons under messages to staff."""

from collections.abc import Awaitable, Callable

import structlog
from telegram import CallbackQuery, Message
from telegram.error import TelegramError

from bot.desk.desk import Desk
from bot.telegram.ledger import Ledger
from bot.telegram.staff import buttons
from bot.telegram.staff.answers import Answers, where_of
from bot.telegram.staff.chats import Chats
from bot.telegram.staff.commands import Commands
from bot.telegram.staff.picking import Picking
from bot.telegram.staff.show import ZH
from bot.telegram.users import message_key
from qifu.errors import DeskError
from qifu.labels import CloseReason, StaffRole
from store.models import StaffRow
from store.repositories import AuditRepository

log = structlog.get_logger(__name__)

type Verb = Callable[[StaffRow, Message, list[str]], Awaitable[str | None]]
"""Does it and returns what to say to who pressed."""

_MOST_HINT = 200
"""Telegram's limit for what a press is answered with."""


class StaffPresses:
    """Who presses is looked up each time: the data of a button proves nothing, and the desk knows what one may."""

    def __init__(
        self, desk: Desk, ledger: Ledger, *, chats: Chats, answers: Answers, commands: Commands, picking: Picking
    ) -> None:
        self._desk = desk
        self._ledger = ledger
        self._chats = chats
        self._answers = answers
        self._show = answers.show
        self._commands = commands
        self._picking = picking
        self._verbs: dict[str, Verb] = {
            "claim": self._claim,
            "to": self._to,
            "close": self._close,
            "back": self._back,
            "pick": self._pick,
            "show": self._reveal,
        }

    async def press(self, query: CallbackQuery, verb: str, values: list[str]) -> None:
        """Does what a button says, and acknowledges the press with what came of it."""
        person = await self._chats.person(query.from_user.id)
        message = query.message if isinstance(query.message, Message) else None
        hint: str | None = self._show.say("press_old")
        if person is None:
            hint = self._show.say("not_linked", how="")
        elif verb in self._verbs and message is not None:
            try:
                hint = await self._verbs[verb](person, message, values)
            except DeskError as error:
                hint = self._show.wording.refusal(error, ZH)
            except (ValueError, IndexError):
                log.info("telegram_press_unknown", verb=verb)
        await self._acknowledge(query, hint)

    async def _claim(self, person: StaffRow, message: Message, values: list[str]) -> str | None:
        row = await self._desk.handoffs.get(int(values[0]))
        claimed = await self._chats.claim(row, person, where_of(message))
        return None if claimed.owner_id == person.id and claimed.is_open else await self._commands.lost(claimed)

    async def _to(self, person: StaffRow, message: Message, values: list[str]) -> str | None:
        row = await self._desk.handoffs.get(int(values[0]))
        if row.owner_id != person.id or not row.is_open:
            raise DeskError("not_owner")
        if message.chat_id > 0:
            await self._chats.turn_to(row, person, message.chat_id)
        return self._show.say("chosen", number=row.number)

    async def _close(self, person: StaffRow, message: Message, values: list[str]) -> str | None:
        if len(values) > 1:
            await self._desk.handoffs.close(int(values[0]), person.id, CloseReason(values[1]))
            return None
        row = await self._desk.handoffs.get(int(values[0]))
        asked = self._show.say("close_how", number=row.number)
        self._answers.text(message, asked, buttons.reasons(self._show, row.id))
        return None

    async def _back(self, person: StaffRow, _: Message, values: list[str]) -> str | None:
        await self._desk.handoffs.hand_back(int(values[0]), person.id)
        return None

    async def _pick(self, person: StaffRow, message: Message, values: list[str]) -> str | None:
        number, picks = int(values[1]), self._picking.found(int(values[0]))
        if picks is None or not 1 <= number <= len(picks.texts):
            return self._show.say("press_old")
        text = picks.texts[number - 1]
        if not text:
            return self._show.say("canned_missing")
        await self._commands.send(picks.handoff_id, person, text, f"{message_key(message)}:{number}")
        return self._show.say("done_sent")

    async def _reveal(self, person: StaffRow, _: Message, values: list[str]) -> str | None:
        """What was masked, to the owner and to managers; that they looked is noted."""
        async with self._ledger.page() as page:
            said = await page.work.messages.get(int(values[0]))
            row = await page.work.handoffs.get(said.handoff_id) if said else None
            if said is None or row is None:
                raise DeskError("unknown_message")
            if row.owner_id != person.id and person.role != StaffRole.MANAGER:
                raise DeskError("not_owner")
            audit = AuditRepository(page.work.session, lambda: page.work.now)
            await audit.write(person.id, "desk.unmask", row.number, {"message": said.id})
        if len(said.text) <= _MOST_HINT:
            return said.text
        self._answers.whisper(person, said.text)
        return self._show.say("revealed")

    async def _acknowledge(self, query: CallbackQuery, hint: str | None) -> None:
        try:
            await query.answer(hint[:_MOST_HINT] if hint else None, show_alert=bool(hint))
        except TelegramError as error:
            log.info("telegram_press_not_acknowledged", error=type(error).__name__)
