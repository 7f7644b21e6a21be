"""Floors under the figures of an evaluation: what falls below one fails the build (floors.yml)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qifu.evaluation.score import Scored, Share, grouped, share
from seeds.yaml import load_yaml

FLOORS = Path(__file__).with_name("floors.yml")
FACT = "fact in the reply"


@dataclass(frozen=True)
class Fall:
    """A figure below its floor, or above its ceiling; of one topic or style, where `kind` and `group` name it."""

    figure: str
    value: float
    limit: float
    word: str = "below"
    kind: str = ""
    group: str = ""
    shown: str = ""

    def __str__(self) -> str:
        where = f", {self.kind} {self.group}" if self.kind else ""
        return f"{self.figure}{where}: {self.shown or f'{self.value:.1f}'} is {self.word} {self.limit}"


def falls(figures: Mapping[str, Share | float], rows: Sequence[Scored], path: Path = FLOORS) -> list[Fall]:
    """Each figure below its floor (or above its ceiling); empty where all hold."""
    floors = load_yaml(path)
    found = [
        Fall(str(name), _value(figures[name]), limit, word)
        for word, sign in (("below", -1), ("above", 1))
        for name, limit in floors[word].items()
        if sign * (_value(figures[name]) - limit) > 0
    ]
    questions = [row for row in rows if row.case.kind == "question"]
    groups = {"topic": grouped(questions, lambda r: r.case.label), "style": grouped(questions, lambda r: r.case.style)}
    for kind, limit in floors["fact_in_each"].items():
        for name, group in groups[kind].items():
            if (reached := share(group, lambda row: row.fact)).percent < limit:
                found.append(Fall(FACT, reached.percent, limit, "below", str(kind), name, str(reached)))
    return found


def below(figures: Mapping[str, Share | float], rows: Sequence[Scored], path: Path = FLOORS) -> list[str]:
    """The same as lines that name figure and floor."""
    return [str(fall) for fall in falls(figures, rows, path)]


def _value(figure: Share | float) -> float:
    return figure.percent if isinstance(figure, Share) else figure
