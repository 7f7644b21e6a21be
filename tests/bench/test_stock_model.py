"""What the stock model learns from."""

from bench.stock_model import QUICK_STEP, configured, thinned
from qifu.understanding_room import NLU

DATA = """version: "3.1"
nlu:
- intent: taxes/refund
  examples: |
    - one
    - two
    - three
    - four
- intent: greet
  examples: |
    - hello
"""


def test_thinned_data_keeps_every_block_and_its_first_question() -> None:
    assert thinned(DATA, 3) == DATA.replace("    - two\n", "").replace("    - three\n", "")


def test_thinned_by_one_all_stays() -> None:
    assert thinned(DATA, 1) == DATA


def test_rules_are_left_as_they_are() -> None:
    rules = (NLU / "data" / "rules.yml").read_text(encoding="utf-8")
    assert thinned(rules, QUICK_STEP) == rules


def test_the_epochs_are_those_asked_for() -> None:
    assert "epochs: 7" in configured(7)
    assert "name: JiebaTokenizer" in configured(7)
