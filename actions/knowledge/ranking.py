"""Ranks points for a question: the classifier's points and matters, the text's BM25, the district, the conversation.

Each signal's share is kept, so that a ranking can be explained.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from actions.knowledge.base import Knowledge
from actions.knowledge.search import PointSearch
from actions.understanding import Understanding
from qifu.labels import District


@dataclass(frozen=True)
class Weights:
    """How much each signal counts; chosen on the held-out questions."""

    point: float = 1.0
    matter: float = 0.5
    text: float = 0.35
    context: float = 0.5
    city: float = 0.75
    elsewhere: float = 0.12
    elsewhere_named: float = 0.04


@dataclass(frozen=True)
class Candidate:
    """A point with its score and the share of each signal in it."""

    point: str
    matter: str
    score: float
    shares: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What the conversation adds: districts asked for (empty: any) and how much the last matters count (0 to 1).

    `named`: the message itself names the districts, so that another district's measure is hardly what is meant.
    """

    districts: tuple[str, ...] = ()
    matters: Mapping[str, float] = field(default_factory=dict)
    named: bool = False


class Ranker:
    """Ranks the points of the knowledge base for what was understood."""

    def __init__(self, knowledge: Knowledge, search: PointSearch, weights: Weights | None = None) -> None:
        self.knowledge, self.search, self.weights = knowledge, search, weights or Weights()

    def rank(self, understood: Understanding, context: Context, most: int = 20) -> list[Candidate]:
        """Candidates, best first; points of general matters only come in through their own text."""
        texts = {hit.point: hit.score for hit in self.search.search(understood.text, most=40)}
        points = {point for point in (*texts, *understood.points) if self._special(point)}
        for matter in (*understood.matters, *context.matters):
            if (known := self.knowledge.matters.get(matter)) and not known.general:
                points |= set(known.points)
        ranked = [self._candidate(point, understood, context, texts) for point in points]
        return sorted(ranked, key=lambda candidate: -candidate.score)[:most]

    def _candidate(
        self, point: str, understood: Understanding, context: Context, texts: Mapping[str, float]
    ) -> Candidate:
        weights = self.weights
        matter = max(self._special(point), key=lambda m: understood.matters.get(m, 0.0) + context.matters.get(m, 0.0))
        shares = {
            "point": weights.point * understood.points.get(point, 0.0),
            "matter": weights.matter * understood.matters.get(matter, 0.0),
            "text": weights.text * texts.get(point, 0.0) ** 2,
            "context": weights.context * context.matters.get(matter, 0.0),
        }
        score = sum(shares.values()) * self._district(point, context)
        return Candidate(point, matter, score, shares)

    def _special(self, point: str) -> list[str]:
        """The matters of a point that are not a topic's catch-all."""
        return [m for m in self.knowledge.matters_of.get(point, ()) if not self.knowledge.matters[m].general]

    def _district(self, point: str, context: Context) -> float:
        """How much a point of this district counts for those asked for."""
        district = self.knowledge.district(point)
        if not context.districts or district in context.districts:
            return 1.0
        if context.districts == (District.SHANGHAI,) and not context.named:
            # “上海” often only says which city; the districts' plans hold there, too.
            return self.weights.city
        if district is District.SHANGHAI:
            return self.weights.city
        return self.weights.elsewhere_named if context.named else self.weights.elsewhere
