"""qifu as one side: its main process, which starts Rasa itself, reached through lines of JSON."""

import asyncio
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from bench.load import Load
from bench.plan import Traffic
from bench.processes import Weight, end, spawn, weigh
from qifu.errors import ServiceError
from qifu.settings import ROOT

_START = 900.0
"""Seconds; training data that changed meanwhile is learned first."""
_ANSWERS = 600.0


class QifuSide:
    """`Dialogue.handle` over Rasa as qifu launches it, actions and store. `seeded`: a database with the seeds."""

    name = "qifu"

    def __init__(self, seeded: Path) -> None:
        self._seeded = seeded
        self._process: asyncio.subprocess.Process | None = None
        self._log = seeded
        self._rasa = 0

    async def start(self, folder: Path, traffic: Traffic) -> float:
        """Starts the main process and waits for its first answer."""
        shutil.copy(self._seeded, folder / "qifu.db")
        self._log = folder / "qifu.log"
        started = time.perf_counter()
        command = [sys.executable, "-m", "bench.house", str(folder), traffic.first]
        self._process = await spawn(command, ROOT, self._log, talks=True)
        self._rasa = int((await self._hear(_START))["rasa"])
        return time.perf_counter() - started

    async def replies(self, messages: list[str]) -> dict[str, list[dict[str, Any]]]:
        """What it replies to each message, for the other side to reply the same."""
        answer = await self._request({"do": "replies", "messages": messages}, _ANSWERS)
        return dict(answer["replies"])

    async def load(self, conversations: list[list[str]], users: int, name: str, seconds: float) -> Load:
        """Drives the load inside the main process, where channels live."""
        request = {"do": "load", "conversations": conversations, "users": users, "name": name, "seconds": seconds}
        return Load.from_json(await self._request(request, seconds + 10))

    def weigh(self) -> dict[str, Weight]:
        """The main process (channels, actions, store) and Rasa."""
        if self._process is None:
            return {}
        return {"main process": weigh(self._process.pid, children=False), "Rasa": weigh(self._rasa)}

    async def stop(self) -> None:
        """Closes its input, at which it stops Rasa and ends."""
        process, self._process = self._process, None
        if process and process.stdin:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                await end(process)

    async def _request(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        assert self._process and self._process.stdin  # noqa: S101  # started
        self._process.stdin.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
        await self._process.stdin.drain()
        return await self._hear(seconds)

    async def _hear(self, seconds: float) -> dict[str, Any]:
        """The next line that is an answer; anything else on its output is passed over."""
        assert self._process and self._process.stdout  # noqa: S101  # started
        try:
            async with asyncio.timeout(seconds):
                async for line in self._process.stdout:
                    if line.startswith(b"{"):
                        answer: dict[str, Any] = json.loads(line)
                        if "error" in answer:
                            raise ServiceError(f"qifu: {answer['error']}")
                        return answer
        except TimeoutError:
            raise ServiceError(f"qifu didn't answer within {seconds:.0f} s; {self._log} says why") from None
        raise ServiceError(f"qifu ended; {self._log} says why")
