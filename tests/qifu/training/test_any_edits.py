"""Whatever trainers do one after another, the data stay readable and hold just what was put into them."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qifu.training.draft import Draft
from qifu.training.questions import (
    Block,
    add_questions,
    change_question,
    clean,
    delete_questions,
    give_blocks,
    move_questions,
)
from seeds.read import SeedReader

type Held = Counter[tuple[str, str | None, str]]

_BLOCKS = [Block(f"taxes/{name}", point) for name in "abc" for point in (None, "p/1#1", "p/1#2")] + [Block("thanks")]
_TEXTS = st.one_of(
    st.text(min_size=1, max_size=20),
    st.sampled_from(
        ["- 横杠", "# 井号", "'单'\"双\"", "a: b", "| > %", "👍🏽", "\\n", "~", "null", "3.10", "【】《》", "—"]
    ),
)
_EDITS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "delete", "change", "move", "rename"]),
        st.sampled_from(_BLOCKS),
        st.sampled_from(_BLOCKS),
        st.lists(_TEXTS, min_size=1, max_size=4),
        st.integers(0, 9),
    ),
    max_size=12,
)
_START = """\
version: "3.1"
nlu:
# Above.
- intent: taxes/a
  metadata: {point: p/1#1}
  examples: |
    - 起初
# Between.
- intent: taxes/b
  examples: |
    - 其次
    - 再次
- lookup: things
  examples: |
    - 东西
# Below.
"""


@given(edits=_EDITS)
@settings(max_examples=60, deadline=None)
def test_any_edits_leave_readable_data_with_what_was_put_into_them(edits: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        draft = Draft(Path(folder))
        draft.write(draft.root / "nlu/data/taxes.yml", _START)
        start = [("taxes/a", "p/1#1", "起初"), ("taxes/b", None, "其次"), ("taxes/b", None, "再次")]
        held: Held = Counter(start)
        for edit in edits:
            _edit(draft, held, edit)
            held = +held
        assert _read(draft) == held
        text = (draft.root / "nlu/data/taxes.yml").read_text(encoding="utf-8")
        assert [line for line in text.splitlines() if line in {"# Above.", "# Between.", "# Below."}] == [
            "# Above.",
            "# Between.",
            "# Below.",
        ]


def _edit(draft: Draft, held: Held, edit: tuple[str, Block, Block, list[str], int]) -> None:
    kind, block, other, texts, number = edit
    own = [text for intent, point, text in held if (intent, point) == (block.intent, block.point)]
    if kind == "add":
        add_questions(draft, block, texts)
        _put(held, block, texts)
        return
    if not own:
        return
    chosen = own[number % len(own)]
    if kind == "rename":
        give_blocks(draft, block.intent, lambda held: Block(other.intent, held.point) if held == block else held)
        _take(held, block, own)
        _put(held, Block(other.intent, block.point), own)
        return
    if kind == "change" and (not clean(texts[0]) or clean(texts[0]) in own):
        return
    _take(held, block, [chosen])
    if kind == "delete":
        delete_questions(draft, block, [chosen])
    elif kind == "change":
        change_question(draft, block, chosen, texts[0])
        _put(held, block, texts[:1])
    else:
        move_questions(draft, block, [chosen], other)
        _put(held, other, [chosen])


def _put(held: Held, block: Block, texts: list[str]) -> None:
    for text in filter(None, map(clean, texts)):
        held[block.intent, block.point, text] = 1


def _take(held: Held, block: Block, texts: list[str]) -> None:
    for text in texts:
        del held[block.intent, block.point, text]


def _read(draft: Draft) -> Held:
    reader = SeedReader(draft.root / "seeds", draft.root / "nlu" / "data")
    for path in sorted((draft.root / "nlu" / "data").glob("*.yml")):
        reader._read_questions(path)
    return Counter((question.intent, question.point, question.text) for question in reader.seeds.questions)
