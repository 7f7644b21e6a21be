"""Says what came of an action at the desk: done, or why the desk refuses."""

from collections.abc import Awaitable, Callable

from console import parts
from console.names import Names
from qifu.errors import DeskError


async def attempt(names: Names, act: Callable[[], Awaitable[object]], said: str = "") -> bool:
    """Acts and says so; where the desk refuses, says why. Whether it was done."""
    try:
        await act()
    except DeskError as error:
        parts.failed(names.refusal(error))
        return False
    if said:
        parts.done(said)
    return True
