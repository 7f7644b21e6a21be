"""The web channel really served on a port, so that tests can follow streams, and stop and start it."""

import asyncio
import socket
from collections.abc import Mapping
from typing import Any

import uvicorn
from fastapi import FastAPI

from bot.web.app import create_app
from bot.web.hub import Hub
from bot.web.limits import Limits, Rate
from bot.web.texts import Pair
from qifu.settings import Settings
from tests.fakes.dialogue import FakeDialogue

GENEROUS = Limits(messages=Rate(1000, 0.01), requests=Rate(5000, 0.01), openings=Rate(1000, 0.01))
TOPICS: Mapping[str, Pair] = {"taxes": {"zh": "税费办理", "en": "Taxes"}}


async def all_well() -> dict[str, Any]:
    """The health of a qifu whose parts all work."""
    return {"rasa": "ok", "database": {"status": "ok"}}


def build(dialogue: FakeDialogue, limits: Limits = GENEROUS, **settings: Any) -> FastAPI:
    """The app over a fake dialogue."""
    return _build(dialogue, {"transcripts": dialogue}, limits, **settings)


def _build(dialogue: Any, parts: Mapping[str, Any], limits: Limits, **settings: Any) -> FastAPI:
    return create_app(dialogue, Settings(**settings), health=all_well, topics=TOPICS, limits=limits, **parts)


class WebServer:
    """An app on a loopback port that stays the same over stop and start; `parts` where the dialogue isn't a fake."""

    def __init__(self, dialogue: Any, **parts: Any) -> None:
        self.dialogue = dialogue
        self.limits = GENEROUS
        self.port = _free_port()
        self._parts = parts or {"transcripts": dialogue}
        self.app = _build(dialogue, self._parts, self.limits)
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def hub(self) -> Hub:
        """The live delivery of the running app."""
        hub: Hub = self.app.state.web.hub
        return hub

    async def start(self) -> None:
        """Serves; returns once the port listens."""
        self.app = _build(self.dialogue, self._parts, self.limits)
        config = uvicorn.Config(self.app, "127.0.0.1", self.port, log_level="error", lifespan="off", ws="none")
        config.timeout_graceful_shutdown = 2
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server._serve())  # serve() would take over the test run's signals
        while not self._server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stops; open streams end."""
        if self._server and self._task:
            self.hub.close()
            self._server.should_exit = True
            await self._task
            self._server = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
