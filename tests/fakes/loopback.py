"""Serves an application on the loopback in the test's own event loop, on a port that stays the same."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

_MOST_WAIT = 1.0


class _Server(uvicorn.Server):
    """Without the pauses of a tenth of a second in which the original notices that it should stop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ending = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # Ctrl-C belongs to the test run

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_MOST_WAIT):
                while self.server_state.tasks or self.server_state.connections:  # noqa: ASYNC110 - no event for it
                    await asyncio.sleep(0.002)
        for task in self.server_state.tasks:
            task.cancel()


class Loopback:
    """One application on one port."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._port = 0
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The address, once started."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Returns once the port listens."""
        # The protocol by name, else asyncio leaves Nagle's algorithm on and each answer waits 40 ms.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(self._app, lifespan="off", log_config=None, log_level="critical")
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Closes the port and all connections."""
        if self._server is not None and self._serving is not None:
            self._server.ending.set()
            await self._serving
            self._server = self._serving = None
