"""Trainings in the background: one at a time, watched, cancelled, reported."""

import asyncio

import pytest

from qifu.errors import ModelError
from qifu.labels import ModelState
from qifu.models.job import Step
from store.repositories import TurnRepository
from tests.fakes.models import FALL, WRONG, scores
from tests.qifu.models.conftest import World
from tests.store.factories import an_incoming


async def asked(world: World, *texts: str, is_payload: bool = False) -> None:
    """Users ask."""
    async with world.registry.database.session() as session:
        for text in texts:
            await TurnRepository(session, world.clock).accept(an_incoming(text, is_payload=is_payload))


async def test_a_version_has_its_data_model_report_and_who_made_it(world: World) -> None:
    row = await world.trained("问题", by=None)
    assert (row.id, row.state, row.file) == (1, ModelState.TRAINED, world.train.file)
    assert row.report is not None
    assert row.report["scores"]["figures"]["topic"] == [95.0, 200]
    data = world.registry.data_of(row)
    assert data is not None
    world.edit("改过")
    assert (data / "nlu" / "data" / "taxes.yml").read_text(encoding="utf-8") == "问题", "kept as it was trained"
    assert [entry.subject for entry in await world.audited("model.train")] == ["model:1"]


async def test_one_at_a_time_also_when_two_press_at_once(world: World) -> None:
    world.train.go.clear()
    results = await asyncio.gather(*(world.trainings.train(None) for _ in range(2)), return_exceptions=True)
    [error] = [result for result in results if isinstance(result, ModelError)]
    assert error.code == "busy"
    with pytest.raises(ModelError, match="busy"):
        await world.trainings.measure(1, None)
    assert list(await world.states()) == [1]


async def test_its_progress_and_log_are_there_for_whoever_looks(world: World) -> None:
    world.train.go.clear()
    job = await world.trainings.train(None)
    await world.train.begun.wait()
    assert (job.step, job.share, job.running) == (Step.TRAIN, 0.25, True)
    assert 0.08 < job.done < 0.5
    assert list(job.log) == ["[check]", "[train]", "epoch 1/4"]
    world.train.go.set()
    assert job.task
    await job.task
    assert (round(job.done, 6), job.running) == (1.0, False)


async def test_cancelled_while_it_trains_there_is_no_version(world: World) -> None:
    world.train.go.clear()
    job = await world.trainings.train(None)
    await world.train.begun.wait()
    await world.trainings.cancel()
    row = await world.registry.get(job.number)
    assert (row.state, row.error, job.running) == (ModelState.FAILED, "cancelled", False)
    world.train.go.set()
    assert (await world.trained("新")).state is ModelState.TRAINED


async def test_cancelled_while_it_is_measured_the_version_stays_and_can_be_measured_later(world: World) -> None:
    world.measure.go.clear()
    job = await world.trainings.train(None)
    await world.measure.begun.wait()
    await world.trainings.cancel()
    row = await world.registry.get(job.number)
    assert (row.state, row.report) == (ModelState.TRAINED, None)
    world.measure.go.set()
    again = await world.trainings.measure(row.id, None)
    assert again.task
    await again.task
    assert (await world.registry.get(row.id)).report is not None


async def test_wrong_data_are_told_in_words_and_nothing_is_trained(world: World) -> None:
    world.know.error = WRONG
    row = await world.trained()
    assert (row.state, row.error) == (ModelState.FAILED, str(WRONG))
    assert world.train.calls == 0
    assert world.trainings.job
    assert str(WRONG) in world.trainings.job.log


async def test_an_unforeseen_failure_is_no_running_training(world: World) -> None:
    world.train.error = MemoryError("secret words of a user")
    row = await world.trained()
    assert (row.state, row.error) == (ModelState.FAILED, "MemoryError")


async def test_without_a_report_it_is_trained_all_the_same(world: World) -> None:
    world.measure.error = WRONG
    row = await world.trained()
    assert (row.state, row.report) == (ModelState.TRAINED, None)


async def test_the_report_shows_every_changed_answer_beside_the_live_one(world: World) -> None:
    live = await world.live()
    await asked(world, "退税几天", "退税几天 ", "怎么注销", "打 13812345678 找我", "")
    await asked(world, "/more", is_payload=True)
    world.measure.texts = {str(live.file): "旧答复"}
    world.measure.says = "新答复"
    row = await world.trained("新")
    report = row.report
    assert report is not None
    assert (report["against"], report["asked"], report["changed"]) == (live.id, 3, 3)
    changes = await world.changes(row.id)
    assert changes[0] == ("退税几天", 2, "旧答复", "新答复")
    assert {question for question, *_ in changes} == {"退税几天", "怎么注销", "打 [mobile] 找我"}


async def test_what_is_older_than_a_month_is_not_asked_again(world: World) -> None:
    await world.live()
    await asked(world, "很久以前")
    world.clock.forward(days=31)
    row = await world.trained("新")
    assert row.report is not None
    assert row.report["asked"] == 0


async def test_the_live_versions_scores_are_taken_again_only_on_other_held_out_questions(world: World) -> None:
    live = await world.live()
    world.measure.asked.clear()
    await world.trained("新")
    assert [(name, held_out) for name, held_out, _ in world.measure.asked] == [(world.train.file, True)]
    await asked(world, "退税几天")
    world.measure.asked.clear()
    await world.trained("更新")
    assert world.measure.asked[1] == (live.file, False, ["退税几天"])
    new = "更新得多"
    world.edit(new)
    world.measure.results = {world.train.file: scores("bbbb")}
    world.measure.asked.clear()
    row = await world.trained(new)
    assert world.measure.asked[1] == (live.file, True, ["退税几天"])
    assert row.report is not None
    assert row.report["live_scores"]["held_out"] == "aaaa"


async def test_floors_that_are_broken_stand_in_the_report(world: World) -> None:
    world.edit("差")
    world.measure.results = {world.train.file: scores(falls=[FALL])}
    row = await world.trained("差")
    assert row.report is not None
    assert row.report["scores"]["falls"] == [FALL]
