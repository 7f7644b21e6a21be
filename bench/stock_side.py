"""The stock set-up as the other side: `rasa run`, an SQL tracker store, and rasa-sdk's own action server."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from bench.load import Load, drive
from bench.plan import Traffic
from bench.processes import Weight, end, spawn, weigh
from bench.stock_model import SILENT, STOCK
from bot.dialogue.rasa import RasaClient
from qifu.errors import ServiceError, UnderstandingError
from qifu.servers import LOOPBACK, free_port
from qifu.understanding_room import NLU, ensure_environment
from seeds.yaml import load_yaml

_START = 300.0
_TIMEOUT = 30.0


class StockSide:
    """Rasa as its documentation sets it up. `replies`: what its actions say to each message."""

    name = "stock"

    def __init__(self, model: Path, replies: dict[str, list[dict[str, Any]]]) -> None:
        self._model, self._replies = model, replies
        self._rasa: asyncio.subprocess.Process | None = None
        self._actions: asyncio.subprocess.Process | None = None
        self._client: RasaClient | None = None

    async def start(self, folder: Path, traffic: Traffic) -> float:
        """Starts both processes at once and asks until there is an answer."""
        python = str(await ensure_environment())
        port, action_port = free_port(LOOPBACK, 0, "port"), free_port(LOOPBACK, 0, "port")
        replies = folder / "replies.json"
        names = load_yaml(NLU / "domain" / "actions.yml")["actions"]
        replies.write_text(json.dumps({"actions": list(names), "replies": self._replies}), encoding="utf-8")
        environment = {
            **SILENT,
            "SANIC_HOST": LOOPBACK,
            "BENCH_ACTION_URL": f"http://{LOOPBACK}:{action_port}/webhook",
            "BENCH_TRACKER_DB": str(folder / "trackers.db"),
        }
        serve = [python, str(STOCK / "actions.py"), "--port", str(action_port), "--replies", str(replies)]
        run = [python, "-m", "rasa", "run", "--model", str(self._model), "--interface", LOOPBACK, "--port", str(port)]
        run += ["--endpoints", str(STOCK / "endpoints.yml"), "--credentials", str(STOCK / "credentials.yml")]
        started = time.perf_counter()
        self._client = RasaClient(f"http://{LOOPBACK}:{port}", _TIMEOUT)
        self._actions = await spawn(serve, STOCK, folder / "stock-actions.log", environment)
        self._rasa = await spawn(run, folder, folder / "stock-rasa.log", environment)
        await self._first_answer(traffic.first, folder)
        return time.perf_counter() - started

    async def _first_answer(self, message: str, folder: Path) -> None:
        try:
            async with asyncio.timeout(_START):
                while True:
                    for process in (self._rasa, self._actions):
                        if process is None or process.returncode is not None:
                            raise ServiceError(f"the stock set-up ended while starting; {folder}/stock-*.log say why")
                    try:
                        await self.ask("first", message)
                        return
                    except UnderstandingError:
                        await asyncio.sleep(0.2)
        except TimeoutError:
            raise ServiceError(f"the stock set-up didn't come up within {_START:.0f} s") from None

    async def ask(self, conversation: str, text: str) -> None:
        """Waits for the answer. Raises UnderstandingError where there is none."""
        assert self._client  # noqa: S101  # started
        if not await self._client.send(conversation, text):
            raise UnderstandingError("the stock set-up said nothing; its action server failed")

    async def load(self, conversations: list[list[str]], users: int, name: str, seconds: float) -> Load:
        """Asks over the REST channel."""
        return await drive(self.ask, conversations, users, name, seconds)

    def weigh(self) -> dict[str, Weight]:
        """Rasa and the action server."""
        if self._rasa is None or self._actions is None:
            return {}
        return {"Rasa": weigh(self._rasa.pid), "action server": weigh(self._actions.pid)}

    async def stop(self) -> None:
        """Ends both processes."""
        if self._client:
            await self._client.close()
        await asyncio.gather(end(self._rasa), end(self._actions))
        self._client = self._rasa = self._actions = None
