"""Trainers' edits go to a checkout and news come from one; neither side loses anything that it didn't give up."""

import difflib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qifu.cli import app
from qifu.errors import QifuError, SeedError, ServiceError
from qifu.evaluation.held_out import HeldOut
from qifu.labels import Topic
from qifu.settings import Settings
from qifu.training.carrying import export_to, import_from
from qifu.training.catalogue import Reading
from qifu.training.commands import export_training, import_training
from qifu.training.draft import Draft, checksum
from qifu.training.held_out import add_conversation, add_held_out
from qifu.training.matters import add_matter, change_matter, merge_matters
from qifu.training.questions import Block, add_questions, change_question, delete_questions, move_questions
from qifu.training.workspace import Workspace
from seeds.model import Matter

_THANKS, _BYE = Block("thanks"), Block("goodbye")
_PAPER = Block("taxes/whitepaper", "shanghai-2024/1.7#1")
_RULING = Block("taxes/advance_ruling", "shanghai-2024/1.7#2")

type Edit = Callable[[Draft], object]


async def _edit(workspace: Workspace, *edits: Edit) -> None:
    for edit in edits:
        await workspace.change(edit, by=1, what="a", subject="b")


def _texts(workspace: Workspace, folder: Path, block: Block) -> list[str]:
    questions = workspace.read_beside(folder).by_intent.get(block.intent, ())
    return [question.text for question in questions if question.point == block.point]


