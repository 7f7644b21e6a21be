"""Which handoff a member of staff means, and the way of their words to the user."""

from dataclasses import dataclass

from telegram import Message

from bot.desk.desk import Desk
from bot.telegram.files import attachment_of
from bot.telegram.ledger import Ledger
from bot.telegram.users import message_key
from qifu.errors import DeskError
from qifu.labels import Direction
from store.models import HandoffRow, StaffRow

NOTE = "//"
"""What begins an internal note."""


class NotCarried(Exception):
    """A message of a kind that can't be passed on."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where staff wrote: their private chat, or a topic of the group."""

    chat_id: int
    thread_id: int | None = None

    @property
    def is_topic(self) -> bool:
        """Whether it is a topic, which belongs to one handoff."""
        return self.thread_id is not None


class Chats:
    """Reads and writes the desk for staff on Telegram. Raises DeskError where the desk refuses."""

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        self._desk = desk
        self._ledger = ledger

    async def person(self, telegram_id: int) -> StaffRow | None:
        """The active member of staff who uses this account."""
        async with self._ledger.page() as page:
            return await page.work.staff.by_telegram(telegram_id)

    async def mine(self, person: StaffRow, chat_id: int) -> list[HandoffRow]:
        """The handoffs that somebody talks in here, the present one first."""
        async with self._ledger.page() as page:
            threads = await page.telegram.threads_of(chat_id)
        return [row for thread, row in threads if row.owner_id == person.id and row.is_open]

    async def meant(self, where: Where, message: Message, person: StaffRow) -> HandoffRow | None:
        """The handoff of the topic, of the message replied to, or the present one."""
        if where.thread_id is not None:
            async with self._ledger.page() as page:
                return await page.telegram.topic(where.chat_id, where.thread_id)
        mine = await self.mine(person, where.chat_id)
        if message.reply_to_message is not None:
            async with self._ledger.page() as page:
                known = await page.telegram.message(where.chat_id, message.reply_to_message.message_id)
                row = await page.work.handoffs.get(known.handoff_id) if known else None
            if row is not None:
                return row
        return mine[0] if mine else None

    async def numbered(self, number: str) -> HandoffRow | None:
        """The handoff of a number."""
        async with self._ledger.page() as page:
            return await page.work.handoffs.by_number(number)

    async def claim(self, row: HandoffRow, person: StaffRow, where: Where) -> HandoffRow:
        """Claims; who won talks here. The handoff as it stands: its owner says who has it."""
        claim = await self._desk.handoffs.claim(row.id, person.id)
        if claim.won and not where.is_topic and where.chat_id > 0:
            await self.turn_to(claim.handoff, person, where.chat_id)
        return claim.handoff

    async def turn_to(self, row: HandoffRow, person: StaffRow, chat_id: int) -> None:
        """Makes a handoff the present one of a private chat."""
        async with self._ledger.page() as page:
            await page.telegram.open_thread(row.id, chat_id, staff_id=person.id, posted_to=-1)

    async def say(self, row: HandoffRow, person: StaffRow, message: Message, text: str) -> None:
        """Passes what staff wrote on to the user, or keeps it as a note."""
        file = attachment_of(message)
        key = message_key(message)
        if text.startswith(NOTE):
            if not (note := text.removeprefix(NOTE).strip()):
                raise DeskError("empty")
            kept = await self._desk.talk.note(row.id, person.id, note, key)
        elif file is None and not text:
            raise NotCarried
        else:
            kept = await self._desk.talk.staff_message(row.id, person.id, text, key, [file] if file else [])
        async with self._ledger.page() as page:
            await page.telegram.sent(message.chat_id, message.message_id, row.id, desk_message_id=kept.row.id)

    async def edit(self, person: StaffRow, message: Message, text: str) -> bool:
        """Puts an edit of staff in place of what they wrote; False where that isn't known."""
        async with self._ledger.page() as page:
            known = await page.telegram.message(message.chat_id, message.message_id)
            row = await page.work.messages.get(known.desk_message_id or 0) if known else None
        if row is None:
            return False
        if row.direction == Direction.NOTE:
            text = text.removeprefix(NOTE).strip()
        if text and text != row.text:
            await self._desk.talk.edit(row.id, text, person.id)
        return True
