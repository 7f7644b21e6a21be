"""Measures over parses, and a small comparison from end to end."""

import subprocess
import sys
from pathlib import Path

import pytest
from held_out import Block, Parse, Question, measure, read_blocks, read_questions

from tests.conftest import NLU, make_room

BLOCKS = [Block("taxes/refund", "p#1", ("退税",)), Block("taxes/refund", "p#2", ()), Block("ip/mark", "p#3", ())]
QUESTIONS = [
    Question("几天退税", "taxes", frozenset({"p#1"})),
    Question("商标", "ip", frozenset({"p#3", "p#9"})),
    Question("天气", "out_of_scope"),
    Question("你好", "greet"),
]
HELD_OUT = """\
topic: taxes
questions:
  - q: 外贸企业退税几天能到
    point: minhang-2023/7#5
    also: [shanghai-2024/1.7#6]
    style: short
"""


def test_what_is_right_is_counted() -> None:
    parses = [
        Parse("taxes", "taxes/refund", ("p#2", "p#1")),
        Parse("taxes", "taxes/refund", ("p#1", "p#2", "p#4", "p#3")),
        Parse("out_of_scope", "ip/mark"),
        Parse("thanks", "ip/mark"),
    ]
    measures = measure(QUESTIONS, parses, BLOCKS)
    assert measures["topic"] == measures["matter"] == measures["points"] == 0.5
    assert measures["out_of_scope"] == 1
    assert measures["macro_f1"] == pytest.approx((2 / 3 + 0 + 1 + 0) / 4)


def test_a_pipeline_that_knows_only_intents_says_nothing_of_matters() -> None:
    measures = measure(QUESTIONS, [Parse(question.intent) for question in QUESTIONS], BLOCKS)
    assert measures == {"topic": 1, "macro_f1": 1, "out_of_scope": 1, "matter": None, "points": None}


def test_questions_and_blocks_are_read(tmp_path: Path) -> None:
    (tmp_path / "taxes.yml").write_text(HELD_OUT, encoding="utf-8")
    points = frozenset({"minhang-2023/7#5", "shanghai-2024/1.7#6"})
    assert read_questions(tmp_path) == [Question("外贸企业退税几天能到", "taxes", points)]
    blocks = read_blocks(make_room(tmp_path / "room") / "data")
    assert Block("greet", None, ("你好", "早上好", "hello")) in blocks
    assert blocks[0].point == "minhang-2023/7#5"


def test_pipelines_are_compared_in_a_table(tmp_path: Path) -> None:
    (tmp_path / "taxes.yml").write_text(HELD_OUT, encoding="utf-8")
    data = make_room(tmp_path / "room") / "data"
    command = [sys.executable, str(NLU / "compare.py"), "--data", str(data), "--held-out", str(tmp_path)]
    done = subprocess.run(  # noqa: S603  # our own command
        [*command, "--pipelines", "ours,svc"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    head, _, *rows = done.stdout.splitlines()
    assert head.startswith("| pipeline | topic |")
    assert len(rows) == 2
    assert all("| 1.000 |" in row and "failed" not in row for row in rows), rows
