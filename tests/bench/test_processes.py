"""Processes that are measured."""

import os
import sys
from pathlib import Path

from bench.processes import end, spawn, weigh


def test_a_process_weighs_something() -> None:
    weight = weigh(os.getpid())
    assert weight.memory > 1
    assert weight.seconds > 0


async def test_a_process_is_ended_even_where_it_does_not_want_to(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    process = await spawn([sys.executable, "-c", stubborn], tmp_path, tmp_path / "log", talks=True)
    assert process.stdout
    assert await process.stdout.readline() == b"up\n"
    await end(process, polite=0.1)
    assert process.returncode is not None
    await end(process)
