"""Questions that say nearly the same, put together."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from store.repositories.review_figures import Question
from store.tokens import tokens

ALIKE = 0.5
"""From this likeness on, a question belongs to a group (Dice's coefficient of their tokens)."""


@dataclass
class Group:
    """Questions that are alike, the latest first; the first one speaks for all."""

    questions: list[Question] = field(default_factory=list)

    @property
    def wordings(self) -> int:
        """In how many ways it was put."""
        return len({question.text.strip() for question in self.questions})


class Leads:
    """The questions that speak for a group each; finds the one that another is most like."""

    def __init__(self) -> None:
        self._sizes: dict[int, int] = {}
        self._having: dict[str, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, number: int, said: set[str]) -> None:
        """A question with these tokens speaks for the group of this number from now on."""
        self._sizes[number] = len(said)
        for token in said:
            self._having[token].append(number)

    def near(self, said: set[str]) -> int | None:
        """The group that a question belongs to; only those that share a token are looked at."""
        shared = Counter(number for token in said for number in self._having.get(token, ()))
        likeness = {number: 2 * n / (len(said) + self._sizes[number]) for number, n in shared.items()}
        best = max(likeness, key=lambda number: (likeness[number], -number), default=None)
        return None if best is None or likeness[best] < ALIKE else best


def grouped(questions: Iterable[Question]) -> list[Group]:
    """Groups, the largest first, of which each question is in one: that whose first question it is most like."""
    groups: list[Group] = []
    leads = Leads()
    for question in questions:
        if not (said := set(tokens(question.text))):
            continue
        if (place := leads.near(said)) is None:
            place = len(groups)
            groups.append(Group())
            leads.add(place, said)
        groups[place].questions.append(question)
    return sorted(groups, key=lambda group: -len(group.questions))
