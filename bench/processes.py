"""Processes that are measured: started, weighed and ended."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import psutil

MEGABYTE = 1024 * 1024


async def spawn(
    command: list[str], folder: Path, log: Path, environment: dict[str, str] | None = None, talks: bool = False
) -> asyncio.subprocess.Process:
    """Starts a command in `folder`; what it says goes to the file `log`, or, where it `talks`, its output to a pipe."""
    with log.open("ab") as file:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=asyncio.subprocess.PIPE if talks else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if talks else file,
            stderr=file,
            # A long answer is one line.
            limit=16 * MEGABYTE,
            # A Ctrl-C in the terminal ends the benchmark, which then ends its processes in order.
            start_new_session=True,
        )


async def end(process: asyncio.subprocess.Process | None, polite: float = 15.0) -> None:
    """Ends a process: politely, and by force after `polite` seconds."""
    if process is None or process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), polite)
    except TimeoutError:
        process.kill()
        await process.wait()


@dataclass(frozen=True)
class Weight:
    """What a process takes: resident memory in MB, and processor time in seconds since it began."""

    memory: float
    seconds: float


def weigh(pid: int, children: bool = True) -> Weight:
    """A process's weight, with that of all its children."""
    process = psutil.Process(pid)
    family = [process, *(process.children(recursive=True) if children else ())]
    spent = [one.cpu_times() for one in family]
    return Weight(
        sum(float(one.memory_info().rss) for one in family) / MEGABYTE,
        sum(float(times.user + times.system) for times in spent),
    )
