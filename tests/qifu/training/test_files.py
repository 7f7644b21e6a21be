"""An edit changes its own lines of a file and no other byte."""

import difflib
from pathlib import Path

import pytest

from qifu.errors import EditError
from qifu.evaluation.held_out import HeldOut
from qifu.labels import Topic
from qifu.settings import ROOT
from qifu.training.draft import HELD_OUT, Draft
from qifu.training.held_out import add_conversation, add_held_out
from qifu.training.matters import add_matter, change_matter, merge_matters, rename_matter, split_matter
from qifu.training.questions import (
    Block,
    add_questions,
    change_question,
    clean,
    delete_questions,
    give_blocks,
    move_questions,
)
from seeds.model import Matter

_QUESTIONS = """\
version: "3.1"
# Of taxes.
nlu:
# The first.
- intent: taxes/a
  metadata: {point: p/1#1}
  examples: |
    - 甲一
    - 'quoted' "twice"
    - 3.10
# Behind a.

- intent: taxes/b
  examples: |
    - 乙一
    - 乙二
# Behind b.
- intent: taxes/c
  examples: |
    - 丙一
# The end.
"""
_MATTERS = """\
topic: taxes
matters:
  # The first.
  - id: a
    name: {zh: "甲", en: 'Matter, a'}
    answers:
      p: [1#1]
    keywords: [x, "y"]  # both
  # Before b.

  - id: b
    name: {zh: 乙, en: B}
    # Inside b.
    answers:
      p: [1#2, 1#3]
      q: [2.1#1]
  # Before c.
  - id: c
    name: {zh: 丙, en: C}
    answers:
      p: [1#4]
    general: true
# The end.
"""
_A, _B, _C = Block("taxes/a", "p/1#1"), Block("taxes/b"), Block("taxes/c")


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """A draft of one topic with comments, quotation marks and empty lines."""
    for name, text in (("nlu/data", _QUESTIONS), ("seeds/matters", _MATTERS)):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "taxes.yml").write_text(text, encoding="utf-8")
    return Draft(tmp_path)


