"""Tells listeners in this process that something at the desk changed, once it is committed.

A signal is a hint to look, nothing more: what it is about stands in the database, and who wasn't there to hear it finds
it there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Signal:
    """What changed: `kind` is an event's name, or message, delivered, notice, presence."""

    kind: str
    handoff_id: int | None = None
    appeal_id: int | None = None
    conversation_id: str | None = None
    message_id: int | None = None
    staff_id: int | None = None


type Listener = Callable[[Signal], None]


class Signals:
    """Listeners are plain functions that return at once; one that raises is logged and doesn't stop the others."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """From now on `listener` hears every signal; the function returned ends that."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def send(self, signal: Signal) -> None:
        """Tell everybody."""
        for listener in tuple(self._listeners):
            try:
                listener(signal)
            except Exception:
                log.exception("desk_listener_failed", kind=signal.kind)
