"""Lines typed on standard input, read without holding up the event loop."""

import asyncio
import os
from collections.abc import Callable

_MOST_BYTES = 65_536


class Lines:
    """Reads a line at a time from a terminal, a pipe or a file; what isn't UTF-8 is replaced.

    A thread that sits in `input()` can't be interrupted: Ctrl-C would have to wait for the Enter key.
    """

    def __init__(self, say: Callable[[str], None], descriptor: int = 0) -> None:
        self._say, self._descriptor = say, descriptor
        self._rest = b""
        self._ended = False

    async def __call__(self, prompt: str) -> str:
        """The next line without its end. Raises EOFError where the input has ended."""
        self._say(prompt)
        while b"\n" not in self._rest and not self._ended:
            await self._ready()
            read = os.read(self._descriptor, _MOST_BYTES)
            self._rest += read
            self._ended = not read
        if not self._rest:
            raise EOFError
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode(errors="replace").rstrip("\r")

    async def _ready(self) -> None:
        """Returns once there is something to read."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        try:
            loop.add_reader(self._descriptor, ready.set)
        except PermissionError:
            return  # a file: always ready, and nothing that could be waited for
        try:
            await ready.wait()
        finally:
            loop.remove_reader(self._descriptor)
