"""`qifu models` without a running qifu: what it publishes is live at the next start."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qifu.cli import app
from qifu.labels import ModelState
from tests.fakes.models import FALL, scores
from tests.qifu.models.conftest import World


@pytest.fixture
def models(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Models":
    """The command over the world's home and database."""
    home = world.registry.settings.home
    monkeypatch.setenv("QIFU_HOME", str(home))
    monkeypatch.setenv("QIFU_DATABASE_URL", f"sqlite:///{tmp_path / 'qifu.db'}")
    return Models()


class Models:
    """`qifu models …`."""

    async def __call__(self, *words: str, code: int = 0) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, app, ["models", *words])
        assert result.exit_code == code, result.output
        return result.output


async def test_versions_are_listed_published_and_rolled_back(world: World, models: Models) -> None:
    live = await world.live()
    row = await world.trained("新")
    assert [line.split("\t")[:2] for line in (await models("list")).splitlines()] == [["2", "可发布"], ["1", "使用中"]]
    assert "版本 2 已在使用" in await models("publish", "2")
    assert await world.states() == {row.id: ModelState.LIVE, live.id: ModelState.RETIRED}
    assert "版本 1 已在使用" in await models("rollback")
    assert "没有版本 99" in await models("publish", "99", code=1)


async def test_below_a_floor_a_reason_is_asked_for(world: World, models: Models) -> None:
    await world.live()
    world.edit("差")
    world.measure.results = {world.train.file: scores(falls=[FALL])}
    await world.trained("差")
    assert "理由" in await models("publish", "2", code=1)
    await models("publish", "2", "--reason", "政策今天生效")
    [entry] = [entry for entry in await world.audited("model.publish") if entry.subject == "model:2"]
    assert entry.detail == {"version": 2, "version_before": 1, "reason": "政策今天生效"}
    assert entry.staff_id is None
