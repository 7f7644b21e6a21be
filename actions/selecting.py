"""Chooses among ranked points: which are quoted, in which order, and what “more” brings."""

import re
from dataclasses import dataclass

from actions.compose import MOST_POINTS
from actions.cues import Cues
from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Candidate
from qifu.labels import District

_DURATION = re.compile(r"[0-9一二三四五六七八九十半两]+ ?个?(?:工作日|自然日|天|日|小时|分钟|年|月)")
_LONG = 40
_MOST_REST = 9
_FIGURE = re.compile(r"[0-9]|[一二三四五六七八九十百千万两半]+(?:个|天|日|年|月|小时|分钟|家|项|次|类|条|成|倍|亿|万)")


@dataclass(frozen=True)
class Thresholds:
    """Where one outcome ends and the next begins; scores are those of the ranking."""

    answer: float = 0.12
    again: float = 0.3
    again_near: float = 0.03
    general: float = 0.9
    out_of_scope: float = 0.6
    keep: float = 0.15
    clarify_share: float = 0.35
    short: int = 6
    short_place: int = 10
    sure: float = 0.6
    sure_part: float = 0.45
    alike: int = 3


@dataclass(frozen=True)
class Preferences:
    """What a point's score is multiplied by where the question asks for what the point has."""

    figure: float = 1.15
    contact: float = 1.6


class Selector:
    """Selects points for a question."""

    def __init__(
        self, knowledge: Knowledge, cues: Cues, thresholds: Thresholds, preferences: Preferences | None = None
    ) -> None:
        self._knowledge, self._cues, self._thresholds = knowledge, cues, thresholds
        self._preferences = preferences or Preferences()

    def preferred(self, candidates: list[Candidate], text: str) -> list[Candidate]:
        """The candidates with those first that have what the question asks for: a figure, or somebody to turn to."""
        figure, who = self._cues.has("figure", text), self._cues.has("who", text)
        if not (figure or who):
            return candidates

        def score(candidate: Candidate) -> float:
            weight = 1.0
            if figure and _FIGURE.search(self._knowledge.points[candidate.point].text):
                weight *= self._preferences.figure
            if who and self._knowledge.names_contact(candidate.point):
                weight *= self._preferences.contact
            return weight * candidate.score

        return sorted(candidates, key=score, reverse=True)

    def kept(self, candidates: list[Candidate], districts: list[str], most: int = MOST_POINTS) -> list[Candidate]:
        """The candidates to quote: near enough to the best; with several districts, each one's best first."""
        best = max(candidates, key=lambda candidate: candidate.score)
        # Where the best stands by itself, what only the conversation speaks for isn't meant.
        alone = not best.shares.get("context")
        own = {c.point: c.score - (c.shares.get("context", 0.0) if alone else 0.0) for c in candidates}
        enough = [c for c in candidates if own[c.point] >= self._thresholds.keep * best.score]
        if len(districts) > 1:
            first: dict[str, Candidate] = {}
            for candidate in enough:
                first.setdefault(self._knowledge.district(candidate.point), candidate)
            wanted = [first[d] for d in map(District, self.known(districts)) if d in first]
            enough = wanted + [c for c in enough if c not in wanted]
        return enough[:most]

    def rest(self, candidates: list[Candidate], matter: str, used: list[str]) -> list[str]:
        """What “more” brings: the matter's other points, those beside the first in its measure, the next candidates.

        The plans quoted come first: who asks for more of Putuo's measures doesn't mean another district's.
        """
        plans = {point.split("/")[0] for point in used}
        others = sorted(self._knowledge.matters[matter].points, key=lambda point: point.split("/")[0] not in plans)
        beside = [point.id for point in self._knowledge.seeds.measure_of(used[0]).points]
        near = [c.point for c in candidates if c.score >= self._thresholds.keep / 3 * candidates[0].score]
        return [point for point in dict.fromkeys((*others, *beside, *near)) if point not in used][:_MOST_REST]

    def of_matter(self, matter: str, districts: list[str]) -> list[Candidate]:
        """A chosen matter's points as candidates: those of the districts first, then city-wide, then others."""

        def distance(point: str) -> int:
            district = self._knowledge.district(point)
            return 0 if district in districts else 1 if district is District.SHANGHAI else 2

        points = sorted(self._knowledge.matters[matter].points, key=distance)
        return [Candidate(point, matter, 1.0 - rank / 100) for rank, point in enumerate(points)]

    def known(self, districts: list[str]) -> tuple[str, ...]:
        """Those districts that have a plan; city-wide where none has."""
        known = tuple(district for district in districts if self._knowledge.has_plan(district))
        return known or ((District.SHANGHAI,) if districts else ())


def figure_clause(text: str, question: str) -> str | None:
    """The clause of a long sentence that holds its figure: the one nearest to the question; None where one is all.

    It is cut at punctuation only, so that it stands in the sentence as it is.
    """
    wanted = _DURATION if re.search("天|日|久|多长|时限|期限|快", question) else re.compile("[0-9]")
    clauses = [clause for clause in re.split(r"[，；。：]", text) if wanted.search(clause)]
    if not clauses or len(text) < _LONG:
        return None
    asked = {question[i : i + 2] for i in range(len(question) - 1)}
    best = max(clauses, key=lambda clause: sum(clause[i : i + 2] in asked for i in range(len(clause) - 1)))
    return best if 6 <= len(best) <= 0.6 * len(text) else None
