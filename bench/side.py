"""What both sides of the comparison can do."""

from pathlib import Path
from typing import Protocol

from bench.load import Load
from bench.plan import Traffic
from bench.processes import Weight


class Side(Protocol):
    """One of the two set-ups. It is started and stopped anew for each round."""

    name: str

    async def start(self, folder: Path, traffic: Traffic) -> float:
        """Starts it with its files below `folder`; seconds from there to the first answer. Raises QifuError."""
        ...

    async def load(self, conversations: list[list[str]], users: int, name: str, seconds: float) -> Load:
        """Answers the conversations for so many users at once. Raises QifuError."""
        ...

    def weigh(self) -> dict[str, Weight]:
        """What each process takes."""
        ...

    async def stop(self) -> None:
        """Ends it."""
        ...
