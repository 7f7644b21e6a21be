"""Servers inside the main process: a taken port is named with its setting, and all ends with the block."""

import asyncio
import re
import socket
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from qifu.errors import ServiceError
from qifu.serve import with_port
from qifu.servers import LOOPBACK, free_port, serving
from qifu.settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


def hello() -> FastAPI:
    """An app that answers."""
    app = FastAPI()

    @app.get("/")
    async def answer() -> str:
        return "hello"

    return app


def test_a_free_port_is_given_back_and_zero_means_any() -> None:
    port = free_port(LOOPBACK, 0, "QIFU_PORT")
    assert port > 0
    assert free_port(LOOPBACK, port, "QIFU_PORT") == port


def test_a_taken_port_is_named_with_its_setting(taken: int) -> None:
    with pytest.raises(ServiceError, match=rf"{LOOPBACK}:{taken} .*QIFU_RASA_PORT"):
        free_port(LOOPBACK, taken, "QIFU_RASA_PORT")


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "2001:db8::7"])
def test_a_host_that_isnt_ours_is_named(host: str) -> None:
    with pytest.raises(ServiceError, match="QIFU_HOST"):
        free_port(host, 0, "QIFU_PORT")


async def test_an_app_is_served_while_the_block_runs() -> None:
    port = free_port(LOOPBACK, 0, "QIFU_PORT")
    async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", trust_env=False) as http:
        async with serving(hello(), LOOPBACK, port, "QIFU_PORT"):
            assert (await http.get("/")).json() == "hello"
        with pytest.raises(httpx.ConnectError):
            await http.get("/")
        async with serving(hello(), LOOPBACK, port, "QIFU_PORT"):
            assert (await http.get("/")).json() == "hello"


async def test_serving_on_a_taken_port_is_an_error_and_no_exit(taken: int) -> None:
    with pytest.raises(ServiceError, match="QIFU_ACTION_PORT"):
        async with serving(hello(), LOOPBACK, taken, "QIFU_ACTION_PORT"):
            pass


async def test_a_failure_inside_the_block_ends_the_server() -> None:
    port = free_port(LOOPBACK, 0, "QIFU_PORT")
    with pytest.raises(ZeroDivisionError):
        async with serving(hello(), LOOPBACK, port, "QIFU_PORT"):
            raise ZeroDivisionError
    assert free_port(LOOPBACK, port, "QIFU_PORT") == port


def test_any_port_becomes_one_that_can_be_told() -> None:
    settings = with_port(Settings(port=0))
    assert settings.port > 0
    assert str(settings.port) in settings.address
    assert with_port(settings) is settings


async def test_an_idle_connection_outlives_those_of_clients_that_close_theirs_after_five_seconds() -> None:
    port = free_port(LOOPBACK, 0, "QIFU_PORT")
    asked = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
    async with serving(FastAPI(), LOOPBACK, port, "QIFU_PORT"):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        for pause in (5.5, 0.0):
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"content-length: (\d+)", head)[1])  # type: ignore[index]
            await reader.readexactly(length)
            assert head.startswith(b"HTTP/1.1 404")
            await asyncio.sleep(pause)
        writer.close()
        await writer.wait_closed()
