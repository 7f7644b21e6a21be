"""Sending messages as several users would."""

import asyncio
from collections import defaultdict

import pytest

from bench.load import Load, drive
from qifu.errors import ServiceError, UnderstandingError


class Listener:
    """Answers after a moment and remembers who asked what, and how many at once."""

    def __init__(self, pause: float = 0.001) -> None:
        self.heard: dict[str, list[str]] = defaultdict(list)
        self.most = self._now = 0
        self._pause = pause

    async def ask(self, conversation: str, text: str) -> None:
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(self._pause)
        self.heard[conversation].append(text)
        self._now -= 1


async def test_every_conversation_is_asked_in_its_order() -> None:
    listener = Listener()
    load = await drive(listener.ask, [["a", "b"], ["c"], ["d", "e", "f"]], 2, "some", 5)
    assert dict(listener.heard) == {"some-0": ["a", "b"], "some-1": ["c"], "some-2": ["d", "e", "f"]}
    assert len(load.ms) == 6


@pytest.mark.parametrize("users", [1, 3])
async def test_so_many_users_ask_at_once_and_no_more(users: int) -> None:
    listener = Listener()
    await drive(listener.ask, [["a", "b"]] * 6, users, "some", 5)
    assert listener.most == users


async def test_a_measurement_that_takes_too_long_is_ended_and_says_so() -> None:
    with pytest.raises(ServiceError, match="0 messages answered"):
        await drive(Listener(pause=60).ask, [["a"]], 1, "some", 0.02)


async def test_a_failed_answer_ends_the_measurement() -> None:
    async def refuse(conversation: str, text: str) -> None:
        raise UnderstandingError("no")

    with pytest.raises(UnderstandingError):
        await drive(refuse, [["a"]] * 4, 2, "some", 5)


def test_a_load_knows_its_figures() -> None:
    load = Load([float(ms) for ms in range(1, 101)], seconds=4)
    assert (load.p50, load.rate) == (50.5, 25)
    assert 95 <= load.p95 <= 96
    assert Load.from_json(vars(load)) == load
