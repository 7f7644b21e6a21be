"""The batch interface: conversations in, the same with their turns out, in order; bad lines are named."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.batch.ask import Case, ask, read_cases
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from qifu.errors import QifuError
from qifu.labels import District, Outcome
from tests.fakes.rasa import FakeRasa, turn_message

FIELDS = {
    "u", "replies", "outcome", "intent", "confidence", "topic", "matter", "act", "entities", "points", "contacts", "ms",
}  # fmt: skip


def test_questions_and_dialogues_are_read() -> None:
    lines = [
        '{"id": "a", "q": "退税几天", "district": "minhang"}',
        "",
        '{"id": 7, "turns": [{"u": "你好"}, {"u": "注销", "must": ["x"]}], "kind": "dialogue"}',
        '{"q": "", "district": null}',
    ]
    assert read_cases(lines) == [
        Case("a", ("退税几天",), District.MINHANG),
        Case(7, ("你好", "注销")),
        Case("", ("",)),
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 2: not valid JSON"),
        ("[]", "line 2: a case is a JSON object"),
        ("{}", "line 2: a case needs either q or turns"),
        ('{"q": "x", "turns": []}', "line 2: a case needs either q or turns"),
        ('{"q": 5}', "line 2: q and turns"),
        ('{"q": null}', "line 2: q and turns"),
        ('{"turns": []}', "line 2: turns is a list"),
        ('{"turns": "x"}', "line 2: turns is a list"),
        ('{"turns": [{"v": "x"}]}', "line 2: q and turns"),
        ('{"q": "x", "district": "pudong"}', "line 2: district is one of shanghai"),
        ('{"q": "x", "id": ["a"]}', "line 2: id is a text"),
        ("[" * 100_000, "line 2: "),
    ],
)
def test_a_bad_line_is_named_by_its_number(line: str, complaint: str) -> None:
    with pytest.raises(QifuError) as caught:
        read_cases(['{"q": "好"}', line])
    assert str(caught.value).startswith(complaint)


def test_all_bad_lines_are_named_at_once() -> None:
    with pytest.raises(QifuError) as caught:
        read_cases(["{", '{"q": "好"}', "5"])
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["line 1", "line 3"]


@given(st.lists(st.text(max_size=30) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps)))
def test_any_lines_are_read_or_refused(lines: list[str]) -> None:
    try:
        read_cases(lines)
    except QifuError as error:
        assert all(finding.startswith("line ") for finding in str(error).splitlines() if finding.strip())


async def test_answers_stand_in_the_cases_order_whoever_is_answered_first(dialogue: Dialogue, rasa: FakeRasa) -> None:
    done: list[None] = []
    rasa.seconds = 0.01
    cases = [Case(f"c{n}", tuple(f"{n}之{k}" for k in range(6 - n))) for n in range(5)]
    answers = await ask(dialogue, cases, lambda: done.append(None), at_once=3)
    assert [answer["id"] for answer in answers] == [case.id for case in cases]
    assert [tuple(turn["u"] for turn in answer["turns"]) for answer in answers] == [case.said for case in cases]
    assert len(done) == 5
    assert 1 < rasa.most_at_once <= 3


async def test_a_turn_has_the_fields_that_the_interface_names(dialogue: Dialogue) -> None:
    [answer] = await ask(dialogue, [Case("a", ("退税几天",))], lambda: None)
    [turn] = answer["turns"]
    assert set(turn) == FIELDS
    assert turn["replies"] == [{"text": "收到：退税几天", "buttons": [{"title": "更多", "payload": "/more"}]}]
    assert json.loads(json.dumps(answer, ensure_ascii=False)) == answer


async def test_the_district_is_chosen_before_the_first_message(
    dialogue: Dialogue, rasa: FakeRasa, memory: Memory
) -> None:
    seen: list[str | None] = []

    def look(sender: str, message: str) -> list[dict[str, Any]]:
        seen.append(memory._states[sender].district)
        return turn_message("好")

    rasa.answer = look
    await ask(dialogue, [Case("a", ("x",), District.PUTUO), Case("b", ("x",))], lambda: None, at_once=1)
    assert seen == ["putuo", None]


async def test_cases_share_nothing(dialogue: Dialogue, rasa: FakeRasa) -> None:
    await ask(dialogue, [Case("a", ("一", "二")), Case("a", ("三",))], lambda: None)
    assert len({sender for sender, _ in rasa.received}) == 2


async def test_a_slash_in_a_case_is_typed_and_not_pressed(dialogue: Dialogue, rasa: FakeRasa) -> None:
    await ask(dialogue, [Case("a", ("/restart",))], lambda: None)
    assert rasa.received[0][1] == "restart"


async def test_a_rasa_that_comes_back_is_waited_for(
    dialogue: Dialogue, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.batch.ask._PAUSES", (0.01,) * 20)
    rasa.away = True
    asked = asyncio.create_task(ask(dialogue, [Case("a", ("退税", "你好"))], lambda: None))
    await asyncio.sleep(0.05)
    rasa.away = False
    [answer] = await asked
    assert [turn["outcome"] for turn in answer["turns"]] == [Outcome.ANSWERED] * 2
    assert [message for _, message in rasa.answered] == ["退税", "你好"]


async def test_without_rasa_the_honest_line_is_written_in_the_end(
    dialogue: Dialogue, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.batch.ask._PAUSES", (0.01,))
    rasa.away = True
    [answer] = await ask(dialogue, [Case("a", ("退税",))], lambda: None)
    assert answer["turns"][0]["outcome"] == Outcome.ERROR
    assert answer["turns"][0]["replies"]
