"""Runs uvicorn servers inside the main process, and finds ports for them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from qifu.errors import ServiceError

LOOPBACK = "127.0.0.1"


class _Server(uvicorn.Server):
    """A server that leaves signals to the main process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def free_port(host: str, port: int, setting: str) -> int:
    """`port` where it is free, any free one for 0. Raises ServiceError that names the setting to change."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServiceError(
                f"{host}:{port} can't be used ({error.strerror}); choose another port with {setting}"
            ) from None
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(app: FastAPI, host: str, port: int) -> AsyncIterator[None]:
    """Serves `app` while the block runs; open requests get a few seconds to end."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=3
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            raise ServiceError(f"the server on {host}:{port} could not start: {task.exception()}")
        await asyncio.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
