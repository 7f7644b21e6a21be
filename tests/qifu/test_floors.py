"""What falls below a floor is named with both figures; what holds isn't."""

from pathlib import Path

import pytest

from qifu.evaluation.floors import FLOORS, below
from qifu.evaluation.held_out import HeldOut
from qifu.evaluation.report import summary
from qifu.evaluation.score import Scored, Share
from qifu.labels import Topic
from seeds.yaml import load_yaml

A = "minhang-2023/7#1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "floors.yml"
    path.write_text(
        "below: {topic: 90}\nabove: {median characters of a reply: 450}\nfact_in_each: {topic: 85, style: 80}\n",
        encoding="utf-8",
    )
    return path


def answered(right: int, of: int, topic: Topic = Topic.TAXES, style: str = "short") -> list[Scored]:
    """Questions of one topic and style, so many of which get their fact."""
    case = HeldOut("退税几天", "question", topic, style, "zh", (A,))
    return [Scored(case, {"points": [A] if number < right else []}) for number in range(of)]


def test_figures_at_their_floor_or_ceiling_hold(path: Path) -> None:
    assert below({"topic": Share(9, 10), "median characters of a reply": 450.0}, [], path) == []


def test_each_figure_below_its_floor_or_above_its_ceiling_is_named(path: Path) -> None:
    found = below({"topic": Share(89, 100), "median characters of a reply": 451.0}, [], path)
    assert found == ["topic: 89.0 is below 90", "median characters of a reply: 451.0 is above 450"]


def test_nothing_asked_is_below_every_floor(path: Path) -> None:
    assert below({"topic": Share(0, 0), "median characters of a reply": 0.0}, [], path) == ["topic: 0.0 is below 90"]


def test_a_topic_or_style_of_its_own_has_a_floor(path: Path) -> None:
    rows = [*answered(100, 100), *answered(7, 10, Topic.TRADE, "formal"), *answered(82, 100, Topic.IP, "lay")]
    found = below({"topic": Share(1, 1), "median characters of a reply": 1.0}, rows, path)
    assert [line.split(":")[0] for line in found] == [
        "fact in the reply, topic ip",
        "fact in the reply, topic trade",
        "fact in the reply, style formal",
    ]
    assert "(7/10) is below 85" in found[1]


def test_acts_and_other_messages_have_no_floor_of_facts(path: Path) -> None:
    rows = [Scored(HeldOut("你好", "act", "greet", "short", "zh"), {"points": []})]
    assert below({"topic": Share(1, 1), "median characters of a reply": 1.0}, rows, path) == []


def test_every_floor_is_under_a_figure_that_the_evaluation_reports() -> None:
    floors = load_yaml(FLOORS)
    assert {*floors["below"], *floors["above"]} <= summary([]).keys()
    assert set(floors["fact_in_each"]) <= {"topic", "style"}
