"""What the reports of versions say of each intent: its held-out score, how it went, and what it was taken for."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.training.names import ACTS
from qifu.evaluation.floors import FLOORS
from qifu.evaluation.held_out import HeldOut
from qifu.labels import OUT_OF_SCOPE, Act, ModelState, Outcome
from qifu.models.room import ModelRoom
from qifu.training.catalogue import Catalogue
from seeds.yaml import load_yaml
from store.models import ModelVersionRow

_VERSIONS = 6
_FIGURES = {ACTS: "acts", OUT_OF_SCOPE: "out of scope kept out"}
_ACTS = {str(act) for act in Act}


@dataclass(frozen=True)
class Score:
    """How many of how many held-out messages went right."""

    right: int
    of: int

    @property
    def percent(self) -> float:
        """0 to 100."""
        return 100 * self.right / self.of if self.of else 0.0


@dataclass(frozen=True)
class Missed:
    """A held-out message that went wrong: whose it is, and what it was taken for (empty: nothing)."""

    text: str
    wanted: str
    got: str
    outcome: str


@dataclass(frozen=True)
class Figures:
    """Of the live version and those before it."""

    live: int | None = None
    scored: bool = False
    scores: Sequence[tuple[int, Mapping[str, Score]]] = ()
    missed: Sequence[Missed] = ()
    floors: Mapping[str, float] = field(default_factory=dict)
    """What is to be reached, in percent: by a key of its own, or (empty) by each topic and matter."""
    confused: Mapping[str, Counter[str]] = field(default_factory=dict)
    """Of each intent, with which others and how often, in either direction."""

    def score(self, key: str) -> Score | None:
        """What the live version reaches for a matter, an act, a topic, all acts or out_of_scope."""
        return self.scores[-1][1].get(key) if self.scored else None

    def trend(self, key: str) -> list[tuple[int, float]]:
        """The versions that were measured, oldest first, with percent."""
        return [(number, scores[key].percent) for number, scores in self.scores if key in scores]

    def below(self, key: str) -> bool:
        """Whether it is below the floor."""
        score = self.score(key)
        return bool(score and score.of and score.percent < self.floors.get(key, self.floors.get("", 0.0)))


async def read_figures(room: ModelRoom | None, catalogue: Catalogue) -> Figures:
    """The figures as they stand; empty where no version was measured."""
    return figures_of(await room.registry.all() if room else (), catalogue)


def figures_of(rows: Sequence[ModelVersionRow], catalogue: Catalogue) -> Figures:
    """The figures of versions (newest first)."""
    live = next((row for row in rows if row.state is ModelState.LIVE), None)
    if live is None:
        return Figures()
    measured = [row for row in rows if row.id <= live.id and _scores(row)][:_VERSIONS][::-1]
    scored = bool(measured) and measured[-1].id == live.id
    owners = Owners(catalogue)
    missed = [_missed(miss, owners) for miss in _scores(live)["misses"] if _is_plain(miss)] if scored else []
    confused: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for miss in missed:
        if miss.got and miss.got != miss.wanted:
            confused[miss.wanted][miss.got] += 1
            confused[miss.got][miss.wanted] += 1
    return Figures(
        live.id,
        scored,
        [(row.id, dict(_each(_scores(row)))) for row in measured],
        missed,
        _floors(),
        dict(confused),
    )


class Owners:
    """Which intent a held-out message or a point belongs to: of several matters the first, as the reports count."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.matters = catalogue.seeds.matters
        self._of: dict[str, str] = {}
        for matter in catalogue.seeds.matters.values():
            for point in matter.points:
                self._of.setdefault(point, matter.id)

    def of(self, points: Sequence[str]) -> str:
        """The matter of the first point that has one."""
        return next((self._of[point] for point in points if point in self._of), "")

    def intent(self, row: HeldOut) -> str:
        """The intent of a held-out message; empty where it asks for a contact."""
        if row.kind == "question":
            return self.of(row.points)
        return str(row.label) if row.kind in ("act", OUT_OF_SCOPE) else ""


def _floors() -> dict[str, float]:
    floors = load_yaml(FLOORS)
    own = {key: float(floors["below"][name]) for key, name in _FIGURES.items()}
    return own | {"": float(floors["fact_in_each"]["topic"])}


def _scores(row: ModelVersionRow) -> dict[str, Any]:
    return (row.report or {}).get("scores") or {}


def _each(scores: Mapping[str, Any]) -> Iterator[tuple[str, Score]]:
    """Every score of a report: questions count by their fact, acts by being recognised."""
    groups = scores["groups"]
    for kind, index in (("topic", 2), ("matter", 2), ("act", 1)):
        for name, counts in groups.get(kind, {}).items():
            yield name, Score(counts[index], counts[0])
    for key, name in _FIGURES.items():
        if name in scores["figures"]:
            percent, of = scores["figures"][name]
            yield key, Score(round(percent * of / 100), int(of))


def _is_plain(miss: Mapping[str, Any]) -> bool:
    """Whether it is a question, an act or out of scope; those that ask for a contact name groups of names."""
    return all(isinstance(point, str) for point in miss["points"])


def _missed(miss: Mapping[str, Any], owners: Owners) -> Missed:
    wanted, got = str(miss["wanted"]), str(miss["got"])
    if miss["points"]:
        wanted = owners.of(miss["points"]) or wanted
    if got not in _ACTS and got != OUT_OF_SCOPE:
        quoted = owners.of(miss["quoted"] or ())
        got = quoted or ("" if miss["outcome"] == Outcome.NO_ANSWER else str(miss["matter"] or ""))
    return Missed(str(miss["q"]), wanted, got, str(miss["outcome"]))
