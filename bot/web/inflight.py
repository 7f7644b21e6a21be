"""Messages being answered right now: the same message sent again waits for the same answer."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.dialogue.turn import Turn


class Inflight:
    """Runs each message once at a time, and to its end even when the client goes away."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, str], asyncio.Task[Turn]] = {}

    async def run(self, conversation_id: str, message_id: str, answer: Callable[[], Awaitable[Turn]]) -> Turn:
        """The turn of a message; `answer` is called only if the message isn't being answered already."""
        key = (conversation_id, message_id)
        task = self._running.get(key)
        if task is None:
            task = asyncio.ensure_future(_awaited(answer))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        return await asyncio.shield(task)

    def busy(self, conversation_id: str) -> bool:
        """Whether any message of a conversation is being answered."""
        return any(key[0] == conversation_id for key in self._running)


async def _awaited(answer: Callable[[], Awaitable[Turn]]) -> Turn:
    return await answer()
