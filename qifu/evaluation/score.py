"""Scores the bot's turns against the held-out messages they answer."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qifu.evaluation.conversations import Pair
from qifu.evaluation.held_out import HeldOut
from qifu.labels import OUT_OF_SCOPE, Outcome


@dataclass(frozen=True)
class Scored:
    """A held-out message with what the bot made of it."""

    case: HeldOut
    turn: dict[str, Any]

    @property
    def fact(self) -> bool:
        """Whether the reply holds what was asked: quotes a point that answers, or names the contact."""
        if self.case.must:
            return Pair(self.case.text, self.case.must).held(self.turn)
        return bool(set(self.turn["points"]) & set(self.case.points))

    @property
    def first(self) -> bool:
        """Whether the point quoted first answers the question."""
        return bool(self.turn["points"]) and self.turn["points"][0] in self.case.points

    @property
    def label(self) -> str:
        """The topic, act or out_of_scope that the bot took the message for."""
        if self.turn["outcome"] == Outcome.OUT_OF_SCOPE:
            return OUT_OF_SCOPE
        return str(self.turn["act"] or self.turn["topic"] or self.turn["intent"])

    @property
    def right(self) -> bool:
        """Whether topic, act or out of scope is right."""
        return self.label == self.case.label

    @property
    def kept_out(self) -> bool:
        """Whether the message was not answered with a measure."""
        return not self.turn["points"] or self.turn["outcome"] in (Outcome.OUT_OF_SCOPE, Outcome.NO_ANSWER)

    @property
    def turned_away(self) -> bool:
        """Whether the message was called out of scope."""
        return bool(self.turn["outcome"] == Outcome.OUT_OF_SCOPE)

    @property
    def characters(self) -> int:
        """The length of the replies."""
        return sum(len(reply["text"]) for reply in self.turn["replies"])


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    right: int
    of: int

    @property
    def percent(self) -> float:
        """0 to 100; 0 of nothing."""
        return 100 * self.right / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.percent:5.1f}% ({self.right}/{self.of})"


def share(rows: Iterable[Scored], test: Callable[[Scored], bool]) -> Share:
    """The share of rows that pass the test."""
    verdicts = [test(row) for row in rows]
    return Share(sum(verdicts), len(verdicts))


def grouped(rows: Sequence[Scored], key: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    """Rows by key, keys sorted."""
    groups: defaultdict[str, list[Scored]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(sorted(groups.items()))
