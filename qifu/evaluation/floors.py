"""Floors under the figures of an evaluation: what falls below one fails the build (floors.yml)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from qifu.evaluation.score import Scored, Share, grouped, share
from seeds.yaml import load_yaml

FLOORS = Path(__file__).with_name("floors.yml")


def below(figures: Mapping[str, Share | float], rows: Sequence[Scored], path: Path = FLOORS) -> list[str]:
    """Each figure below its floor (or above its ceiling), as a line that names both; empty where all hold."""
    floors = load_yaml(path)
    found = [
        f"{name}: {_value(figures[name]):.1f} is {word} {limit}"
        for word, sign in (("below", -1), ("above", 1))
        for name, limit in floors[word].items()
        if sign * (_value(figures[name]) - limit) > 0
    ]
    questions = [row for row in rows if row.case.kind == "question"]
    groups = {"topic": grouped(questions, lambda r: r.case.label), "style": grouped(questions, lambda r: r.case.style)}
    for kind, limit in floors["fact_in_each"].items():
        for name, group in groups[kind].items():
            if (reached := share(group, lambda row: row.fact)).percent < limit:
                found.append(f"fact in the reply, {kind} {name}: {reached} is below {limit}")
    return found


def _value(figure: Share | float) -> float:
    return figure.percent if isinstance(figure, Share) else figure
