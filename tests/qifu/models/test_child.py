"""Heavy work in a process of its own: heard, ended when given up, told apart when it fails."""

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from qifu.errors import TrainingError
from qifu.models import child
from qifu.models.knowing import known_from

MODULE = "tests.fakes.heavy_work"


async def test_its_lines_are_heard_while_it_works_and_it_steps_back() -> None:
    lines: list[str] = []
    await child.work(MODULE, "2", tell=lines.append)
    assert lines == [f"nice {os.nice(0) + child.NICENESS}", "progress 1/2", "progress 2/2"]
    assert [child.share_of(line) for line in lines] == [None, 0.5, 1.0]


async def test_what_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(TrainingError, match="nothing to do"):
        await child.work(MODULE, "0")


async def test_given_up_it_is_ended() -> None:
    lines: list[str] = []
    task = asyncio.create_task(child.work(MODULE, "100000", tell=lines.append))
    async with asyncio.timeout(60):
        while not lines:  # noqa: ASYNC110 - the child offers no event
            await asyncio.sleep(0.02)
    [process] = [one for one in psutil.Process().children(recursive=True) if MODULE in one.cmdline()]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not process.is_running()


@pytest.mark.parametrize(
    ("line", "share"),
    [("epoch 3/15", 0.2), ("progress 40/40\n", 1.0), ("progress 1/0", 1.0), ("epochs: 3/15", None), ("", None)],
)
def test_progress_is_read_from_lines_that_tell_it(line: str, share: float | None) -> None:
    assert child.share_of(line) == share


async def test_seeds_that_arent_whole_are_told_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "plans.yml").write_text("plans: {", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"^seeds/plans\.yml:") as told:
        await known_from(tmp_path)
    assert str(tmp_path) not in str(told.value)
