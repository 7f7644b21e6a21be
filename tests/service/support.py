"""The whole service in this process, over a trained model and on ports of its own; and `qifu` as a program."""

import asyncio
import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from qifu.serve import service
from qifu.servers import LOOPBACK, free_port
from qifu.settings import ROOT, Settings
from tests.fakes.telegram import FakeTelegram

Json = dict[str, Any]
PATIENCE = 90.0
"""Seconds that Rasa may take to come up on a busy machine."""


async def until(condition: Callable[[], object], within: float = PATIENCE) -> None:
    """Waits for a condition. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - conditions are of any kind
            await asyncio.sleep(0.05)


def rasa_processes(parent: int | None = None) -> list[psutil.Process]:
    """The Rasa servers that a process (this one if none is given) has started."""
    children = psutil.Process(parent).children(recursive=True)
    return [child for child in children if any("server.py" in word for word in _command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def free_settings(home: Path, **more: Any) -> Settings:
    """Settings with free ports and everything below `home`."""
    ports = {name: free_port(LOOPBACK, 0, name) for name in ("port", "rasa_port", "action_port")}
    return Settings(home=home, **{**ports, **more})


@dataclass
class Talk:
    """A conversation over the HTTP API."""

    http: httpx.AsyncClient
    id: str
    token: str

    def __post_init__(self) -> None:
        self._numbers = count(1)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def asks(self, text: str) -> Json:
        """Types a message; the turn."""
        return await self._post({"text": text})

    async def presses(self, payload: str) -> Json:
        """Sends a payload; the turn."""
        return await self._post({"payload": payload})

    async def _post(self, body: Json) -> Json:
        body = {"message_id": f"m{next(self._numbers)}"} | body
        path = f"/api/v1/conversations/{self.id}/messages"
        answer = await self.http.post(path, json=body, headers=self._headers)
        assert answer.status_code == httpx.codes.OK, answer.text
        turn: Json = answer.json()
        return turn

    async def turns(self) -> list[Json]:
        """What was said so far."""
        answer = await self.http.get(f"/api/v1/conversations/{self.id}/turns", headers=self._headers)
        turns: list[Json] = answer.json()["turns"]
        return turns


class Served:
    """The running service; `restart` stops it and starts it again over the same home, as a new process would."""

    def __init__(self, settings: Settings, telegram: FakeTelegram) -> None:
        self.settings, self.telegram = settings, telegram
        self.address = ""
        self.http = httpx.AsyncClient(trust_env=False, timeout=30.0)
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Starts; returns once it answers."""
        self.address = await self._stack.enter_async_context(service(self.settings))
        self.http.base_url = httpx.URL(self.address)

    async def stop(self) -> None:
        """Stops; nothing of it runs afterwards."""
        await self._stack.aclose()

    async def restart(self) -> None:
        """Stops and starts."""
        await self.stop()
        await self.start()

    async def talk(self, **body: Any) -> Talk:
        """A new conversation."""
        opened = (await self.http.post("/api/v1/conversations", json=body)).json()
        return Talk(self.http, opened["conversation"]["id"], opened["token"])

    async def health(self) -> Json:
        """What the service says of itself."""
        health: Json = (await self.http.get("/api/v1/health")).json()
        return health


def said(turn: Json) -> str:
    """All that a turn says."""
    return "\n".join(reply["text"] for reply in turn["replies"])


class Program:
    """`qifu` started as a program in a session of its own; its output is read as it comes."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        self.output = ""
        self._output, theirs = self._open()
        self.process = subprocess.Popen(  # noqa: S603  # our own program
            [str(Path(sys.executable).with_name("qifu")), *arguments],
            cwd=ROOT,
            env=_variables(home) | environment,
            stdin=self._input(theirs),
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=self._own_terminal,  # noqa: PLW1509  # one system call, and only for a terminal
        )
        os.close(theirs)
        os.set_blocking(self._output, False)

    def _open(self) -> tuple[int, int]:
        return os.pipe()

    def _input(self, theirs: int) -> int:
        return subprocess.DEVNULL

    @staticmethod
    def _own_terminal() -> None:
        """What the program does before it begins."""

    def read(self) -> str:
        """All output so far."""
        with suppress(OSError):  # nothing new, or the terminal is closed
            while read := os.read(self._output, 65_536):
                self.output += read.decode(errors="replace")
        return self.output

    async def says(self, pattern: str, within: float = PATIENCE) -> re.Match[str]:
        """The place in its output where the pattern stands, once it does."""
        await until(lambda: re.search(pattern, self.read()) or self.process.poll() is not None, within)
        match = re.search(pattern, self.read())
        assert match, f"ended with {self.process.poll()}: {self.output}"
        return match

    async def ends(self, within: float = PATIENCE) -> int:
        """Its exit code, once it has ended."""
        await until(lambda: self.read() and self.process.poll() is not None, within)
        self.read()
        return int(self.process.returncode)

    def interrupt(self) -> None:
        """What Ctrl-C does, for this process alone."""
        self.process.send_signal(signal.SIGINT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._output)


class Terminal(Program):
    """`qifu` in a terminal, with somebody at the keyboard."""

    def _open(self) -> tuple[int, int]:
        return pty.openpty()

    def _input(self, theirs: int) -> int:
        return theirs

    @staticmethod
    def _own_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def types(self, text: str) -> None:
        """Presses keys; \\x03 is Ctrl-C."""
        os.write(self._output, text.encode())


def _variables(home: Path) -> dict[str, str]:
    """The environment of a program with a home and ports of its own."""
    # Without compiled modules each start takes seconds longer.
    left_out = ("QIFU_", "TELEGRAM_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    ports = {name: str(free_port(LOOPBACK, 0, name)) for name in ("QIFU_RASA_PORT", "QIFU_ACTION_PORT")}
    return kept | ports | {"QIFU_HOME": str(home), "QIFU_PORT": "0", "PYTHONUNBUFFERED": "1"}
