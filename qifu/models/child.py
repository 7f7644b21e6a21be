"""Heavy work in a process of its own, which steps back for the one that answers messages.

A module that is run so begins with `begin` and tells its progress as lines `progress 12/340` on stdout.
"""

import asyncio
import os
import re
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from qifu.errors import TrainingError
from qifu.settings import ROOT

NICENESS = 10
_PROGRESS = re.compile(r"(?:progress|epoch) (\d+)/(\d+)")
_PATIENCE = 10.0
_PARENT = "QIFU_PARENT"


def share_of(line: str) -> float | None:
    """How much of the work is done (0 to 1), where a line of a log tells."""
    match = _PROGRESS.fullmatch(line.strip())
    return int(match[1]) / max(int(match[2]), 1) if match else None


def begin() -> None:
    """To be called first in the child: it steps back for others, and ends within a second of its parent."""
    os.nice(NICENESS)
    # Told to end, it ends as by an error, so that its own children and temporary folders go with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    parent = int(os.environ.get(_PARENT) or os.getppid())

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def tell(done: int, of: int) -> None:
    """Tells the parent how far the work is."""
    sys.stdout.write(f"progress {done}/{of}\n")
    sys.stdout.flush()


async def work(module: str, *arguments: str, tell: Callable[[str], None] = lambda line: None) -> None:
    """Runs a module until it ends; `tell` hears the lines of its stdout. Given up, it is ended.

    Raises TrainingError with its last lines on stderr where it fails.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=ROOT,
        env={**os.environ, _PARENT: str(os.getpid())},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # A Ctrl-C in the terminal reaches the whole group; the main process ends its children itself.
        start_new_session=True,
    )
    assert process.stdout and process.stderr  # noqa: S101  # asked for above
    last: deque[str] = deque(maxlen=20)
    try:
        await asyncio.gather(_hear(process.stdout, tell), _hear(process.stderr, last.append), process.wait())
    finally:
        await _end(process)
    if process.returncode:
        raise TrainingError("\n".join(last) or f"{module} ended with {process.returncode}")


async def _hear(stream: asyncio.StreamReader, hear: Callable[[str], None]) -> None:
    async for line in stream:
        hear(line.decode(errors="replace").rstrip())


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()
