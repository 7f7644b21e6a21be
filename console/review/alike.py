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


def grouped(questions: Iterable[Question]) -> list[Group]:
    """Groups, the largest first, of which each question is in one.

    A question joins the group whose first question it is most like; only those that share a token are looked at.
    """
    groups: list[Group] = []
    sizes: list[int] = []
    having: dict[str, list[int]] = defaultdict(list)
    for question in questions:
        said = set(tokens(question.text))
        if not said:
            continue
        shared = Counter(place for token in said for place in having[token])
        likeness = {place: 2 * n / (len(said) + sizes[place]) for place, n in shared.items()}
        best = max(likeness, key=lambda place: (likeness[place], -place), default=None)
        if best is None or likeness[best] < ALIKE:
            best = len(groups)
            groups.append(Group())
            sizes.append(len(said))
            for token in said:
                having[token].append(best)
        groups[best].questions.append(question)
    return sorted(groups, key=lambda group: -len(group.questions))
