"""How fast and how patiently the room works."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Times in seconds. Telegram keeps a typing sign for 5 seconds and undelivered updates for 24 hours."""

    poll: int = 30
    """How long Telegram may hold a request for updates open."""
    first_pause: float = 1.0
    longest_pause: float = 30.0
    """Pauses between tries double from the first to the longest."""
    patience: float = 3600.0
    """How long sending an answer is tried again while the network is down."""
    typing: float = 4.0
    quiet_typing: float = 2.0
    """In a group the typing sign appears only after this: Telegram counts it among the 20 messages a minute."""
    grace: float = 5.0
    """How long running answers may take to finish when the room stops."""
    parallel: int = 16
    """Chats answered at the same time."""
    backlog: int = 2000
    """Updates waiting in memory; beyond it no more are taken from Telegram."""

    look: float = 2.0
    """How often the desk is looked at without a signal of it."""

    def pauses(self) -> Iterator[float]:
        """Pauses between tries, without end."""
        pause = self.first_pause
        while True:
            yield pause
            pause = min(pause * 2, self.longest_pause)