def _changed_lines(before: Path, after: Path, name: str) -> list[str]:
    old, new = ((folder / name).read_text(encoding="utf-8").splitlines() for folder in (before, after))
    lines = difflib.unified_diff(old, new, n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def _times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.yml")}


async def test_only_what_trainers_changed_is_written(workspace: Workspace, source: Path) -> None:
    await _edit(workspace, lambda draft: add_questions(draft, _THANKS, ["多谢侬"]))
    before = _times(source)
    assert await export_to(workspace, source) == ["nlu/data/acts.yml"]
    assert _changed_lines(workspace.origin, source, "nlu/data/acts.yml") == ["+    - 多谢侬"]
    assert [path.name for path, time in _times(source).items() if time != before[path]] == ["acts.yml"]
    assert await export_to(workspace, source) == []


async def test_without_edits_nothing_is_written(workspace: Workspace, source: Path) -> None:
    before = checksum(source)
    assert await export_to(workspace, source) == []
    assert checksum(source) == before


@pytest.mark.parametrize("carry", [export_to, import_from])
async def test_a_folder_that_is_no_checkout_is_refused(
    workspace: Workspace, tmp_path: Path, carry: Callable[[Workspace, Path], object]
) -> None:
    with pytest.raises(ServiceError, match="no checkout"):
        await carry(workspace, tmp_path)  # type: ignore[misc]
    assert os.listdir(tmp_path) == []


async def test_both_sides_edits_of_one_file_go_together(workspace: Workspace, source: Path) -> None:
    await _edit(
        workspace,
        lambda draft: add_questions(draft, _THANKS, ["多谢侬"]),
        lambda draft: change_question(draft, _PAPER, "税收白皮书", "税收白皮书在哪"),
        lambda draft: add_held_out(draft, [HeldOut("谢过", "act", "thanks", "short", "zh")]),
    )
    theirs = Draft(source)
    add_questions(theirs, _BYE, ["明朝会"])
    delete_questions(theirs, _PAPER, ["纳税人意见公开"])
    (source / "seeds/topics.yml").write_text((source / "seeds/topics.yml").read_text() + "# New.\n")
    changed = await export_to(workspace, source)
    assert changed == ["nlu/data/acts.yml", "nlu/data/taxes.yml", "tests/nlu/trainers/acts.yml"]
    assert _texts(workspace, source, _THANKS) == ["谢谢", "多谢侬"]
    assert "明朝会" in _texts(workspace, source, _BYE)
    assert "税收白皮书在哪" in (paper := _texts(workspace, source, _PAPER))
    assert not {"税收白皮书", "纳税人意见公开"} & set(paper)
    assert (source / "seeds/topics.yml").read_text().endswith("# New.\n")


async def test_news_of_a_checkout_come_in_and_edits_stay(workspace: Workspace, source: Path) -> None:
    await _edit(workspace, lambda draft: add_questions(draft, _THANKS, ["多谢侬"]))
    theirs = Draft(source)
    add_questions(theirs, _THANKS, ["谢啦"])
    add_matter(theirs, Matter("taxes/new", Topic.TAXES, "新", "New", ("shanghai-2024/1.7#1",)), [(None, "新事怎么办")])
    assert await import_from(workspace, source) == [
        "nlu/data/acts.yml",
        "nlu/data/taxes.yml",
        "seeds/matters/taxes.yml",
    ]
    assert _texts(workspace, workspace.folder, _THANKS) == ["谢谢", "多谢侬", "谢啦"]
    assert "taxes/new" in (await workspace.read()).seeds.matters
    assert (await workspace.changes())[0].what == "carried"
    assert await import_from(workspace, source) == []
    await workspace.undo(by=1)
    assert _texts(workspace, workspace.folder, _THANKS) == ["谢谢", "多谢侬"]


async def test_an_update_that_was_brought_in_is_no_news_any_more(
    source: Path, small: Path, tmp_path: Path, reading: Reading
) -> None:
    workspace = Workspace(Settings(home=tmp_path / "home"), source=source, reading=reading)
    await _edit(workspace, lambda draft: add_questions(draft, _THANKS, ["多谢侬"]))
    add_questions(Draft(source), _BYE, ["明朝会"])
    assert await workspace.outdated()
    await import_from(workspace, source)
    assert not await workspace.outdated()
    await export_to(workspace, source)
    assert not await workspace.outdated()
    await _edit(workspace, lambda draft: delete_questions(draft, _THANKS, ["多谢侬"]))
    assert not await workspace.outdated()
    # An older checkout takes nothing back.
    assert await import_from(workspace, small) == []


async def test_what_was_exported_and_taken_back_since_stays_gone(workspace: Workspace, source: Path) -> None:
    await _edit(workspace, lambda draft: add_questions(draft, _THANKS, ["多谢侬"]))
    add_questions(Draft(source), _BYE, ["明朝会"])
    await export_to(workspace, source)
    await _edit(workspace, lambda draft: delete_questions(draft, _THANKS, ["多谢侬"]))
    add_questions(Draft(source), _BYE, ["后日会"])
    await import_from(workspace, source)
    assert _texts(workspace, workspace.folder, _THANKS) == ["谢谢"]
    assert _texts(workspace, workspace.folder, _BYE)[-2:] == ["明朝会", "后日会"]
    await export_to(workspace, source)
    assert _texts(workspace, source, _THANKS) == ["谢谢"]


def _named(draft: Draft, name: str) -> None:
    path = draft.root / "seeds/matters/taxes.yml"
    draft.write(path, path.read_text(encoding="utf-8").replace("{zh: 税收事先裁定,", f"{{zh: {name},"))


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (lambda d: _named(d, "甲"), lambda d: _named(d, "乙"), "“advance_ruling”: name was changed on both sides"),
        (
            lambda d: merge_matters(d, "taxes/whitepaper", "taxes/advance_ruling"),
            lambda d: _named(d, "乙"),
            "“advance_ruling” was changed on both sides",
        ),
        (
            lambda d: move_questions(d, _PAPER, ["税收白皮书"], _RULING),
            lambda d: move_questions(d, _PAPER, ["税收白皮书"], Block("taxes/return_correction")),
            "is also a question of",
        ),
        (
            lambda d: add_conversation(d, "T-1", "甲", [("退税", "answered")]),
            lambda d: add_conversation(d, "T-1", "甲", [("退税几天", "answered")]),
            "“T-1” was changed on both sides",
        ),
        (
            lambda d: d.write(d.root / "seeds/topics.yml", "a: 1\n"),
            lambda d: d.write(d.root / "seeds/topics.yml", "a: 2\n"),
            "the file was changed on both sides",
        ),
        (
            lambda d: (d.root / "tests/dialogue/clarify.yml").unlink(),
            lambda d: d.write(d.root / "tests/dialogue/clarify.yml", "conversations: []\n"),
            "deleted on one side",
        ),
    ],
)
async def test_conflicts_are_listed_and_decided_only_by_force(
    workspace: Workspace, source: Path, ours: Edit, theirs: Edit, said: str
) -> None:
    await _edit(workspace, ours)
    theirs(Draft(source))
    state, folder = checksum(workspace.folder), checksum(source)
    with pytest.raises(SeedError, match=said):
        await export_to(workspace, source)
    with pytest.raises(SeedError, match=said):
        await import_from(workspace, source)
    assert (checksum(workspace.folder), checksum(source)) == (state, folder)
    await export_to(workspace, source, wins=True)
    assert checksum(source) == state


