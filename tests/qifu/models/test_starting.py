"""What is served after a start: the version that was published, whatever happened in between."""

from pathlib import Path

import pytest

from qifu.labels import ModelState
from qifu.models import registry as registry_module
from qifu.models import starting
from qifu.models.starting import note_start, start_of
from qifu.settings import ROOT
from tests.qifu.models.conftest import World


async def test_a_first_start_serves_trainers_data_as_version_one(world: World) -> None:
    start = await start_of(world.registry)
    assert (start.home, start.live) == (world.registry.settings.training_home, None)
    row = await note_start(world.registry, start, Path("aaaa.tar.gz"))
    assert (row.id, row.state, row.file) == (1, ModelState.LIVE, "aaaa.tar.gz")
    assert world.registry.data_of(row)


async def test_after_a_restart_the_published_version_is_live_with_its_own_data(world: World) -> None:
    live = await world.live("发布过的")
    world.edit("后来改的，还没有发布")
    start = await start_of(world.registry)
    assert start.live is not None
    assert (start.live.id, start.home) == (live.id, world.registry.data_of(live))
    assert (await note_start(world.registry, start, Path(str(live.file)))).id == live.id
    assert len(await world.states()) == 1


async def test_after_a_rollback_a_restart_serves_what_was_rolled_back_to(world: World) -> None:
    live = await world.live()
    row = await world.trained("新")
    await world.publisher.publish(row.id, None, may_override=False)
    await world.publisher.roll_back(None)
    start = await start_of(world.registry)
    assert start.live is not None
    assert start.live.id == live.id


async def test_the_same_data_trained_anew_by_new_code_are_a_new_live_version(world: World) -> None:
    live = await world.live()
    start = await start_of(world.registry)
    row = await note_start(world.registry, start, Path("new-code.tar.gz"))
    assert row.checksum == live.checksum
    assert await world.states() == {row.id: ModelState.LIVE, live.id: ModelState.RETIRED}


async def test_an_update_of_the_repository_is_served_where_trainers_have_no_copy_of_their_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = await world.live()
    world.registry.settings.training_home.rename(world.registry.settings.home / "away")
    assert world.registry.settings.training_home == ROOT
    start = await start_of(world.registry)
    assert start.live is not None
    assert start.live.id == live.id, "the repository is as it was when it was published"
    monkeypatch.setattr(starting, "data_checksum", lambda home: "updated")
    assert (await start_of(world.registry)).live is None


async def test_a_live_version_whose_data_are_lost_gives_way_to_trainers_data(world: World) -> None:
    live = await world.live()
    data = world.registry.data_of(live)
    assert data is not None
    data.rename(data.with_name("lost"))
    start = await start_of(world.registry)
    assert (start.live, start.home) == (None, world.registry.settings.training_home)


async def test_a_training_that_a_crash_broke_off_is_told_as_such(world: World) -> None:
    world.train.go.clear()
    job = await world.trainings.train(None)
    await world.train.begun.wait()
    await start_of(world.registry)
    row = await world.registry.get(job.number)
    assert (row.state, row.error) == (ModelState.FAILED, registry_module.INTERRUPTED)
