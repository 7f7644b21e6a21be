"""Trainers' data: whole or not at all, taken back, shared by processes, and never the repository's own."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qifu.errors import EditError, SeedError, ServiceError
from qifu.settings import ROOT, Settings
from qifu.training.catalogue import Reading
from qifu.training.draft import Draft
from qifu.training.matters import rename_matter
from qifu.training.questions import Block, add_questions, delete_questions
from qifu.training.workspace import Workspace

_THANKS = Block("thanks")
_CHILD = """
import asyncio, os, sys
from pathlib import Path
from qifu.settings import Settings
from qifu.training.questions import Block, add_questions
from qifu.training.workspace import Workspace

home, source, name, count = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])

async def work():
    workspace = Workspace(Settings(home=home), source=source)
    for number in range(count):
        text = f"感谢{name}{number}"
        await workspace.change(lambda draft: add_questions(draft, Block("thanks"), [text]), by=1, what="a", subject="b")

def crash(draft):
    add_questions(draft, Block("thanks"), ["半途"])
    os._exit(9)

if name == "crash":
    asyncio.run(Workspace(Settings(home=home), source=source).change(crash, by=1, what="a", subject="b"))
asyncio.run(work())
"""


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


async def _texts(workspace: Workspace, intent: str = "thanks") -> list[str]:
    return [question.text for question in (await workspace.read()).by_intent.get(intent, ())]


async def _add(workspace: Workspace, *texts: str) -> None:
    await workspace.change(
        lambda draft: add_questions(draft, _THANKS, texts), by=7, what="questions_added", subject="thanks", count=1
    )


def _child(home: Path, source: Path, name: str, count: int = 0) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", _CHILD, str(home), str(source), name, str(count)], cwd=ROOT)  # noqa: S603


async def test_without_an_edit_the_repositorys_data_count(workspace: Workspace, small: Path) -> None:
    assert (workspace.folder, workspace.edited, workspace.origin) == (small, False, small)
    assert await _texts(workspace) == ["谢谢"]
    assert await workspace.changes() == []


async def test_an_edit_is_there_for_every_reader_and_the_repository_stays(
    workspace: Workspace, small: Path, tmp_path: Path, reading: Reading
) -> None:
    before = _bytes(small)
    await _add(workspace, "多谢")
    assert workspace.edited
    assert await _texts(Workspace(Settings(home=tmp_path / "home"), source=small, reading=reading)) == ["谢谢", "多谢"]
    assert _bytes(small) == before


async def test_an_edit_says_who_made_it_when_and_of_what(small: Path, tmp_path: Path, reading: Reading) -> None:
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    workspace = Workspace(Settings(home=tmp_path), source=small, reading=reading, clock=lambda: at)
    await _add(workspace, "多谢")
    (change,) = await workspace.changes()
    assert (change.number, change.by, change.at, change.what, change.subject, change.count) == (
        2,
        7,
        at,
        "questions_added",
        "thanks",
        1,
    )


async def test_earlier_states_share_files_and_never_change(workspace: Workspace) -> None:
    await _add(workspace, "多谢")
    first = workspace.folder
    before = _bytes(first)
    await _add(workspace, "多谢侬")
    assert _bytes(first) == before
    untouched = "nlu/data/bankruptcy.yml"
    assert (first / untouched).stat().st_ino == (workspace.folder / untouched).stat().st_ino
    assert (first / "nlu/data/acts.yml").stat().st_ino != (workspace.folder / "nlu/data/acts.yml").stat().st_ino


async def test_an_edit_is_taken_back_and_that_too(workspace: Workspace, small: Path) -> None:
    await _add(workspace, "多谢")
    await _add(workspace, "多谢侬")
    edited = _bytes(workspace.folder / "nlu")
    assert (await workspace.undo(by=8)).what == "undo"
    assert await _texts(workspace) == ["谢谢", "多谢"]
    await workspace.undo(by=8)
    assert _bytes(workspace.folder / "nlu") == edited
    assert [change.what for change in await workspace.changes()] == ["undo", "undo", *["questions_added"] * 2]


async def test_the_first_edit_is_taken_back_to_the_repositorys_data(workspace: Workspace, small: Path) -> None:
    await _add(workspace, "多谢")
    await workspace.undo(by=8)
    assert _bytes(workspace.folder / "nlu") == _bytes(small / "nlu")


async def test_without_an_edit_there_is_nothing_to_take_back(workspace: Workspace) -> None:
    with pytest.raises(EditError) as refused:
        await workspace.undo(by=8)
    assert refused.value.code == "nothing_to_undo"


async def test_what_would_break_the_data_is_refused_with_every_finding(workspace: Workspace) -> None:
    def broken(draft: Draft) -> None:
        add_questions(draft, _THANKS, ["再见"])
        add_questions(draft, Block("taxes/nowhere"), ["问"])

    with pytest.raises(SeedError) as refused:
        await workspace.change(broken, by=1, what="a", subject="b")
    assert len(refused.value.findings) == 2
    assert await _texts(workspace) == ["谢谢"]
    assert not workspace.edited


async def test_a_matter_is_never_left_without_questions(workspace: Workspace) -> None:
    texts = await _texts(workspace, "taxes/whitepaper")
    block = Block("taxes/whitepaper", "shanghai-2024/1.7#1")
    with pytest.raises(SeedError, match="has no training question"):
        await workspace.change(lambda draft: delete_questions(draft, block, texts), by=1, what="a", subject="b")


async def test_a_broken_file_is_refused(workspace: Workspace) -> None:
    with pytest.raises(SeedError, match="not valid YAML"):
        await workspace.change(
            lambda draft: draft.write(draft.root / "nlu/data/taxes.yml", "nlu: ["), by=1, what="a", subject="b"
        )
    assert len(await _texts(workspace, "taxes/whitepaper")) > 20


async def test_an_edit_that_fails_leaves_nothing_behind(workspace: Workspace, tmp_path: Path) -> None:
    await _add(workspace, "多谢")
    folder, before = workspace.folder, sorted(os.listdir(tmp_path / "home"))
    with pytest.raises(EditError):
        await workspace.change(lambda draft: rename_matter(draft, "taxes/no", "taxes/x"), by=1, what="a", subject="b")
    assert (workspace.folder, sorted(os.listdir(tmp_path / "home"))) == (folder, before)


async def test_a_crash_within_an_edit_leaves_what_was(workspace: Workspace, small: Path, tmp_path: Path) -> None:
    await _add(workspace, "多谢")
    assert _child(tmp_path / "home", small, "crash").wait(60) == 9
    assert await _texts(workspace) == ["谢谢", "多谢"]
    assert len(await workspace.changes()) == 1
    await _add(workspace, "多谢侬")
    assert await _texts(workspace) == ["谢谢", "多谢", "多谢侬"]


async def test_a_copy_cut_short_is_no_state(workspace: Workspace, tmp_path: Path) -> None:
    await _add(workspace, "多谢")
    half = tmp_path / "home" / "training-000003.half"
    (half / "nlu").mkdir(parents=True)
    await _add(workspace, "多谢侬")
    assert not half.exists()
    assert await _texts(workspace) == ["谢谢", "多谢", "多谢侬"]


async def test_processes_that_edit_at_once_lose_nothing(workspace: Workspace, small: Path, tmp_path: Path) -> None:
    children = [_child(tmp_path / "home", small, name, 3) for name in ("甲", "乙")]
    assert [child.wait(90) for child in children] == [0, 0]
    assert sorted(await _texts(workspace)) == sorted(["谢谢", *(f"感谢{name}{n}" for name in "甲乙" for n in range(3))])


async def test_old_states_go_but_the_one_that_all_come_from(small: Path, tmp_path: Path, reading: Reading) -> None:
    workspace = Workspace(Settings(home=tmp_path), source=small, reading=reading, keep=3)
    for number in range(5):
        await _add(workspace, f"多谢{number}")
    states = [name for name in sorted(os.listdir(tmp_path)) if name.startswith("training-")]
    assert states == ["training-000001", *(f"training-{number:06d}" for number in (4, 5, 6))]
    assert workspace.origin == tmp_path / "training-000001"


async def test_a_full_disk_says_so(workspace: Workspace) -> None:
    def full(draft: Draft) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(ServiceError, match=r"No space left on device.*QIFU_HOME"):
        await workspace.change(full, by=1, what="a", subject="b")
    assert not workspace.edited


async def test_a_home_that_cannot_be_used_says_so(small: Path, tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "home").write_text("no folder")
    with pytest.raises(ServiceError, match="QIFU_HOME"):
        await _add(Workspace(Settings(home=tmp_path / "home"), source=small, reading=reading), "多谢")


async def test_an_update_of_the_programs_own_data_is_noticed(tmp_path: Path, source: Path, reading: Reading) -> None:
    workspace = Workspace(Settings(home=tmp_path / "home"), source=source, reading=reading)
    assert not await workspace.outdated()
    await _add(workspace, "多谢")
    assert not await workspace.outdated()
    add_questions(Draft(source), Block("goodbye"), ["明朝会"])
    assert await workspace.outdated()
