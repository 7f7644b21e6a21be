"""The evaluation counts what it says it counts."""

import json
from pathlib import Path
from typing import Any

import pytest

from qifu.errors import SeedError
from qifu.evaluation.held_out import HeldOut, read_held_out
from qifu.evaluation.report import misses, summary, table, write_report
from qifu.evaluation.score import Scored, Share, grouped, share
from qifu.labels import OUT_OF_SCOPE, Act, District, Topic

A, B = "minhang-2023/7#1", "shanghai-2024/3.2#1"


def question(points: list[str], outcome: str = "answered", topic: str | None = "taxes", **more: Any) -> Scored:
    """A question on taxes that A answers, and what the bot made of it."""
    case = HeldOut("退税几天", "question", Topic.TAXES, "short", "zh", (A,), where="taxes.yml:3")
    return Scored(case, a_turn(points, outcome, topic) | more)


def a_turn(points: list[str], outcome: str, topic: str | None = None, act: str | None = None) -> dict[str, Any]:
    """A turn of the batch interface."""
    return {
        "points": points, "outcome": outcome, "topic": topic, "act": act, "intent": topic or act, "confidence": 0.8,
        "matter": None, "ms": 12, "replies": [{"text": "方案里这样写", "buttons": []}],
    }  # fmt: skip


def contact(said: str) -> Scored:
    """A question for somebody, and what the bot said."""
    case = HeldOut("退税归谁管", "contact", Topic.TAXES, "short", "zh", must=(("区人社局", "人社局"),))
    return Scored(case, a_turn([A], "answered", "taxes") | {"replies": [{"text": said, "buttons": []}]})


def outside(points: list[str], outcome: str) -> Scored:
    """A message that is none of ours."""
    case = HeldOut("明天天气", OUT_OF_SCOPE, OUT_OF_SCOPE, "short", "zh")
    return Scored(case, a_turn(points, outcome, "taxes"))


def an_act(act: str | None, topic: str | None = None) -> Scored:
    """A wish for a person."""
    case = HeldOut("转人工", "act", Act.HANDOFF, "short", "zh", where="acts.yml:9")
    return Scored(case, a_turn([], "handoff" if act else "answered", topic, act))


@pytest.mark.parametrize(
    ("scored", "right", "fact", "first"),
    [
        (contact("可以找：区人社局"), True, True, False),
        (contact("可以找：区财政局"), True, False, False),
        (question([A]), True, True, True),
        (question([B, A]), True, True, False),
        (question([B]), True, False, False),
        (question([]), True, False, False),
        (question([A], topic="trade"), False, True, True),
        (question([], "out_of_scope"), False, False, False),
        (question([], "no_answer", None), False, False, False),
    ],
)
def test_a_question_is_scored_by_topic_and_fact(scored: Scored, right: bool, fact: bool, first: bool) -> None:
    assert (scored.right, scored.fact, scored.first) == (right, fact, first)


@pytest.mark.parametrize(
    ("scored", "kept_out"),
    [
        (outside([], "out_of_scope"), True),
        (outside([], "no_answer"), True),
        (outside([], "clarify"), True),
        (outside([A], "no_answer"), True),
        (outside([A], "answered"), False),
    ],
)
def test_out_of_scope_is_kept_out_where_no_measure_answers(scored: Scored, kept_out: bool) -> None:
    assert scored.kept_out is kept_out


def test_an_act_is_right_by_its_name() -> None:
    assert an_act("handoff").right
    assert not an_act("appeal").right
    assert not an_act(None, "taxes").right


def test_shares_count_and_nothing_is_nought() -> None:
    assert share([question([A]), question([]), question([B])], lambda row: bool(row.turn["points"])) == Share(2, 3)
    assert (Share(3, 4).percent, Share(0, 0).percent) == (75.0, 0.0)
    assert str(Share(3, 4)).strip() == "75.0% (3/4)"


def test_the_summary_has_each_figure_over_its_own_rows() -> None:
    rows = [question([A]), question([B]), an_act("handoff"), outside([], "out_of_scope"), outside([A], "answered")]
    figures = summary(rows)
    assert figures["topic"] == Share(2, 2)
    assert figures["fact in the reply"] == Share(1, 2)
    assert figures["acts"] == Share(1, 1)
    assert figures["out of scope kept out"] == Share(1, 2)
    assert figures["median milliseconds"] == 12
    assert summary([])["topic"] == Share(0, 0)


def test_the_report_shows_groups_and_lists_each_miss_with_its_place(tmp_path: Path) -> None:
    rows = [question([A]), question([B], topic="trade"), an_act("appeal"), outside([A], "answered")]
    write_report(rows, [], tmp_path / "new")
    report = (tmp_path / "new" / "evaluation.md").read_text(encoding="utf-8")
    assert "| taxes | 2 | 50% | 50% | 50% |" in report
    assert "| minhang-2023 | 2 |" in report
    listed = [json.loads(line) for line in (tmp_path / "new" / "misses.jsonl").read_text().splitlines()]
    assert [miss["where"] for miss in listed] == ["taxes.yml:3", "acts.yml:9", ""]
    assert listed[0]["got"] == "trade"
    assert {path.suffix for path in (tmp_path / "new").iterdir()} == {".md", ".jsonl", ".png"}
    assert len(misses(rows)) == 3
    assert table([]).startswith("| figure | value |")
    assert list(grouped(rows, lambda row: row.case.kind)) == ["act", "out_of_scope", "question"]


def test_held_out_messages_are_read_whole() -> None:
    rows = read_held_out()
    kinds = {row.kind for row in rows}
    assert kinds == {"question", "contact", "act", OUT_OF_SCOPE}
    assert {row.label for row in rows if row.kind == "question"} == set(Topic)
    assert all(row.text and row.where for row in rows)


def test_a_held_out_question_carries_its_points_and_district(tmp_path: Path) -> None:
    (tmp_path / "taxes.yml").write_text(
        f"topic: taxes\nquestions:\n- {{q: 退税几天, point: {A}, also: [{B}], style: short, district: minhang}}\n"
        f"- {{q: how long, point: {A}, style: english}}\n",
        encoding="utf-8",
    )
    first, second = read_held_out(tmp_path)
    assert (first.points, first.district, first.language) == ((A, B), District.MINHANG, "zh")
    assert second.language == "en"


def test_broken_held_out_rows_are_all_named_by_line(tmp_path: Path) -> None:
    (tmp_path / "taxes.yml").write_text(
        "topic: taxes\nquestions:\n- {q: 退税几天, style: short}\n- {q: 好, point: a, style: s, district: pudong}\n",
        encoding="utf-8",
    )
    with pytest.raises(SeedError) as caught:
        read_held_out(tmp_path)
    assert [finding.split(":")[1] for finding in caught.value.findings] == ["3", "4"]