def _changed(draft: Draft, name: str) -> list[str]:
    """Lines that are new (+) or gone (-)."""
    before = {"nlu/data": _QUESTIONS, "seeds/matters": _MATTERS}[name].splitlines()
    after = (draft.root / name / "taxes.yml").read_text(encoding="utf-8").splitlines()
    lines = difflib.unified_diff(before, after, n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize("patterns", [("seeds/matters/*.yml",), ("nlu/data/*.yml",), HELD_OUT])
def test_the_repository_is_written_as_it_was_read(tmp_path: Path, patterns: tuple[str, ...]) -> None:
    draft = Draft(tmp_path)
    for path in Draft(ROOT).files(*patterns):
        name = path.relative_to(ROOT)
        draft.save(tmp_path / name, draft.load(path))
        assert (tmp_path / name).read_bytes() == path.read_bytes(), name


def test_a_question_is_added_at_the_end_of_its_block(draft: Draft) -> None:
    assert add_questions(draft, _B, ["乙三", "乙一", "  乙\n四 "]) == 2
    assert _changed(draft, "nlu/data") == ["+    - 乙三", "+    - 乙 四"]


def test_nothing_new_leaves_the_file_alone(draft: Draft) -> None:
    before = (draft.root / "nlu/data/taxes.yml").stat()
    assert add_questions(draft, _B, ["乙一", " "]) == 0
    assert (draft.root / "nlu/data/taxes.yml").stat() == before


def test_a_new_block_stands_behind_those_of_its_intent(draft: Draft) -> None:
    add_questions(draft, Block("taxes/a", "p/1#2"), ["甲二"])
    assert _changed(draft, "nlu/data") == [
        "+- intent: taxes/a",
        "+  metadata: {point: p/1#2}",
        "+  examples: |",
        "+    - 甲二",
    ]
    text = (draft.root / "nlu/data/taxes.yml").read_text(encoding="utf-8")
    assert text.index("甲二") < text.index("# Behind a.")


def test_a_question_of_a_new_topic_begins_a_file(draft: Draft) -> None:
    add_questions(draft, Block("trade/x"), ["报关"])
    text = (draft.root / "nlu/data/trade.yml").read_text(encoding="utf-8")
    assert text == 'version: "3.1"\nnlu:\n- intent: trade/x\n  examples: |\n    - 报关\n'


def test_a_question_is_deleted_alone(draft: Draft) -> None:
    delete_questions(draft, _B, ["乙二"])
    assert _changed(draft, "nlu/data") == ["-    - 乙二"]


@pytest.mark.parametrize(("block", "texts"), [(_B, ["乙一", "乙二"]), (_C, ["丙一"])])
def test_an_empty_block_goes_and_the_comments_around_it_stay(draft: Draft, block: Block, texts: list[str]) -> None:
    delete_questions(draft, block, texts)
    gone = [f"-- intent: {block.intent}", "-  examples: |", *(f"-    - {text}" for text in texts)]
    assert _changed(draft, "nlu/data") == gone


def test_all_comments_outlive_all_blocks_but_the_last(draft: Draft) -> None:
    delete_questions(draft, _A, ["甲一", "'quoted' \"twice\"", "3.10"])
    delete_questions(draft, _B, ["乙一", "乙二"])
    text = (draft.root / "nlu/data/taxes.yml").read_text(encoding="utf-8")
    comments = ["# Of taxes.", "# The first.", "# Behind a.", "# Behind b.", "# The end."]
    assert [line for line in text.splitlines() if line.startswith("#")] == comments


def test_a_question_changes_in_its_place(draft: Draft) -> None:
    change_question(draft, _A, "甲一", " 甲\t壹 ")
    assert _changed(draft, "nlu/data") == ["-    - 甲一", "+    - 甲 壹"]


def test_a_question_moves(draft: Draft) -> None:
    move_questions(draft, _B, ["乙一"], _C)
    assert _changed(draft, "nlu/data") == ["-    - 乙一", "+    - 乙一"]


def test_a_block_takes_another_place_where_it_stands(draft: Draft) -> None:
    give_blocks(draft, "taxes/b", lambda block: Block("taxes/z", "p/9#9"))
    assert _changed(draft, "nlu/data") == [
        "-- intent: taxes/b",
        "+- intent: taxes/z",
        "+  metadata:",
        "+    point: p/9#9",
    ]


def test_what_yaml_cannot_hold_leaves_a_question() -> None:
    assert clean("\ufeff退\x00税\u2028几\x85天\ud800👨‍👩‍👧\uffff") == "退税 几 天👨‍👩‍👧"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda draft: delete_questions(draft, _B, ["没有"]), "no_question"),
        (lambda draft: delete_questions(draft, Block("taxes/none"), ["没有"]), "no_question"),
        (lambda draft: change_question(draft, _B, "乙一", " "), "empty"),
        (lambda draft: change_question(draft, _B, "没有", "有"), "no_question"),
        (lambda draft: move_questions(draft, _B, ["没有"], _C), "no_question"),
        (lambda draft: add_matter(draft, _matter("taxes/a")), "matter_exists"),
        (lambda draft: add_matter(draft, _matter("taxes/A b")), "matter_id"),
        (lambda draft: change_matter(draft, _matter("taxes/none")), "no_matter"),
        (lambda draft: rename_matter(draft, "taxes/a", "trade/a"), "matter_id"),
        (lambda draft: rename_matter(draft, "taxes/a", "taxes/b"), "matter_exists"),
        (lambda draft: merge_matters(draft, "taxes/a", "taxes/a"), "same_matter"),
        (lambda draft: split_matter(draft, "taxes/a", _matter("taxes/n", ("p/1#1",))), "nothing_left"),
    ],
)
def test_what_makes_no_sense_is_refused(draft: Draft, edit: object, code: str) -> None:
    assert callable(edit)
    with pytest.raises(EditError) as refused:
        edit(draft)
    assert refused.value.code == code


def test_a_matter_is_added_behind_the_others(draft: Draft) -> None:
    new = Matter("taxes/n", Topic.TAXES, "新", "New, it is", ("p/1#9", "q/2#1"), keywords=("k",))
    add_matter(draft, new, [(None, "问"), ("p/1#9", "点")])
    assert _changed(draft, "seeds/matters") == [
        "+  - id: n",
        "+    name: {zh: 新, en: 'New, it is'}",
        "+    answers:",
        "+      p: [1#9]",
        "+      q: [2#1]",
        "+    keywords: [k]",
    ]
    assert "+    - 问" in _changed(draft, "nlu/data")


