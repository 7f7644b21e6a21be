"""Publishing and rolling back: whatever fails, one version is live, and the database says which."""

import asyncio

import pytest
from sqlalchemy import update

from qifu.errors import ModelError, ServiceError, StoreError
from qifu.labels import ModelState, StaffRole
from qifu.models.registry import KEPT
from store.models import ModelVersionRow
from store.repositories import KnowledgeRepository, ModelRepository, StaffRepository
from tests.fakes.models import AWAY, FALL, scores
from tests.qifu.models.conftest import World


async def test_a_published_version_answers_and_the_one_before_is_retired(world: World) -> None:
    live = await world.live()
    row = await world.trained("新")
    await world.publisher.publish(row.id, None, may_override=False)
    assert await world.states() == {row.id: ModelState.LIVE, live.id: ModelState.RETIRED}
    assert world.lines.serves == row.file
    [entry, _] = await world.audited("model.publish")
    assert entry.detail == {"version": row.id, "version_before": live.id, "reason": None}


async def test_rolling_back_is_publishing_the_one_before_and_works_both_ways(world: World) -> None:
    live = await world.live()
    row = await world.trained("新")
    await world.publisher.publish(row.id, None, may_override=False)
    world.clock.forward(minutes=1)
    assert await world.publisher.roll_back(None) == live.id
    assert world.lines.serves == live.file
    world.clock.forward(minutes=1)
    assert await world.publisher.roll_back(None) == row.id
    assert await world.states() == {row.id: ModelState.LIVE, live.id: ModelState.RETIRED}


async def test_without_an_earlier_version_there_is_nothing_to_roll_back_to(world: World) -> None:
    await world.live()
    with pytest.raises(ModelError, match="no_earlier"):
        await world.publisher.roll_back(None)


async def test_the_knowledge_goes_live_with_the_version_and_stays_where_it_is_the_same(world: World) -> None:
    row = await world.trained("新")
    await world.publisher.publish(row.id, None, may_override=False)
    async with world.registry.database.session() as session:
        knowledge = KnowledgeRepository(session)
        checksum = await knowledge.checksum()
        assert (await knowledge.load()).matters
    assert checksum
    same = await world.trainings.train(None)
    assert same.task
    await same.task
    await world.publisher.publish(same.number, None, may_override=False)
    assert [known is not None for known in world.lines.known] == [True, False]


async def test_a_rasa_that_doesnt_come_up_leaves_the_earlier_version_live(world: World) -> None:
    live = await world.live()
    row = await world.trained("新")
    world.lines.error = AWAY
    with pytest.raises(ServiceError, match="come up"):
        await world.publisher.publish(row.id, None, may_override=False)
    assert await world.states() == {row.id: ModelState.TRAINED, live.id: ModelState.LIVE}
    world.lines.error = None
    await world.publisher.publish(row.id, None, may_override=False)
    assert world.lines.serves == row.file


async def test_one_at_a_time_and_who_gives_up_waiting_doesnt_stop_it(world: World) -> None:
    await world.live()
    row, other = await world.trained("新"), await world.trained("更新")
    world.lines.go.clear()
    waiting = asyncio.create_task(world.publisher.publish(row.id, None, may_override=False))
    await world.lines.begun.wait()
    assert world.publisher.publishing == row.id
    with pytest.raises(ModelError, match="publishing"):
        await world.publisher.publish(other.id, None, may_override=False)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    world.lines.go.set()
    async with asyncio.timeout(5):
        while world.publisher.publishing:  # noqa: ASYNC110 - the page that waited is gone
            await asyncio.sleep(0.01)
    assert (await world.states())[row.id] is ModelState.LIVE


async def test_a_version_below_a_floor_needs_a_managers_word_which_is_audited(world: World) -> None:
    await world.live()
    world.edit("差")
    world.measure.results = {world.train.file: scores(falls=[FALL])}
    row = await world.trained("差")
    for reason, may_override, code in (
        (None, False, "below_floor"),
        ("急", False, "below_floor"),
        (" ", True, "reason"),
    ):
        with pytest.raises(ModelError, match=code):
            await world.publisher.publish(row.id, None, reason=reason, may_override=may_override)
    async with world.registry.database.session() as session:
        manager = await StaffRepository(session, world.clock).add(
            login="li", name="李经理", role=StaffRole.MANAGER, password_hash="x"
        )
    assert manager is not None
    await world.publisher.publish(row.id, manager.id, reason=" 政策今天生效 ", may_override=True)
    entry = (await world.audited("model.publish"))[0]
    assert (entry.staff_id, entry.detail and entry.detail["reason"]) == (manager.id, "政策今天生效")
    assert (await world.registry.get(row.id)).reason == "政策今天生效"


async def test_a_version_that_was_never_measured_needs_a_managers_word_too(world: World) -> None:
    world.measure.error = AWAY
    row = await world.trained()
    with pytest.raises(ModelError, match="below_floor"):
        await world.publisher.publish(row.id, None, may_override=False)


async def test_what_isnt_there_isnt_ready_or_is_live_already_isnt_published(world: World) -> None:
    live = await world.live()
    world.train.error = AWAY
    failed = await world.trained("坏")
    world.train.error = None
    row = await world.trained("新")
    path = world.registry.model_of(row)
    assert path is not None
    path.unlink()
    for number, code in ((99, "unknown"), (live.id, "is_live"), (failed.id, "not_ready"), (row.id, "file_gone")):
        with pytest.raises(ModelError, match=code):
            await world.publisher.publish(number, None, may_override=True)


async def test_the_command_line_asks_and_the_running_qifu_publishes_or_says_why_not(world: World) -> None:
    await world.live()
    row = await world.trained("新")

    async def want(number: int) -> None:
        async with world.registry.database.session() as session:
            await ModelRepository(session, world.clock).want(number, None)

    await want(row.id)
    await world.publisher.fulfil()
    assert world.lines.serves == row.file
    assert (await world.registry.get(row.id)).wanted_at is None
    await want(row.id)
    await world.publisher.fulfil()
    assert (await world.registry.get(row.id)).refusal == "is_live"
    await world.publisher.fulfil()
    assert world.lines.calls == 1


async def test_files_are_kept_for_the_live_version_the_one_before_and_the_newest(world: World) -> None:
    first, live = await world.live("一"), await world.live("二二")
    for number in range(KEPT + 2):
        await world.trained("三三三" + "三" * number)
    kept = {row.id for row in await world.registry.all() if world.registry.model_of(row)}
    newest = {row.id for row in list(await world.registry.all())[:KEPT]}
    assert kept == newest | {first.id, live.id}
    models = world.registry.settings.models
    assert len(list(models.glob("data-*"))) == len(list(models.glob("*.tar.gz"))) == KEPT + 2


async def test_files_that_another_version_shares_are_not_deleted(world: World) -> None:
    live = await world.live("一")
    for _ in range(KEPT + 3):
        await world.trained("一")
    assert world.registry.model_of(await world.registry.get(live.id))
    assert all(world.registry.model_of(row) for row in list(await world.registry.all())[:KEPT])


async def test_the_database_itself_refuses_two_live_versions(world: World) -> None:
    await world.live("一")
    row = await world.trained("二二")

    with pytest.raises(StoreError, match="IntegrityError"):
        async with world.registry.database.session() as session:
            await session.execute(
                update(ModelVersionRow).where(ModelVersionRow.id == row.id).values(state=ModelState.LIVE)
            )
