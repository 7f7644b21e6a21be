"""Fits the weights of the ranking on a development half of the held-out questions; the other half tells what it brings.

The halves are told apart by a hash of the question, so that a question stays in its half whatever is added.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256

from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Context, Ranker, Weights
from actions.knowledge.search import Hit, PointSearch
from actions.understanding import Understanding
from qifu.evaluation.held_out import HeldOut

_FACTORS = (0.5, 0.75, 1.33, 2.0)
_SHOWN = 3
# The scores' scale is free: the point's weight stays, all others are relative to it.
_FITTED = tuple(field.name for field in fields(Weights) if field.name not in ("point", "context"))


@dataclass(frozen=True)
class Fit:
    """Weights with the share of questions whose point is among the first three, on both halves (0 to 1)."""

    weights: Weights
    development: float
    test: float


@dataclass(frozen=True)
class _Asked:
    understood: Understanding
    hits: list[Hit]
    context: Context
    points: frozenset[str]


class _Known(PointSearch):
    """A search that was done before: a fit asks the same questions over and over."""

    def __init__(self, hits: list[Hit]) -> None:
        self._hits = hits

    def search(self, query: str, most: int = 20) -> list[Hit]:
        return self._hits[:most]


async def fit(
    knowledge: Knowledge,
    search: PointSearch,
    parse: Callable[[str], Awaitable[Understanding]],
    held_out: Sequence[HeldOut],
    rounds: int = 2,
) -> tuple[Fit, Fit]:
    """The weights as they are and as a coordinate search finds them best on the development half."""
    halves: tuple[list[_Asked], list[_Asked]] = ([], [])
    for case in held_out:
        if case.kind == "question":
            understood = await parse(case.text)
            named = understood.districts or ([str(case.district)] if case.district else [])
            context = Context(tuple(district for district in named if knowledge.has_plan(district)))
            asked = _Asked(understood, search.search(understood.text, 40), context, frozenset(case.points))
            halves[is_test(case.text)].append(asked)

    def share(weights: Weights, half: Sequence[_Asked]) -> float:
        return sum(_found(knowledge, weights, asked) for asked in half) / max(len(half), 1)

    start = Weights()
    best, reached = start, share(start, halves[0])
    for _ in range(rounds):
        for name in _FITTED:
            for factor in _FACTORS:
                tried = replace(best, **{name: getattr(best, name) * factor})
                if (value := share(tried, halves[0])) > reached:
                    best, reached = tried, value
    return (
        Fit(start, share(start, halves[0]), share(start, halves[1])),
        Fit(best, reached, share(best, halves[1])),
    )


def is_test(text: str) -> bool:
    """Whether a question belongs to the half that nothing is fitted on."""
    return sha256(text.encode()).digest()[0] % 2 == 1


def _found(knowledge: Knowledge, weights: Weights, asked: _Asked) -> bool:
    ranked = Ranker(knowledge, _Known(asked.hits), weights).rank(asked.understood, asked.context, _SHOWN)
    return any(candidate.point in asked.points for candidate in ranked)
