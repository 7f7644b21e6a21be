"""Posts what the desk has to tell: one try each, the ids of the messages it became, errors to the caller.

Tries again are the desk's affair: its outbox knows what was not delivered. Telegram's limits are kept by the client.
"""

from collections.abc import Sequence
from typing import NamedTuple

from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import MessageLimit, ParseMode
from telegram.error import BadRequest

from bot.desk.talk import Attachment
from bot.dialogue.turn import Block, Reply
from bot.telegram.address import Target
from bot.telegram.files import PREFIX, Outside, is_known, sender, takes_words
from bot.telegram.render import Piece, render
from bot.telegram.split import utf16_length

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_TOPIC_NAME = 128


class Posted:
    """The messages that something became: the first is where its words stand; `is_caption`: below a file."""

    def __init__(self, ids: Sequence[int], is_caption: bool, lost: Sequence[Attachment] = ()) -> None:
        self.ids = tuple(ids)
        self.is_caption = is_caption
        self.lost = tuple(lost)
        """Files that Telegram doesn't have."""


class Ready(NamedTuple):
    """A file to send: as what, its id at Telegram or itself, whether words can stand below it."""

    kind: str
    content: str | InputFile
    takes_words: bool


class Post:
    """Raises telegram.error.TelegramError as the client does."""

    def __init__(self, bot: Bot, outside: Outside | None = None) -> None:
        self._bot = bot
        self._outside = outside or Outside()

    async def blocks(
        self,
        target: Target,
        blocks: Sequence[Block],
        markup: InlineKeyboardMarkup | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Posted:
        """Sends words and files; the words stand below the first file where they fit, and the buttons at the end."""
        files, lost = await self._ready(attachments)
        pieces = render(Reply("", (), tuple(blocks)))
        if files and len(pieces) == 1 and files[0].takes_words and _fits(pieces[0]):
            ids = [await self._file(target, files[0], pieces[0], markup)]
            ids += [await self._file(target, file, None, None) for file in files[1:]]
            return Posted(ids, True, lost)
        ids = [
            await self._text(target, piece, None if files or number < len(pieces) else markup)
            for number, piece in enumerate(pieces, start=1)
        ]
        for number, file in enumerate(files, start=1):
            ids.append(await self._file(target, file, None, markup if number == len(files) else None))
        return Posted(ids, False, lost)

    async def edit(
        self,
        chat_id: int,
        message_id: int,
        blocks: Sequence[Block],
        markup: InlineKeyboardMarkup | None = None,
        *,
        is_caption: bool = False,
    ) -> bool:
        """Puts other words into a message; False where it can't be: too long, too old, or gone."""
        pieces = render(Reply("", (), tuple(blocks)))
        if len(pieces) != 1 or (is_caption and not _fits(pieces[0])):
            return False
        try:
            if is_caption:
                await self._bot.edit_message_caption(
                    chat_id, message_id, caption=pieces[0].html, parse_mode=ParseMode.HTML, reply_markup=markup
                )
            else:
                await self._bot.edit_message_text(
                    pieces[0].html,
                    chat_id,
                    message_id,
                    parse_mode=ParseMode.HTML,
                    reply_markup=markup,
                    link_preview_options=_NO_PREVIEW,
                )
        except BadRequest as error:
            return "not modified" in str(error).lower()
        return True

    async def topic(self, chat_id: int, name: str) -> int:
        """Opens a topic in a forum; its number."""
        return (await self._bot.create_forum_topic(chat_id, name[:_TOPIC_NAME])).message_thread_id

    async def close_topic(self, chat_id: int, thread_id: int) -> None:
        """Closes a topic; one that is closed or gone is let be."""
        try:
            await self._bot.close_forum_topic(chat_id, thread_id)
        except BadRequest as error:
            if "not enough rights" in str(error).lower():
                raise

    async def _text(self, target: Target, piece: Piece, markup: InlineKeyboardMarkup | None) -> int:
        message = await self._bot.send_message(
            target.chat_id,
            piece.html,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            link_preview_options=_NO_PREVIEW,
            message_thread_id=target.thread_id,
        )
        return message.message_id

    async def _ready(self, attachments: Sequence[Attachment]) -> tuple[list[Ready], list[Attachment]]:
        """What can be sent, and what can't."""
        files: list[Ready] = []
        lost: list[Attachment] = []
        for attachment in attachments:
            if is_known(attachment):
                files.append(Ready(attachment.kind, attachment.ref.removeprefix(PREFIX), takes_words(attachment)))
            elif uploaded := await self._outside.upload(attachment):
                files.append(Ready(*uploaded, True))
            else:
                lost.append(attachment)
        return files, lost

    async def _file(self, target: Target, file: Ready, words: Piece | None, markup: InlineKeyboardMarkup | None) -> int:
        caption = {"caption": words.html, "parse_mode": ParseMode.HTML} if words else {}
        place = {"reply_markup": markup, "message_thread_id": target.thread_id}
        try:
            message = await sender(self._bot, file.kind)(target.chat_id, file.content, **place, **caption)
        except BadRequest:
            if file.kind != "photo" or isinstance(file.content, str):
                raise
            # Telegram refuses pictures that are too long, too wide or broken; as a document it takes them.
            message = await sender(self._bot, "document")(target.chat_id, file.content, **place, **caption)
        return message.message_id


def _fits(piece: Piece) -> bool:
    return utf16_length(piece.plain) <= int(MessageLimit.CAPTION_LENGTH)