async def test_by_force_the_folders_form_comes_in(workspace: Workspace, source: Path) -> None:
    await _edit(workspace, lambda draft: _named(draft, "甲"), lambda draft: add_questions(draft, _THANKS, ["多谢侬"]))
    _named(Draft(source), "乙")
    await import_from(workspace, source, wins=True)
    assert (await workspace.read()).seeds.matters["taxes/advance_ruling"].name == "乙"
    assert _texts(workspace, workspace.folder, _THANKS) == ["谢谢", "多谢侬"]


async def test_different_sides_of_a_matter_go_together(workspace: Workspace, source: Path) -> None:
    matter = (await workspace.read()).seeds.matters["taxes/advance_ruling"]
    ours = Matter(
        **{**vars(matter), "keywords": (*matter.keywords, "甲词"), "points": (*matter.points, "shanghai-2024/1.7#1")}
    )
    theirs = Matter(**{**vars(matter), "keywords": (*matter.keywords[1:], "乙词"), "audience": "谁都行"})
    await _edit(workspace, lambda draft: change_matter(draft, ours))
    change_matter(Draft(source), theirs)
    await export_to(workspace, source)
    joined = workspace.read_beside(source).seeds.matters["taxes/advance_ruling"]
    assert joined.keywords == (*matter.keywords[1:], "乙词", "甲词")
    assert (joined.points, joined.audience) == (ours.points, "谁都行")


async def test_a_joined_state_that_would_be_broken_is_refused(workspace: Workspace, source: Path) -> None:
    await _edit(workspace, lambda draft: add_held_out(draft, [HeldOut("谢过", "act", "thanks", "short", "zh")]))
    add_questions(Draft(source), _THANKS, ["谢过"])
    with pytest.raises(SeedError, match="is also trained on"):
        await export_to(workspace, source)
    assert not (source / "tests/nlu/trainers").exists()


async def test_the_commands_say_what_changed(
    workspace: Workspace, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await export_training(workspace, source, False)
    assert capsys.readouterr().err == "trainers have changed nothing that the folder lacks\n"
    await _edit(workspace, lambda draft: _named(draft, "甲"))
    _named(Draft(source), "乙")
    with pytest.raises(QifuError, match=r"\Aseeds/matters/taxes.yml:1: .*\n.*settle it on one side.*--force"):
        await export_training(workspace, source, False)
    await export_training(workspace, source, True)
    assert tuple(capsys.readouterr()) == ("seeds/matters/taxes.yml\n", "1 files changed\n")
    add_questions(Draft(source), _BYE, ["明朝会"])
    await import_training(workspace, source, False)
    assert capsys.readouterr().out == "nlu/data/acts.yml\n"


@pytest.mark.parametrize("command", ["export-training", "import-training"])
def test_a_command_for_a_folder_that_is_no_checkout_ends_with_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QIFU_HOME", str(tmp_path / "home"))
    refused = CliRunner().invoke(app, [command, str(tmp_path)])
    assert refused.exit_code == 1
    assert "no checkout" in refused.stderr
