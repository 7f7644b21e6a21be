"""How much of everything a simulation has."""

import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.repositories.numbers import SHANGHAI

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)
"""A working day, half an hour after the desk opens."""
MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True)
class Plan:
    """`hours` are the desk's, `speed` of its seconds pass in a real one. The same seed throws the same dice.

    `staff` holds two at the console and, where there are more than four, two managers; the others are on Telegram.
    """

    users: int = 200
    staff: int = 12
    hours: float = 2.0
    speed: float = 30.0
    on_telegram: float = 0.25
    kills: int = 2
    rasa_kills: int = 1
    outages: int = 1
    forgetful_phones: int = 4
    seed: int = 1
    start: datetime = MONDAY

    def dice(self, whose: str) -> random.Random:
        """Somebody's own dice."""
        return random.Random(f"{self.seed}:{whose}")  # noqa: S311  # no secret depends on them


@dataclass(frozen=True)
class Place:
    """Where it runs: a folder for the home, the models to use, and the database's URL."""

    home: Path
    models: Path
    database_url: str

    def prepare(self) -> None:
        """Makes the home, with a link to the models."""
        self.home.mkdir(parents=True)
        (self.home / "models").symlink_to(self.models)
