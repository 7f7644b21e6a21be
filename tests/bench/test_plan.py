"""Which messages are sent."""

import pytest

from bench.plan import CYCLE, LONG, traffic
from qifu.errors import SettingsError
from qifu.evaluation.held_out import HeldOut


def held_out(count: int, kind: str = "question") -> list[HeldOut]:
    return [HeldOut(f"{kind} {n}", kind, "taxes", "short", "en") for n in range(count)]


def test_the_long_conversation_asks_the_same_early_and_late() -> None:
    long = traffic(20, held_out(200)).long
    assert len(long) == LONG
    assert long[:CYCLE] == long[-CYCLE:]


def test_messages_are_spread_over_all_questions_and_the_same_each_time() -> None:
    once, again = traffic(50, held_out(500)), traffic(50, held_out(500))
    assert once == again
    assert len(set(once.asked)) == 50
    assert max(int(text.split()[1]) for text in once.asked) >= 450


def test_few_questions_are_asked_again() -> None:
    sent = traffic(100, held_out(30))
    assert len(sent.asked) == 100
    assert len(sent.texts) == 30
    assert [len(some) for some in sent.conversations] == [5] * 20


def test_acts_are_left_out_as_they_change_the_conversation() -> None:
    sent = traffic(40, held_out(40) + held_out(40, "act"))
    assert not any(text.startswith("act") for text in sent.texts)


def test_too_few_questions_are_said() -> None:
    with pytest.raises(SettingsError, match="too few"):
        traffic(20, held_out(3))
