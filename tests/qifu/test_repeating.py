"""Background work is done again and again, and comes to its end rather than being broken off."""

import asyncio
import time

from qifu.repeating import repeating


async def test_work_is_done_again_whatever_goes_wrong() -> None:
    done = 0

    async def work() -> None:
        nonlocal done
        done += 1
        raise RuntimeError

    async with repeating("test", 0.01, work), asyncio.timeout(5):
        while done < 3:  # noqa: ASYNC110 - the work has no event to wait for
            await asyncio.sleep(0.01)


async def test_what_was_begun_is_ended_and_a_pause_is_not_waited_for() -> None:
    begun, ended = asyncio.Event(), 0

    async def work() -> None:
        nonlocal ended
        begun.set()
        await asyncio.sleep(0.2)
        ended += 1

    started = time.monotonic()
    async with repeating("test", 60, work):
        await begun.wait()
    assert ended == 1
    assert time.monotonic() - started < 5


async def test_work_that_hangs_is_cancelled_after_a_moment() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(5), repeating("test", 60, work, grace=0.1):
        await begun.wait()
