"""How alike two texts are: by the pairs of characters they share."""

import unicodedata
from collections import Counter

SAME = 0.8
"""From this likeness on, two appeals of one user say the same."""


def likeness(one: str, other: str) -> float:
    """Dice's coefficient of the texts' character pairs, from 0 to 1; width, case, blanks and signs don't count."""
    first, second = _pairs(one), _pairs(other)
    total = first.total() + second.total()
    if not total:
        return 1.0 if _letters(one) == _letters(other) else 0.0
    return 2 * (first & second).total() / total


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _pairs(text: str) -> Counter[str]:
    letters = _letters(text)
    return Counter(letters[n : n + 2] for n in range(len(letters) - 1))