def test_a_matter_changes_in_its_own_lines(draft: Draft) -> None:
    change_matter(draft, Matter("taxes/a", Topic.TAXES, "甲", "Matter, a", ("p/1#1",), audience="谁", keywords=("z",)))
    assert _changed(draft, "seeds/matters") == [
        '-    keywords: [x, "y"]  # both',
        "+    keywords: [z]       # both",
        "+    audience: 谁",
    ]


def test_points_that_a_matter_loses_leave_its_questions(draft: Draft) -> None:
    change_matter(draft, Matter("taxes/a", Topic.TAXES, "甲", "Matter, a", ("p/1#8",), keywords=("x", "y")))
    assert _changed(draft, "seeds/matters") == ["-      p: [1#1]", "+      p: [1#8]"]
    assert _changed(draft, "nlu/data") == ["-  metadata: {point: p/1#1}"]


def test_a_matter_as_it_was_changes_nothing(draft: Draft) -> None:
    change_matter(draft, Matter("taxes/b", Topic.TAXES, "乙", "B", ("p/1#2", "p/1#3", "q/2.1#1")))
    assert _changed(draft, "seeds/matters") == _changed(draft, "nlu/data") == []


def test_a_matter_is_renamed_with_its_questions(draft: Draft) -> None:
    rename_matter(draft, "taxes/b", "taxes/bb")
    assert _changed(draft, "seeds/matters") == ["-  - id: b", "+  - id: bb"]
    assert _changed(draft, "nlu/data") == ["-- intent: taxes/b", "+- intent: taxes/bb"]


def test_a_matter_joins_another(draft: Draft) -> None:
    merge_matters(draft, "taxes/a", "taxes/b")
    text = (draft.root / "seeds/matters/taxes.yml").read_text(encoding="utf-8")
    assert "      p: [1#1, 1#2, 1#3]\n      q: [2.1#1]\n    keywords:" in text
    assert [line.strip() for line in text.splitlines() if line.strip().startswith("#")] == [
        "# The first.",
        "# Before b.",
        "# Before c.",
        "# The end.",
    ]
    assert _changed(draft, "nlu/data") == ["-- intent: taxes/b", "+- intent: taxes/a"]


def test_a_matter_is_split_with_the_questions_of_its_points(draft: Draft) -> None:
    add_questions(draft, Block("taxes/b", "q/2.1#1"), ["乙的二"])
    split_matter(draft, "taxes/b", _matter("taxes/n", ("q/2.1#1",)), [(_B, "乙一")])
    assert [line for line in _changed(draft, "seeds/matters") if line[0] == "-"] == ["-      q: [2.1#1]"]
    content = draft.load(draft.root / "nlu/data/taxes.yml")
    blocks = {(entry["intent"], str(entry["examples"])) for entry in content["nlu"]}
    assert {("taxes/b", "- 乙二\n"), ("taxes/n", "- 乙一\n"), ("taxes/n", "- 乙的二\n")} <= blocks


def test_held_out_messages_stand_apart_from_the_repositorys(draft: Draft) -> None:
    row = HeldOut("几时退税", "question", "taxes", "short", "zh", ("p/1#1", "p/1#2"))
    assert add_held_out(draft, [row, row, HeldOut("侬好", "act", "greet", "colloquial", "zh")]) == 2
    assert (draft.root / "tests/nlu/trainers/taxes.yml").read_text(encoding="utf-8") == (
        'topic: taxes\nquestions:\n  - q: "几时退税"\n    point: p/1#1\n    also:\n      - p/1#2\n'
        "    style: short\n    lang: zh\n"
    )
    assert "act: greet" in (draft.root / "tests/nlu/trainers/acts.yml").read_text(encoding="utf-8")


def test_a_conversation_of_the_same_number_is_replaced(draft: Draft) -> None:
    add_conversation(draft, "C-1", "退税", [("退税", "answered"), ("更多", "more")])
    add_conversation(draft, "C-1", "退税", [("退税", "answered")])
    (held,) = draft.load(draft.root / "tests/dialogue/trainers.yml")["conversations"]
    assert [turn["user"] for turn in held["turns"]] == ["退税"]


def _matter(matter_id: str, points: tuple[str, ...] = ("p/1#1",)) -> Matter:
    return Matter(matter_id, Topic.TAXES, "名", "Name", points)
