"""Photos and files: what a message carries, as an attachment of the desk, and back again."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot, InputFile, Message

from bot.desk.talk import Attachment

PREFIX = "telegram:"
"""What begins the references of files that lie with Telegram; the rest is Telegram's file_id."""

KINDS = ("photo", "voice", "audio", "video", "video_note", "animation", "sticker", "document")
"""What can be passed on, in this order: Telegram marks an animation as a document, too."""

type Fetch = Callable[[str], Awaitable[bytes | None]]

_PICTURES = frozenset({"image/jpeg", "image/png"})
_WORDLESS = frozenset({"video_note", "sticker"})


def attachment_of(message: Message) -> Attachment | None:
    """The file of a message; None where it has none, or one that was forgotten after its update was handled."""
    for kind in KINDS:
        found: Any = getattr(message, kind)
        if found:
            file = found[-1] if kind == "photo" else found
            mime = "image/jpeg" if kind == "photo" else str(getattr(file, "mime_type", None) or "")
            name = str(getattr(file, "file_name", None) or "")
            if not file.file_id:
                return None
            return Attachment(kind, f"{PREFIX}{file.file_id}", name, mime, int(file.file_size or 0))
    return None


def is_known(attachment: Attachment) -> bool:
    """Whether Telegram has the file."""
    return attachment.ref.startswith(PREFIX) and attachment.kind in KINDS


class Outside:
    """Files that lie elsewhere, such as those sent on the web; `fetch` gives their content by their reference."""

    def __init__(self, fetch: Fetch | None = None) -> None:
        self._fetch = fetch

    async def upload(self, attachment: Attachment) -> tuple[str, InputFile] | None:
        """As what a file is sent and the file, to be uploaded; None where it can't be had."""
        content = await self._fetch(attachment.ref) if self._fetch else None
        if not content:
            return None
        # Telegram takes pictures up to 10 MB as such; the web's are smaller.
        kind = "photo" if attachment.kind == "photo" and attachment.mime in _PICTURES else "document"
        return kind, InputFile(content, filename=attachment.name or "file")


def takes_words(attachment: Attachment) -> bool:
    """Whether words can stand below it."""
    return attachment.kind not in _WORDLESS


def sender(bot: Bot, kind: str) -> Callable[..., Awaitable[Message]]:
    """The bot's method that sends a file of this kind; the file itself is the argument of the kind's name."""
    methods: dict[str, Callable[..., Awaitable[Message]]] = {
        "photo": bot.send_photo,
        "voice": bot.send_voice,
        "audio": bot.send_audio,
        "video": bot.send_video,
        "video_note": bot.send_video_note,
        "animation": bot.send_animation,
        "sticker": bot.send_sticker,
        "document": bot.send_document,
    }
    return methods[kind]
