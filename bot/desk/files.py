"""Photos and files of conversations: those sent on the web lie below QIFU_HOME, others with their messenger."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path, PurePath

from bot.desk.talk import Attachment
from qifu.errors import DeskError

PREFIX = "file:"
"""What begins the references of files that lie here; the rest is the file's name in the folder."""
MOST = 5 * 1024 * 1024
"""Bytes of one file."""
_LONGEST_NAME = 120
_OFFICE = {
    "word/": ("document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/": ("document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
}
_BEGINNINGS = (
    (b"\xff\xd8\xff", b"", ("photo", "image/jpeg", ".jpg")),
    (b"\x89PNG\r\n\x1a\n", b"", ("photo", "image/png", ".png")),
    (b"RIFF", b"WEBP", ("photo", "image/webp", ".webp")),
    (b"%PDF-", b"", ("document", "application/pdf", ".pdf")),
)
"""How a file begins, and what stands at its ninth byte."""

type Fetch = Callable[[str], Awaitable[bytes | None]]
"""Fetches a file by its reference; None where it is gone. Raises ChannelError where that can't be told now."""


class Files:
    """Keeps and fetches files. `others` fetch what lies elsewhere, by the prefix of its reference."""

    def __init__(self, folder: Path, others: Mapping[str, Fetch] | None = None) -> None:
        self._folder = folder
        self._others = others or {}

    async def fetch(self, ref: str) -> bytes | None:
        """The content of a file; None where it is gone. Raises ChannelError where its messenger is away."""
        for prefix, fetch in self._others.items():
            if ref.startswith(prefix):
                return await fetch(ref)
        name = ref.removeprefix(PREFIX)
        if not ref.startswith(PREFIX) or not name.isalnum():
            return None
        return await asyncio.to_thread(_read, self._folder / name)

    async def keep(self, conversation_id: str, message_id: str, name: str, content: bytes) -> Attachment:
        """Keeps the file of a message; the same message's again in its place.

        Raises DeskError file_kind for anything but JPEG, PNG, WebP, PDF, Word and Excel, file_large above MOST bytes.
        """
        if len(content) > MOST:
            raise DeskError("file_large", megabytes=MOST // 1024 // 1024)
        known = kind_of(content)
        if known is None:
            raise DeskError("file_kind")
        kind, mime, ending = known
        key = _key(conversation_id, message_id)
        attachment = Attachment(kind, PREFIX + key, _plain(name, ending), mime, len(content))
        await asyncio.to_thread(self._write, key, content, conversation_id, attachment)
        return attachment

    async def of(self, conversation_id: str, message_id: str) -> Attachment | None:
        """The file of a message that was kept here, or None."""
        about = await asyncio.to_thread(_read, self._folder / f"{_key(conversation_id, message_id)}.json")
        return Attachment(**json.loads(about)["attachment"]) if about else None

    async def forget(self, known: Callable[[Iterable[str]], Awaitable[set[str]]]) -> int:
        """Removes the files of conversations that are no more; `known` tells which of them still are."""
        owners = await asyncio.to_thread(self._owners)
        gone = set(owners.values()) - await known(set(owners.values()))
        lost = [key for key, conversation_id in owners.items() if conversation_id in gone]
        await asyncio.to_thread(self._remove, lost)
        return len(lost)

    def _write(self, key: str, content: bytes, conversation_id: str, attachment: Attachment) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        about = {
            "conversation": conversation_id,
            "attachment": {field: getattr(attachment, field) for field in ("kind", "ref", "name", "mime", "size")},
        }
        # What it is about comes last and in one piece: a file without it doesn't count.
        for name, data in ((key, content), (f"{key}.json", json.dumps(about).encode())):
            fresh = self._folder / f"{name}.new"
            fresh.write_bytes(data)
            fresh.replace(self._folder / name)

    def _owners(self) -> dict[str, str]:
        return {
            path.stem: json.loads(path.read_bytes())["conversation"] for path in sorted(self._folder.glob("*.json"))
        }

    def _remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            (self._folder / key).unlink(missing_ok=True)
            (self._folder / f"{key}.json").unlink(missing_ok=True)


def kind_of(content: bytes) -> tuple[str, str, str] | None:
    """Kind, MIME type and ending of a file by what is in it, whatever it is called; None for what isn't taken."""
    for begins, also, about in _BEGINNINGS:
        if content.startswith(begins) and content[8 : 8 + len(also)] == also:
            return about
    if content.startswith(b"PK\x03\x04"):
        try:
            names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        except (zipfile.BadZipFile, ValueError):
            return None
        found = (about for folder, about in _OFFICE.items() if any(name.startswith(folder) for name in names))
        return next(found, None) if "[Content_Types].xml" in names else None
    return None


def _plain(name: str, ending: str) -> str:
    """A name without folders and control characters, with the ending of what the file is."""
    bare = "".join(c for c in PurePath(name.replace("\\", "/")).name if c.isprintable()).strip(". ")
    stem = PurePath(bare).stem if PurePath(bare).suffix else bare
    jpeg = PurePath(bare).suffix.lower() == ".jpeg" and ending == ".jpg"
    return f"{stem[:_LONGEST_NAME] or 'file'}{'.jpeg' if jpeg else ending}"


def _key(conversation_id: str, message_id: str) -> str:
    """The file's name: nobody guesses it who doesn't know the conversation."""
    return hashlib.sha256(f"{conversation_id}\n{message_id}".encode()).hexdigest()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
