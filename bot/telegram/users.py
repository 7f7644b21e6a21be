"""The desk in users' chats: what staff say comes in, users' files and edits reach staff."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from telegram import Message
from telegram.error import Forbidden, TelegramError

from bot.desk.desk import Desk
from bot.desk.talk import Attachment
from bot.dialogue.turn import Block
from bot.telegram.address import Target, chat_of
from bot.telegram.files import attachment_of
from bot.telegram.keyboard import keyboard
from bot.telegram.ledger import Ledger
from bot.telegram.post import Post
from bot.telegram.texts import Texts
from qifu.errors import ChannelError
from qifu.labels import Language
from store.models import HandoffRow

if TYPE_CHECKING:
    from bot.desk.delivery import ToUser

log = structlog.get_logger(__name__)


def message_key(message: Message) -> str:
    """The key of a message: the same for the message and its edits."""
    return f"tg:{message.chat_id}:{message.message_id}"


class DeskUsers:
    """`tell` is the desk's way to users; the rest is for the handlers of users' messages."""

    def __init__(self, desk: Desk, ledger: Ledger, post: Post, texts: Texts) -> None:
        self._desk = desk
        self._ledger = ledger
        self._post = post
        self._texts = texts
        self._under_way: dict[int, asyncio.Task[None]] = {}

    async def tell(self, conversation_id: str, message: "ToUser") -> None:
        """Shows something to a user. Raises ChannelError where that isn't possible now.

        Who gives up waiting doesn't break it off: the next try with the same notice waits for the same sending.
        """
        task = self._under_way.get(message.notice_id)
        if task is None:
            task = asyncio.create_task(self._tell(conversation_id, message))
            self._under_way[message.notice_id] = task
        try:
            await asyncio.shield(task)
        finally:
            if task.done():
                self._under_way.pop(message.notice_id, None)

    async def stop(self) -> None:
        """Breaks off what is under way; it stands in the outbox."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, conversation_id: str, message: "ToUser") -> None:
        try:
            if message.message_id is None:
                await self._notice(conversation_id, message)
            else:
                await self._said(conversation_id, message, message.message_id)
        except Forbidden:
            await self._note_blocked(conversation_id)
            raise ChannelError("the user has blocked the bot") from None
        except TelegramError as error:
            raise ChannelError(f"Telegram: {type(error).__name__}") from None

    async def _notice(self, conversation_id: str, message: "ToUser") -> None:
        await self._post.blocks(
            Target(chat_of(conversation_id)), (Block("text", message.text),), keyboard(message.buttons)
        )

    async def _said(self, conversation_id: str, message: "ToUser", message_id: int) -> None:
        """What a person said: new, or with other words in place of those sent before."""
        chat_id = chat_of(conversation_id)
        async with self._ledger.page() as page:
            row = await page.work.messages.get(message_id)
            shown = await page.telegram.shows(message_id, chat_id)
        if row is None or (shown and not message.edited):
            return  # forgotten meanwhile, or sent before a crash
        blocks = (*self._name(message), *([Block("text", message.text)] if message.text else []))
        if shown and await self._post.edit(chat_id, shown[0].message_id, blocks, is_caption=shown[0].is_caption):
            async with self._ledger.page() as page:
                await page.telegram.shown(message_id, chat_id, row.edited_at)
            return
        if shown:
            blocks = (Block("note", self._texts.say("corrected", message.language)), *blocks)
        posted = await self._post.blocks(
            Target(chat_id), blocks, keyboard(message.buttons), () if shown else message.attachments
        )
        if posted.lost:
            log.warning("telegram_files_not_sent", message_id=message_id, files=len(posted.lost))
        async with self._ledger.page() as page:
            for place, number in enumerate(posted.ids):
                await page.telegram.sent(
                    chat_id,
                    number,
                    row.handoff_id,
                    desk_message_id=message_id,
                    is_caption=posted.is_caption and place == 0,
                    shown_at=row.edited_at,
                )

    def _name(self, message: "ToUser") -> Sequence[Block]:
        if not message.sender:
            return ()
        return (Block("lead", self._texts.say("from_person", message.language, name=message.sender)),)

    async def _note_blocked(self, conversation_id: str) -> None:
        """Staff see that what they write doesn't arrive."""
        row = await self._desk.handoffs.open_of(conversation_id)
        if row is not None:
            await self._desk.talk.system(row.id, self._texts.say("user_gone", Language.ZH), f"gone:{row.id}")

    async def open_of(self, conversation_id: str) -> HandoffRow | None:
        """The open handoff of a conversation."""
        return await self._desk.handoffs.open_of(conversation_id)

    async def keep_file(self, conversation_id: str, message: Message, text: str) -> bool:
        """Keeps a photo or file for staff; False where no handoff is open, or it can't be passed on."""
        attachment = attachment_of(message)
        if attachment is None:
            return False
        files: list[Attachment] = [attachment]
        return await self._desk.talk.user_message(conversation_id, text, message_key(message), files) is not None

    async def edit(self, conversation_id: str, message: Message, text: str) -> bool:
        """Puts an edit in place of what staff have; False where they haven't, or the handoff has ended."""
        if await self._desk.handoffs.open_of(conversation_id) is None:
            return False
        key = message_key(message)
        async with self._ledger.page() as page:
            known = await page.work.messages.by_key(conversation_id, key)
        if known is None:
            return False
        if known.text != text:
            await self._desk.talk.edit_by_key(conversation_id, key, text)
        return True
