"""Finds questions that say nearly the same, among all of a state, in milliseconds."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest

from seeds.model import Question
from seeds.templates import ALIKE, SHORTEST, pairs_of


@dataclass(frozen=True)
class Near:
    """A question and the share of character pairs it has in common with what was asked for, 0 to 1."""

    question: Question
    share: float


class Nearness:
    """An index over questions by their pairs of characters; made once for a state."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = questions
        self._holding: defaultdict[str, list[int]] = defaultdict(list)
        for number, question in enumerate(questions):
            for pair in pairs_of(question.text):
                self._holding[pair].append(number)

    def alike(self, text: str) -> list[Near]:
        """Questions that count as the same but for a few characters, the nearest first; short ones never do."""
        if len(pairs_of(text)) < SHORTEST:
            return []
        return sorted(self._near(text, ALIKE), key=lambda near: -near.share)

    def nearest(self, text: str, least: float, most: int) -> list[Near]:
        """The nearest questions, at most `most`, that share at least `least` of their pairs."""
        return nlargest(most, self._near(text, least), key=lambda near: near.share)

    def _near(self, text: str, least: float) -> Iterator[Near]:
        pairs = pairs_of(text)
        # What shares enough pairs holds at least one of the rarest, so that the commonest needn't be looked at.
        rare = sorted(pairs, key=lambda pair: len(self._holding.get(pair, ())))
        looked = rare[: len(rare) - math.ceil(least * len(rare)) + 1]
        for number in {number for pair in looked for number in self._holding.get(pair, ())}:
            question = self._questions[number]
            others = pairs_of(question.text)
            share = len(pairs & others) / len(pairs | others)
            if share >= least:
                yield Near(question, share)
