"""The program that is tested: `qifu serve` with its Rasa, started, killed and started again over the same home."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import httpx
import psutil

from qifu.servers import LOOPBACK, free_port
from qifu.settings import ROOT
from tests.service.support import rasa_processes
from tests.simulation.plan import Place

_START, _END = 240.0, 30.0


class NotRunning(Exception):
    """The program ended by itself, or didn't come up."""


class System:
    """The program. Its output goes to a file in its home."""

    def __init__(self, place: Place, environment: dict[str, str]) -> None:
        self.place = place
        self.port = free_port(LOOPBACK, 0, "")
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.starts: list[float] = []
        """How long each start took, in real seconds."""
        self.up = False
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = (
            _variables()
            | environment
            | {
                "QIFU_HOME": str(place.home),
                "QIFU_DATABASE_URL": place.database_url,
                "QIFU_PORT": str(self.port),
                "QIFU_RASA_PORT": "0",
                "QIFU_ACTION_PORT": "0",
                "QIFU_LOG_LEVEL": "WARNING",
                "PYTHONPATH": str(ROOT),
            }
        )

    @property
    def log(self) -> str:
        """What it has printed so far."""
        path = self.place.home / "qifu.log"
        return path.read_text(errors="replace") if path.exists() else ""

    async def start(self) -> None:
        """Starts it; returns once it answers. Raises NotRunning."""
        began = time.monotonic()
        with (self.place.home / "qifu.log").open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603, ASYNC220  # our own program
                self._command(),
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        async with httpx.AsyncClient(trust_env=False, timeout=5.0) as http:
            while time.monotonic() - began < _START:
                if self._process.poll() is not None:
                    break
                try:
                    if (await http.get(f"{self.url}/api/v1/health")).is_success:
                        self.up = True
                        self.starts.append(time.monotonic() - began)
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.2)
        raise NotRunning(f"qifu didn't come up:\n{self.log[-3000:]}")

    @staticmethod
    def _command() -> list[str]:
        return [sys.executable, "-c", "from qifu.cli import main; main()", "serve"]

    async def kill(self) -> None:
        """Ends it without a warning, and starts it again."""
        assert self._process is not None
        self.up = False
        self._process.kill()
        self._process.wait()
        await self.start()

    def kill_rasa(self) -> bool:
        """Ends Rasa without a warning; False where none runs just now."""
        assert self._process is not None
        found = rasa_processes(self._process.pid)
        for process in found:
            process.kill()
        return bool(found)

    async def stop(self) -> int:
        """Ends it as Ctrl-C does; its exit code."""
        if self._process is None:
            return 0
        self.up = False
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(asyncio.to_thread(self._process.wait), _END)
        except TimeoutError:
            self._process.kill()
            self._process.wait()
        return int(self._process.returncode)

    def memory(self) -> int:
        """What it and its children hold, in megabytes."""
        if self._process is None or self._process.poll() is not None:
            return 0
        process = psutil.Process(self._process.pid)
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) // 2**20


def _variables() -> dict[str, str]:
    left_out = ("QIFU_", "TELEGRAM_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
