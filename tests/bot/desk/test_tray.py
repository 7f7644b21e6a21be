"""Files that staff chose and didn't send yet: the owner's alone, a few at once, sent or taken away."""

from pathlib import Path

import pytest

from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.desk.tray import MOST_AT_ONCE, Tray
from tests.bot.desk.support import WEB, People, of, refused

PDF = b"%PDF-1.7"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Files in a folder of their own."""
    return Files(tmp_path / "files")


@pytest.fixture
async def handoff(desk: Desk, people: People) -> int:
    """A handoff that wang has."""
    row = of((await desk.handoffs.request(WEB)).handoff)
    await desk.handoffs.claim(row.id, people.wang)
    return row.id


async def test_only_the_owner_stages_and_only_while_it_is_theirs(
    desk: Desk, people: People, files: Files, handoff: int
) -> None:
    tray = Tray(desk, files)
    with refused("not_owner"):
        await tray.put(people.li, handoff, "k1", "a.pdf", PDF)
    with refused("file_kind"):
        await tray.put(people.wang, handoff, "k1", "a.exe", b"MZ")
    with refused("unknown_handoff"):
        await tray.put(people.wang, 999, "k1", "a.pdf", PDF)
    await desk.handoffs.hand_back(handoff, people.wang)
    with refused("wrong_state"):
        await tray.put(people.wang, handoff, "k1", "a.pdf", PDF)
    assert tray.of(people.wang, handoff) == []


async def test_a_key_is_one_file_and_a_message_takes_so_many(
    desk: Desk, people: People, files: Files, handoff: int
) -> None:
    tray = Tray(desk, files)
    for n in range(MOST_AT_ONCE):
        for _ in range(2):
            await tray.put(people.wang, handoff, f"k{n}", f"{n}.pdf", PDF)
    with refused("file_at_once"):
        await tray.put(people.wang, handoff, "more", "more.pdf", PDF)
    names = [one.attachment.name for one in tray.of(people.wang, handoff)]
    assert names == [f"{n}.pdf" for n in range(MOST_AT_ONCE)]


async def test_what_is_taken_is_gone_unless_it_is_put_back_and_what_is_removed_is_gone_for_good(
    desk: Desk, people: People, files: Files, handoff: int
) -> None:
    tray = Tray(desk, files)
    for key in ("k1", "k2"):
        await tray.put(people.wang, handoff, key, f"{key}.pdf", PDF)
    taken = tray.take(people.wang, handoff)
    assert tray.take(people.wang, handoff) == []
    await tray.put(people.wang, handoff, "k3", "k3.pdf", PDF)
    tray.put_back(people.wang, handoff, taken)
    assert [one.key for one in tray.of(people.wang, handoff)] == ["k1", "k2", "k3"]
    await tray.remove(people.wang, handoff, "k1")
    assert await files.fetch(taken[0].attachment.ref) is None
    assert await files.fetch(taken[1].attachment.ref) == PDF
    await tray.remove(people.wang, handoff)
    assert tray.of(people.wang, handoff) == []
    assert await files.fetch(taken[1].attachment.ref) is None
