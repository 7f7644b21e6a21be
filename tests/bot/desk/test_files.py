"""Files of conversations: only what is wanted is taken, by what is in it, and it goes with its conversation."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.desk import files as module
from bot.desk.files import Files, kind_of
from tests.bot.desk.support import WEB, refused

PNG = b"\x89PNG\r\n\x1a\n0000"
PDF = b"%PDF-1.7\n"


def office(folder: str) -> bytes:
    """An empty Word or Excel file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<w/>")
    return packed.getvalue()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    async def telegram(ref: str) -> bytes | None:
        return ref.encode()

    return Files(tmp_path / "files", {"telegram:": telegram})


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF0000WEBPVP8 ", "image/webp"),
        (PDF, "application/pdf"),
        (office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_is_what_is_in_it(content: bytes, mime: str) -> None:
    found = kind_of(content)
    assert found is not None
    assert found[1] == mime


@pytest.mark.parametrize(
    "content", [b"", b"MZ", b"<html>", b"RIFF0000WAVE", b"PK\x03\x04broken", office("ppt"), b"GIF89a"]
)
async def test_anything_else_is_refused(files: Files, content: bytes) -> None:
    with refused("file_kind"):
        await files.keep(WEB, "m1", "a.pdf", content)


async def test_what_is_kept_is_found_by_its_reference_and_by_its_message(files: Files) -> None:
    kept = await files.keep(WEB, "m1", "营业执照.png", PNG)
    assert (kept.kind, kept.name, kept.size) == ("photo", "营业执照.png", len(PNG))
    assert await files.fetch(kept.ref) == PNG
    assert await files.of(WEB, "m1") == kept
    assert await files.of("web:other", "m1") is None
    assert "营业" not in kept.ref


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd.png"), ("C:\\x\\照片.exe", "照片.png"), ("", "file.png"), ("a\x00\n.png", "a.png"),
     ("x" * 500 + ".png", "x" * 120 + ".png"), (".png", "png.png")],
)  # fmt: skip
async def test_a_name_is_made_harmless(files: Files, name: str, kept: str) -> None:
    assert (await files.keep(WEB, "m1", name, PNG)).name == kept


async def test_the_same_message_again_is_one_file(files: Files, tmp_path: Path) -> None:
    first = await files.keep(WEB, "m1", "a.png", PNG)
    assert await files.keep(WEB, "m1", "a.png", PNG) == first
    assert len(list((tmp_path / "files").glob("*/*"))) == 2


@pytest.mark.parametrize(
    "ref", ["file:../qifu.db", "file:/etc/passwd", "file:" + "0" * 32 + "/" + "0" * 32, "other:x", ""]
)
async def test_a_forged_reference_finds_nothing(files: Files, ref: str) -> None:
    assert await files.fetch(ref) is None


async def test_a_messengers_file_is_fetched_there(files: Files) -> None:
    assert await files.fetch("telegram:AgAC") == b"telegram:AgAC"


async def test_too_large_too_many_and_too_much_are_refused(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    with refused("file_large"):
        await files.keep(WEB, "m1", "a.png", PNG + b"0" * module.MOST)
    for number in range(module.MOST_OF_ONE):
        await files.keep(WEB, f"m{number}", "a.png", PNG)
    with refused("file_many"):
        await files.keep(WEB, "one more", "a.png", PNG)
    await files.keep(WEB, "m1", "again.png", PNG)
    monkeypatch.setattr(module, "MOST_OF_ALL", 100)
    with refused("file_full"):
        await files.keep("web:other", "m1", "a.png", PNG)


async def test_what_was_never_sent_is_discarded_and_counts_no_more(files: Files, tmp_path: Path) -> None:
    kept = await files.keep(WEB, "m1", "a.png", PNG)
    for _ in range(2):
        await files.discard(WEB, "m1")
    assert await files.fetch(kept.ref) is None
    assert list((tmp_path / "files").glob("*/*")) == []


async def test_files_go_with_their_conversation(files: Files, tmp_path: Path) -> None:
    gone = await files.keep("web:gone", "m1", "a.png", PNG)
    kept = await files.keep(WEB, "m1", "a.png", PNG)

    async def known(conversations: Iterable[str]) -> set[str]:
        return set(conversations) & {WEB}

    assert await files.forget(known) == 1
    assert (await files.fetch(gone.ref), await files.fetch(kept.ref)) == (None, PNG)
    assert await Files(tmp_path / "nowhere").forget(known) == 0
