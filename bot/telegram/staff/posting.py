"""Each thing that staff are shown, posted and noted: histories, messages, edits, offers, ends."""

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.desk.desk import Desk
from bot.desk.talk import Attachment
from bot.dialogue.turn import Block
from bot.telegram.address import Target
from bot.telegram.ledger import Ledger
from bot.telegram.post import Post, Posted
from bot.telegram.staff import buttons
from bot.telegram.staff.show import Show
from qifu.labels import Direction, HandoffState
from store.models import DeskMessageRow, HandoffRow, TelegramMessageRow, TelegramThreadRow

_TURNS = 10
_NEW = -1


class TopicGone(Exception):
    """Somebody deleted a topic; it is forgotten, and where its handoff is open, opened anew."""


class Posting:
    """Every method may be called again after it was broken off. Raises TelegramError as the client does."""

    def __init__(self, desk: Desk, ledger: Ledger, post: Post, show: Show) -> None:
        self._desk = desk
        self._ledger = ledger
        self._post = post
        self._show = show

    async def topic(self, group: int, row: HandoffRow) -> None:
        """Opens a handoff's topic in the group."""
        number = await self._post.topic(group, self._show.say("topic_name", **self._show.about(row)))
        async with self._ledger.page() as page:
            await page.telegram.open_thread(row.id, group, thread_id=number, posted_to=_NEW)

    async def history(self, thread: TelegramThreadRow, row: HandoffRow) -> None:
        """Posts what was said before; to the owner with the files and how to go on."""
        transcript = await self._desk.talk.transcript(row.id, _TURNS)
        names = await self._names()
        posted = await self._blocks(thread, self._show.history(transcript, names))
        files = [Attachment(**file) for message in transcript.messages for file in message.attachments]
        await self._remember(thread, posted)
        if files:
            await self._remember(thread, await self._blocks(thread, (), files))
        if thread.thread_id is None:
            hint = self._show.say("claimed_mine", number=row.number)
            ending = buttons.ending(self._show, row.id)
            await self._remember(thread, await self._blocks(thread, (Block("note", hint),), markup=ending))
        last = max((message.id for message in transcript.messages), default=0)
        await self._posted_to(thread, last)
        for message in transcript.messages:
            await self._delivered(message)

    async def message(self, thread: TelegramThreadRow, row: HandoffRow, message: DeskMessageRow) -> None:
        """Posts a message of the desk, unless it was written here."""
        if not _written_in(thread, message):
            blocks, markup = await self._said(thread, row, message)
            files = [Attachment(**file) for file in message.attachments]
            try:
                posted = await self._blocks(thread, blocks, files, markup)
            except BadRequest:
                # A file that Telegram no longer has, or words it can't show: staff hear that there is something.
                posted = await self._blocks(thread, blocks[:1])
                posted = Posted(posted.ids, False, files)
            await self._remember(thread, posted, message)
            if posted.lost:
                lost = self._show.say("file_lost", n=len(posted.lost))
                await self._remember(thread, await self._blocks(thread, (Block("note", lost),)))
        await self._posted_to(thread, message.id)
        await self._delivered(message)

    async def edit(self, thread: TelegramThreadRow, row: HandoffRow, message: DeskMessageRow) -> None:
        """Shows the new words of a message; where the old ones can't be replaced, in a new message."""
        if not _written_in(thread, message):
            blocks, markup = await self._said(thread, row, message, edited=True)
            async with self._ledger.page() as page:
                shown = await page.telegram.shows(message.id, thread.chat_id)
            first = shown[0]
            if not await self._post.edit(thread.chat_id, first.message_id, blocks, markup, is_caption=first.is_caption):
                await self._remember(thread, await self._blocks(thread, blocks, markup=markup), message)
        async with self._ledger.page() as page:
            await page.telegram.shown(message.id, thread.chat_id, message.edited_at)
        await self._delivered(message)

    async def offer_in(self, thread: TelegramThreadRow, row: HandoffRow) -> None:
        """Asks, in the handoff's topic, for somebody to claim."""
        await self.offer(Target(thread.chat_id, thread.thread_id), row, self._show.say("waits"), short=True)

    async def offer(self, target: Target, row: HandoffRow, text: str, *, short: bool = False) -> None:
        """Asks staff to claim a handoff."""
        blocks = (Block("lead", text),) if short else self._show.offer(row, text)
        posted = await self._post.blocks(target, blocks, buttons.claim(self._show, row.id))
        async with self._ledger.page() as page:
            for number in posted.ids:
                await page.telegram.sent(target.chat_id, number, row.id, is_offer=number == posted.ids[-1])

    async def settle(self, offer: TelegramMessageRow, row: HandoffRow) -> None:
        """Says under an offer what became of it."""
        async with self._ledger.page() as page:
            thread = await page.telegram.thread(row.id, offer.chat_id)
        names = await self._names()
        key, name = "offer_ended", names.get(row.owner_id or 0, "")
        if row.state == HandoffState.CLAIMED:
            key = "claimed_topic" if thread and thread.thread_id is not None else "claimed_other"
        elif row.state == HandoffState.CANCELLED:
            key = "offer_cancelled"
        text = self._show.say(key, number=row.number, name=name)
        await self._post.edit(offer.chat_id, offer.message_id, (Block("note", text),))
        async with self._ledger.page() as page:
            await page.telegram.settle_offer(offer.chat_id, offer.message_id)

    async def leave(self, thread: TelegramThreadRow, row: HandoffRow) -> None:
        """Says in a private chat that a handoff is no longer there."""
        async with self._ledger.page() as page:
            others = [
                other.number
                for known, other in await page.telegram.threads_of(thread.chat_id)
                if other.id != row.id and other.owner_id == known.staff_id
            ]
        after = others[0] if others else ""
        key, name = "ended", ""
        if row.is_open:
            name = (await self._names()).get(row.owner_id or 0, "")
            key = "moved" if row.owner_id else "released"
        text = self._show.say(key, number=row.number, name=name, end=self._show.end(row), next=after)
        await self._remember(thread, await self._blocks(thread, (Block("note", text),)))
        async with self._ledger.page() as page:
            await page.telegram.change_thread(thread.id, is_open=False)

    async def close(self, thread: TelegramThreadRow, row: HandoffRow) -> None:
        """Ends a topic."""
        text = self._show.say("ended", number=row.number, end=self._show.end(row), next="")
        await self._remember(thread, await self._blocks(thread, (Block("note", text),)))
        await self._post.close_topic(thread.chat_id, thread.thread_id or 0)
        async with self._ledger.page() as page:
            await page.telegram.change_thread(thread.id, is_open=False)

    async def _said(
        self, thread: TelegramThreadRow, row: HandoffRow, message: DeskMessageRow, *, edited: bool = False
    ) -> tuple[tuple[Block, ...], InlineKeyboardMarkup | None]:
        # A topic is read by all of the group, a private chat by the owner alone.
        masked = thread.thread_id is not None
        number = "" if masked else row.number
        blocks = self._show.said(message, await self._names(), number, masked=masked, edited=edited)
        hidden = masked and self._show.is_masked(message)
        return blocks, buttons.reveal(self._show, message.id) if hidden else None

    async def _blocks(
        self,
        thread: TelegramThreadRow,
        blocks: tuple[Block, ...],
        files: list[Attachment] | None = None,
        markup: InlineKeyboardMarkup | None = None,
    ) -> Posted:
        try:
            return await self._post.blocks(Target(thread.chat_id, thread.thread_id), blocks, markup, files or ())
        except BadRequest as error:
            if thread.thread_id is None or "thread not found" not in str(error).lower():
                raise
            async with self._ledger.page() as page:
                await page.telegram.drop_thread(thread.id)
            raise TopicGone from None

    async def _remember(self, thread: TelegramThreadRow, posted: Posted, message: DeskMessageRow | None = None) -> None:
        async with self._ledger.page() as page:
            for place, number in enumerate(posted.ids):
                await page.telegram.sent(
                    thread.chat_id,
                    number,
                    thread.handoff_id,
                    desk_message_id=message.id if message else None,
                    is_caption=posted.is_caption and place == 0,
                    shown_at=message.edited_at if message else None,
                )

    async def _posted_to(self, thread: TelegramThreadRow, message_id: int) -> None:
        async with self._ledger.page() as page:
            await page.telegram.change_thread(thread.id, posted_to=message_id)

    async def _delivered(self, message: DeskMessageRow) -> None:
        """Staff have what a user said."""
        if message.direction == Direction.USER:
            await self._desk.talk.mark_delivered(message.id, message.edited_at)

    async def _names(self) -> dict[int, str]:
        async with self._ledger.page() as page:
            return {person.id: person.name for person in await page.work.staff.all()}


def _written_in(thread: TelegramThreadRow, message: DeskMessageRow) -> bool:
    """Whether a message of the desk is one that stands in this chat as staff wrote it."""
    return message.client_key.startswith(f"tg:{thread.chat_id}:")
