"""Runs uvicorn servers inside the main process, and finds ports for them."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from qifu.errors import ServiceError

LOOPBACK = "127.0.0.1"
_KEEP_OPEN = 75
"""Seconds an idle connection stays open: longer than clients keep theirs (5 to 60), so that the client is the one that
closes it. Else a message is now and then sent into a connection that is just being closed, and lost on the way."""


class _Server(uvicorn.Server):
    """A server that leaves signals to the main process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def free_port(host: str, port: int, setting: str) -> int:
    """`port` where it is free, any free one for 0. Raises ServiceError that names the setting to change."""
    with _bound(host, port, setting) as probe:
        return int(probe.getsockname()[1])


def _bound(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by name: else asyncio leaves Nagle's algorithm on, and answers wait for acknowledgements.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ServiceError(
            f"{host}:{port} can't be used ({error.strerror}); choose another with {setting}"
            + (" or QIFU_HOST" if setting == "QIFU_PORT" else "")
        ) from None
    return bound


@asynccontextmanager
async def serving(app: FastAPI, host: str, port: int, setting: str) -> AsyncIterator[None]:
    """Serves `app` while the block runs; open requests get a few seconds to end.

    Raises ServiceError that names the setting where the port is taken.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=_KEEP_OPEN,
    )
    server = _Server(config)
    with _bound(host, port, setting) as listener:
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                if task.done():
                    raise ServiceError(f"the server on {host}:{port} ({setting}) could not start: {task.exception()}")
                await asyncio.sleep(0.02)
            yield
        finally:
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)
