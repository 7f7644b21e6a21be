"""Keeps a page up to date: it looks when the desk signals something, and every few seconds anyway.

A signal is heard only in the process where it was sent, and what the bot says makes none; looking regularly finds both.
"""

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import background_tasks, ui

from bot.desk.desk import Desk
from bot.desk.signals import Signal

EVERY = 4.0
"""Seconds between two looks without a signal."""


def follow(
    desk: Desk,
    look: Callable[[], Awaitable[None]],
    concerns: Callable[[Signal], bool] = lambda _signal: True,
    every: float = EVERY,
) -> None:
    """Calls `look` from now on until the page is gone; never twice at a time."""
    client = ui.context.client
    one_at_a_time = asyncio.Lock()
    waits = False

    async def looked() -> None:
        nonlocal waits
        async with one_at_a_time:
            # Before looking, so that what changes meanwhile is looked at again.
            waits = False
            if not client.is_deleted:
                with client:
                    await look()

    def heard(signal: Signal) -> None:
        nonlocal waits
        if not waits and concerns(signal):
            waits = True
            background_tasks.create(looked(), name="desk_look")

    client.on_delete(desk.signals.listen(heard))
    ui.timer(every, looked, immediate=False)
