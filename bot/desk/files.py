"""Photos and files of conversations: those sent on the web lie below QIFU_HOME, others with their messenger."""

import asyncio
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import Any

from bot.desk.talk import Attachment
from qifu.errors import DeskError

PREFIX = "file:"
"""What begins the references of files that lie here; the rest is the path below the folder."""
MARK = "📎 "
"""What begins the text of a message that brings a file; its name follows."""
MOST = 5 * 1024 * 1024
"""Bytes of one file."""
MOST_OF_ONE = 30
"""Files of one conversation."""
MOST_OF_ALL = 4 * 1024**3
"""Bytes of all files: what strangers send must not fill the disk."""
_LONGEST_NAME = 120
_REF = re.compile(rf"{PREFIX}([0-9a-f]{{32}})/([0-9a-f]{{32}})")
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
        found = _REF.fullmatch(ref)
        return await asyncio.to_thread(_read, self._folder / found[1] / found[2]) if found else None

    async def keep(self, conversation_id: str, message_id: str, name: str, content: bytes) -> Attachment:
        """Keeps the file of a message; the same message's again in its place.

        Raises DeskError file_kind for anything but JPEG, PNG, WebP, PDF, Word and Excel, file_large above MOST bytes,
        file_many above MOST_OF_ONE files, file_full where there is no room for more.
        """
        if len(content) > MOST:
            raise DeskError("file_large", megabytes=MOST // 1024 // 1024)
        known = kind_of(content)
        if known is None:
            raise DeskError("file_kind")
        kind, mime, ending = known
        folder, key = _hash(conversation_id), _hash(message_id)
        attachment = Attachment(kind, f"{PREFIX}{folder}/{key}", _plain(name, ending), mime, len(content))
        about = {"conversation": conversation_id, "attachment": asdict(attachment)}
        await asyncio.to_thread(self._write, self._folder / folder, key, content, about)
        return attachment

    async def of(self, conversation_id: str, message_id: str) -> Attachment | None:
        """The file of a message that was kept here, or None."""
        path = self._folder / _hash(conversation_id) / f"{_hash(message_id)}.json"
        about = await asyncio.to_thread(_read, path)
        return Attachment(**json.loads(about)["attachment"]) if about else None

    async def discard(self, conversation_id: str, message_id: str) -> None:
        """Removes the file of a message that was never sent; nothing where there is none."""
        folder, key = self._folder / _hash(conversation_id), _hash(message_id)
        # What it is about goes first: a file without it doesn't count.
        for name in (f"{key}.json", key):
            await asyncio.to_thread((folder / name).unlink, missing_ok=True)

    async def forget(self, known: Callable[[Iterable[str]], Awaitable[set[str]]]) -> int:
        """Removes the files of conversations that are no more; `known` tells which of them still are."""
        owners = await asyncio.to_thread(self._owners)
        kept = await known(set(owners.values()))
        lost = [folder for folder, conversation_id in owners.items() if conversation_id not in kept]
        for folder in lost:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        return len(lost)

    def _write(self, folder: Path, key: str, content: bytes, about: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / key).exists() and len(list(folder.glob("*.json"))) >= MOST_OF_ONE:
            raise DeskError("file_many", most=MOST_OF_ONE)
        if sum(path.stat().st_size for path in self._folder.glob("*/*")) + len(content) > MOST_OF_ALL:
            raise DeskError("file_full")
        # What it is about comes last and in one piece: a file without it doesn't count.
        for name, data in ((key, content), (f"{key}.json", json.dumps(about).encode())):
            fresh = folder / f"{name}.new"
            fresh.write_bytes(data)
            fresh.replace(folder / name)

    def _owners(self) -> dict[Path, str]:
        """Whose each folder is."""
        found = {path.parent: path for path in self._folder.glob("*/*.json")}
        return {folder: json.loads(path.read_bytes())["conversation"] for folder, path in found.items()}


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


def _hash(name: str) -> str:
    """Part of a file's path: nobody guesses it who doesn't know the conversation."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
