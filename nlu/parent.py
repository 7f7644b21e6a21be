"""Ends a process soon after the one that started it; standard library only."""

from __future__ import annotations

import os
import threading
import time


def end_with(parent: int) -> None:
    """Ends this process within a second of its parent's end, so that a killed main process leaves nothing behind.

    The parent says its number itself: asked for here, a parent that was killed meanwhile would go unnoticed.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
