"""Training by itself: at the set hour, once a day, where the data are new."""

from datetime import UTC, datetime, time

from qifu.labels import ModelState
from tests.qifu.models.conftest import World

NIGHT = time(3, 30)


def at(world: World, hour: int, minute: int, day: int = 21) -> None:
    """Moves the clock to a moment in Shanghai."""
    world.clock.now = datetime(2026, 11, day, hour, minute, tzinfo=UTC)
    world.clock.forward(hours=-8)


async def look(world: World) -> int:
    """How many versions there are after a look."""
    await world.schedule.look()
    if world.trainings.job and world.trainings.job.task:
        await world.trainings.job.task
    return len(await world.states())


async def test_nothing_is_trained_by_itself_unless_an_hour_is_set(world: World) -> None:
    at(world, 3, 30)
    assert await look(world) == 0


async def test_new_data_are_trained_at_the_hour_and_only_once_a_day(world: World) -> None:
    await world.schedule.set(None, NIGHT)
    assert await world.schedule.daily_at() == NIGHT
    for hour, minute, versions in ((3, 29, 0), (3, 30, 1), (3, 31, 1)):
        at(world, hour, minute)
        assert await look(world) == versions
    world.edit("一天里又改了")
    at(world, 3, 40)
    assert await look(world) == 1
    at(world, 3, 30, day=22)
    assert await look(world) == 2
    assert [entry.detail for entry in await world.audited("model.schedule")] == [{"daily_at": "03:30"}]


async def test_data_that_were_trained_already_are_left_alone(world: World) -> None:
    await world.live("早就训练过")
    await world.schedule.set(None, NIGHT)
    at(world, 3, 30)
    assert await look(world) == 1


async def test_data_whose_training_failed_are_tried_again_the_next_day(world: World) -> None:
    world.train.error = MemoryError()
    await world.trained("太大")
    world.train.error = None
    await world.schedule.set(None, NIGHT)
    at(world, 3, 30)
    assert await look(world) == 2
    assert (await world.states())[2] is ModelState.TRAINED


async def test_a_qifu_that_was_off_at_night_doesnt_train_in_the_morning(world: World) -> None:
    await world.schedule.set(None, NIGHT)
    at(world, 9, 0)
    assert await look(world) == 0


async def test_switched_off_it_stays_off(world: World) -> None:
    await world.schedule.set(None, NIGHT)
    await world.schedule.set(None, None)
    at(world, 3, 30)
    assert await look(world) == 0
