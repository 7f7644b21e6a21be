"""SIGINT and SIGTERM end a running qifu wherever it stands; background work survives its own failures."""

import asyncio
import os
import signal

import pytest
from structlog.testing import capture_logs

from qifu.repeating import repeating
from qifu.serve import _until_signal

ENDED: list[str] = []


@pytest.fixture(autouse=True)
def nothing_ended() -> None:
    ENDED.clear()


async def work(seconds: float = 20) -> None:
    """Something long that has to be cleared away."""
    try:
        await asyncio.sleep(seconds)
    finally:
        await asyncio.sleep(0.02)
        ENDED.append("cleared away")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_block_and_clears_it_away(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), number)
    with _until_signal():
        await work()
    assert ENDED == ["cleared away"]
    assert "停止" in capsys.readouterr().out
    await asyncio.sleep(0)


async def test_an_impatient_user_doesnt_break_the_clearing_away() -> None:
    for delay in (0.05, 0.06, 0.065):
        asyncio.get_running_loop().call_later(delay, os.kill, os.getpid(), signal.SIGINT)
    with _until_signal():
        await work()
    assert ENDED == ["cleared away"]


async def test_a_block_that_ends_by_itself_leaves_the_signals_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with _until_signal():
        await work(0)
    assert signal.getsignal(signal.SIGTERM) == before


async def test_being_cancelled_by_others_is_no_signal() -> None:
    async def block() -> None:
        with _until_signal():
            await work()

    task = asyncio.create_task(block())
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_repeated_work_goes_on_after_a_failure_and_ends_with_the_block() -> None:
    runs = 0

    async def fail_first() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ZeroDivisionError

    with capture_logs() as logs:
        async with repeating("count", 0.01, fail_first):
            await asyncio.sleep(0.1)
    ended_at = runs
    await asyncio.sleep(0.05)
    assert runs == ended_at > 2
    assert [(entry["event"], entry["work"]) for entry in logs] == [("background_work_failed", "count")]
