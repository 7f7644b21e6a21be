"""What one run of the benchmark does: how many rounds, users and messages, and which messages are sent."""

from dataclasses import dataclass
from itertools import batched, cycle, islice

from qifu.errors import SettingsError
from qifu.evaluation.held_out import HeldOut, read_held_out

CYCLE = 19
"""The long conversation repeats this many messages, so that the first 19 (around message 10) and those from 191 to
209 (around message 200) are the same messages."""
LONG = 209
CONVERSATION = 5
"""Messages in an ordinary conversation."""


@dataclass(frozen=True)
class Plan:
    """One run. `seconds` bounds each measurement; `epochs` and `quick` hold for the stock model's training."""

    rounds: int = 3
    users: tuple[int, ...] = (1, 4, 16)
    messages: int = 160
    seconds: float = 60.0
    epochs: int = 1
    quick: bool = False


@dataclass(frozen=True)
class Traffic:
    """The messages of a run: `asked` in ordinary conversations, `long` in a single one."""

    asked: list[str]
    long: list[str]

    @property
    def conversations(self) -> list[list[str]]:
        """The ordinary conversations."""
        return [list(some) for some in batched(self.asked, CONVERSATION)]

    @property
    def first(self) -> str:
        """The message whose answer ends the start-up."""
        return self.asked[0]

    @property
    def texts(self) -> list[str]:
        """Every message once."""
        return list(dict.fromkeys((*self.asked, *self.long)))


def traffic(messages: int, held_out: list[HeldOut] | None = None) -> Traffic:
    """Held-out questions, evenly taken from all topics, in an order that is the same each time.

    Raises SettingsError where there are too few questions.
    """
    rows = read_held_out() if held_out is None else held_out
    texts = list(dict.fromkeys(row.text for row in rows if row.kind != "act"))
    if len(texts) < CYCLE:
        raise SettingsError(f"{len(texts)} held-out questions are too few to measure with; {CYCLE} are needed")
    step = max(1, len(texts) // messages)
    # 7919 is prime: steps of it visit every question once and put neighbours of a file far apart.
    mixed = [texts[::step][i * 7919 % len(texts[::step])] for i in range(len(texts[::step]))]
    return Traffic(list(islice(cycle(mixed), messages)), list(islice(cycle(mixed[:CYCLE]), LONG)))
