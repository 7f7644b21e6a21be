"""Conversation tests are read whole, held as a user would, and judged by what they name."""

from pathlib import Path
from typing import Any

import pytest

from actions.compose import MOST_CHARACTERS
from actions.wording import Wording
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from qifu.errors import SeedError
from qifu.evaluation.conversations import Conversation, Pair, Talked, hold, misses, read_conversations
from qifu.evaluation.report import summary
from qifu.evaluation.score import Share
from qifu.labels import Outcome
from store.database import Database
from tests.fakes.rasa import FakeRasa

GOOD = """\
conversations:
- id: taxes-01
  tests: "a refund, then its source"
  turns:
  - user: 退税几天
    bot:
      must: [[3个工作日, 6个工作日], [征求意见稿]]
      must_not: [公寓]
      outcome: answered
  - user: 谢谢
"""


def folder_of(tmp_path: Path, **files: str) -> Path:
    for stem, text in files.items():
        (tmp_path / f"{stem}.yml").write_text(text, encoding="utf-8")
    return tmp_path


def a_turn(*texts: str, outcome: str = "answered") -> dict[str, Any]:
    """A turn of the batch interface."""
    return {"replies": [{"text": text} for text in texts], "outcome": outcome, "matter": None}


def test_the_conversations_of_the_project_are_read() -> None:
    read = read_conversations()
    assert len({one.id for one in read}) == len(read) > 0
    assert all(pair.user and (pair.must or pair.must_not or pair.outcome) for one in read for pair in one.pairs)


def test_a_conversation_carries_what_its_answers_must_hold(tmp_path: Path) -> None:
    [one] = read_conversations(folder_of(tmp_path, taxes=GOOD))
    assert (one.id, one.where) == ("taxes-01", f"{tmp_path / 'taxes.yml'}:2")
    first = Pair("退税几天", (("3个工作日", "6个工作日"), ("征求意见稿",)), ("公寓",), Outcome.ANSWERED)
    assert one.pairs == (first, Pair("谢谢"))


def test_an_empty_file_holds_no_conversation(tmp_path: Path) -> None:
    assert read_conversations(folder_of(tmp_path, none="", nothing="conversations:\n")) == []


@pytest.mark.parametrize(
    "row",
    [
        "{turns: [{user: a}]}",
        "{id: x}",
        "{id: x, turns: [{bot: {}}]}",
        "{id: x, turns: [{user: a, bot: {must: [3个工作日]}}]}",
        "{id: x, turns: [{user: a, bot: {must_not: 公寓}}]}",
        "{id: x, turns: [{user: a, bot: {outcome: perhaps}}]}",
        "{id: x, turns: [{user: a, bot: {mustnt: [b]}}]}",
        "{id: x, turns: [a]}",
        "{id: x, turns: 5}",
        "a text",
    ],
)
def test_a_bad_conversation_is_named_by_its_line(tmp_path: Path, row: str) -> None:
    text = f"# a comment\nconversations:\n- {{id: good, turns: [{{user: a}}]}}\n- {row}\n"
    with pytest.raises(SeedError) as caught:
        read_conversations(folder_of(tmp_path, taxes=text))
    [finding] = caught.value.findings
    assert finding.startswith(f"{tmp_path / 'taxes.yml'}:4: ")


def test_all_bad_conversations_are_named_at_once(tmp_path: Path) -> None:
    bad = "conversations:\n- {id: x}\n- {id: y}\n"
    with pytest.raises(SeedError) as caught:
        read_conversations(folder_of(tmp_path, one=bad, two=bad))
    assert len(caught.value.findings) == 4


@pytest.mark.parametrize(
    ("turn", "held"),
    [
        (a_turn("压缩至3个\n工作日", "这是征求 意见稿"), True),
        (a_turn("压缩至6个工作日，征求意见稿"), True),
        (a_turn("压缩至3个工作日"), False),
        (a_turn("3个工作日，征求意见稿", "人才公寓"), False),
        (a_turn("3个工作日，征求意见稿", outcome="no_answer"), False),
        (a_turn("。" * MOST_CHARACTERS + "3个工作日，征求意见稿"), False),
        (a_turn("3个工作日，征求意见稿" + "。" * MOST_CHARACTERS + "公寓"), False),
        (a_turn(), False),
    ],
)
def test_an_answer_holds_one_of_each_group_early_and_nothing_unwanted_anywhere(
    tmp_path: Path, turn: dict[str, Any], held: bool
) -> None:
    [one] = read_conversations(folder_of(tmp_path, taxes=GOOD))
    assert one.pairs[0].held(turn) is held


def test_a_turn_of_which_nothing_is_asked_always_holds() -> None:
    assert Pair("谢谢").held(a_turn())


async def test_each_conversation_is_held_by_itself_and_in_order(database: Database) -> None:
    rasa = FakeRasa()
    client = RasaClient("http://rasa", 1.0, rasa.transport)
    wanted = [
        Conversation("a", (Pair("一", (("收到：一",),)), Pair("二", (("收到：一",),))), "a.yml:2"),
        Conversation("b", (Pair("三", (("收到：三",),)),), "b.yml:2"),
    ]
    steps: list[None] = []
    talked = await hold(Dialogue(client, Memory(database), Wording()), wanted, lambda: steps.append(None))
    await client.close()
    assert len({sender for sender, _ in rasa.received}) == 2
    assert [one.verdicts for one in talked] == [[True, False], [True]]
    assert len(steps) == 2
    [missed] = misses(talked)
    assert (missed["where"], missed["q"], missed["said"]) == ("a.yml:2", "二", "收到：二")
    figures = summary([], talked)
    assert (figures["conversation turns"], figures["whole conversations"]) == (Share(2, 3), Share(1, 2))


def test_a_talk_that_went_as_wanted_has_no_misses() -> None:
    one = Conversation("a", (Pair("谢谢"),), "a.yml:1")
    assert misses([Talked(one, (a_turn("不客气"),))]) == []
