"""A block that stands several times in a file, or in several files, is one block to trainers."""

from pathlib import Path

import pytest

from qifu.errors import EditError
from qifu.training.blocks import Block, block_of, blocks_of, lines_of
from qifu.training.draft import Draft
from qifu.training.questions import add_questions, change_question, delete_questions, move_questions

REFUND, OTHER = Block("taxes/refund", "p/1#1"), Block("taxes/other")
_FIRST = """\
version: "3.1"
nlu:
- intent: taxes/refund
  metadata: {point: p/1#1}
  examples: |
    - 一
    - 二
- intent: taxes/other
  examples: |
    - 别的
# The second batch.
- intent: taxes/refund
  metadata: {point: p/1#1}
  examples: |
    - 三
"""
_SECOND = """\
version: "3.1"
nlu:
- intent: taxes/refund
  metadata: {point: p/1#1}
  examples: |
    - 四
    - 五
"""


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """Refunds stand in three places."""
    made = Draft(tmp_path)
    made.write(tmp_path / "nlu/data/taxes.yml", _FIRST)
    made.write(tmp_path / "nlu/data/taxes_more.yml", _SECOND)
    return made


def held(draft: Draft, block: Block) -> list[list[str]]:
    """The questions of a block, by place."""
    contents = map(draft.load, draft.files("nlu/data/*.yml"))
    return [lines_of(entry) for content in contents for entry in blocks_of(content) if block_of(entry) == block]


def test_questions_are_deleted_wherever_they_stand(draft: Draft) -> None:
    delete_questions(draft, REFUND, ["二", "三", "五"])
    assert held(draft, REFUND) == [["一"], ["四"]]
    assert "# The second batch." in (draft.root / "nlu/data/taxes.yml").read_text(encoding="utf-8")


def test_a_question_changes_wherever_it_stands(draft: Draft) -> None:
    change_question(draft, REFUND, "五", "6")
    assert held(draft, REFUND) == [["一", "二"], ["三"], ["四", "6"]]


def test_questions_move_from_everywhere(draft: Draft) -> None:
    move_questions(draft, REFUND, ["一", "三", "四"], OTHER)
    assert held(draft, REFUND) == [["二"], ["五"]]
    assert held(draft, OTHER) == [["别的", "一", "三", "四"]]


def test_what_stands_anywhere_is_not_added_again(draft: Draft) -> None:
    assert add_questions(draft, REFUND, ["三", "四", "七"]) == 1
    assert held(draft, REFUND) == [["一", "二", "七"], ["三"], ["四", "五"]]


def test_what_stands_nowhere_is_refused_and_nothing_is_written(draft: Draft) -> None:
    with pytest.raises(EditError) as refused:
        delete_questions(draft, REFUND, ["一", "没有"])
    assert refused.value.values == {"text": "没有"}
    assert held(draft, REFUND) == [["一", "二"], ["三"], ["四", "五"]]
