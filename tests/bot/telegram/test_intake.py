"""Updates are kept before anything else, run once, in order within a chat and side by side between chats."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.intake import Intake, LeaveForLater, NotAnUpdate
from tests.bot.telegram.support import FAST, MemoryInbox


def update(number: int, chat: int = 1, kind: str = "message") -> dict[str, Any]:
    message = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}}
    return {"update_id": number, kind: {"id": "1", "message": message} if kind == "callback_query" else message}


class Handling:
    """Handles updates by taking their time and noting them."""

    def __init__(self) -> None:
        self.inbox = MemoryInbox()
        self.intake = Intake(self.inbox, self.handle, FAST)
        self.log: list[int] = []
        self.running = 0
        self.most = 0
        self.errors: dict[int, Exception] = {}
        self.go = asyncio.Event()
        self.go.set()

    async def handle(self, payload: Mapping[str, Any]) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.go.wait()
            await asyncio.sleep(0.001)
            self.log.append(payload["update_id"])
            if payload["update_id"] in self.errors:
                raise self.errors[payload["update_id"]]
        finally:
            self.running -= 1

    async def done(self) -> None:
        async with asyncio.timeout(5):
            while "waiting" in self.inbox.states:  # noqa: ASYNC110 - the inbox tells nobody
                await asyncio.sleep(0.002)


async def test_an_update_is_kept_before_it_is_handled() -> None:
    handling = Handling()
    handling.inbox.slow = 0.02
    await handling.intake.open()
    accepting = asyncio.create_task(handling.intake.accept(update(1)))
    await asyncio.sleep(0.01)
    assert handling.log == []
    assert await accepting
    assert 1 in handling.inbox.rows
    await handling.done()


async def test_the_same_update_is_handled_once() -> None:
    handling = Handling()
    await handling.intake.open()
    assert [await handling.intake.accept(update(1)) for _ in range(3)] == [True, False, False]
    await handling.done()
    assert not await handling.intake.accept(update(1))
    assert handling.log == [1]


async def test_a_chat_keeps_its_order_and_chats_run_side_by_side() -> None:
    handling = Handling()
    handling.go.clear()
    await handling.intake.open()
    for number in range(40):
        await handling.intake.accept(update(number, chat=number % 20))
    await asyncio.sleep(0.02)
    assert handling.most == FAST.parallel
    handling.go.set()
    await handling.done()
    assert all(handling.log.index(chat) < handling.log.index(chat + 20) for chat in range(20))
    assert handling.most == FAST.parallel


async def test_a_press_keeps_the_order_of_its_chat() -> None:
    handling = Handling()
    await handling.intake.open()
    for number, kind in enumerate(("message", "callback_query", "edited_message", "message")):
        await handling.intake.accept(update(number, kind=kind))
    await handling.done()
    assert handling.log == [0, 1, 2, 3]
    assert handling.most == 1


async def test_what_was_left_comes_first() -> None:
    handling = Handling()
    for number in (1, 2):
        await handling.inbox.store(number, update(number))
    assert await handling.intake.open() == 2
    await handling.intake.accept(update(3))
    await handling.done()
    assert handling.log == [1, 2, 3]


async def test_what_comes_while_the_inbox_is_read_is_handled_once() -> None:
    handling = Handling()
    await handling.inbox.store(1, update(1))
    read = handling.inbox.unhandled

    async def slowly() -> Any:
        await handling.intake.accept(update(2))  # before the inbox is read: then it is in both
        rows = await read()
        await handling.intake.accept(update(3))  # after
        return rows

    handling.inbox.unhandled = slowly  # type: ignore[method-assign]
    await handling.intake.open()
    await handling.done()
    assert handling.log == [1, 2, 3]


async def test_a_second_opening_does_nothing() -> None:
    handling = Handling()
    handling.go.clear()
    await handling.intake.open()
    await handling.intake.accept(update(1))
    assert await handling.intake.open() == 0
    handling.go.set()
    await handling.done()
    assert handling.log == [1]


async def test_before_it_is_open_updates_are_only_kept() -> None:
    handling = Handling()
    await handling.intake.accept(update(1))
    await asyncio.sleep(0.01)
    assert (handling.log, handling.inbox.states) == ([], ["waiting"])
    await handling.intake.open()
    await handling.done()
    assert handling.log == [1]


async def test_an_update_that_fails_is_noted_and_the_next_goes_on() -> None:
    handling = Handling()
    handling.errors[1] = KeyError("secret words of the user")
    await handling.intake.open()
    await handling.intake.accept(update(1))
    await handling.intake.accept(update(2))
    await handling.done()
    assert handling.inbox.states == ["failed: KeyError", "handled"]


async def test_an_update_left_for_later_stays_in_the_inbox() -> None:
    handling = Handling()
    handling.errors[1] = LeaveForLater("NetworkError")
    await handling.intake.open()
    await handling.intake.accept(update(1))
    await handling.intake.accept(update(2))
    async with asyncio.timeout(2):
        while handling.inbox.states != ["waiting", "handled"]:  # noqa: ASYNC110 - the inbox tells nobody
            await asyncio.sleep(0.002)


async def test_noting_is_tried_again_while_the_disk_is_full() -> None:
    handling = Handling()
    await handling.intake.open()
    await handling.intake.accept(update(1))
    handling.inbox.failing = 2
    await handling.done()
    assert handling.inbox.states == ["handled"]
    assert handling.log == [1]


async def test_an_update_that_could_not_be_kept_is_not_handled() -> None:
    handling = Handling()
    await handling.intake.open()
    handling.inbox.failing = 1
    with pytest.raises(OSError, match="no space"):
        await handling.intake.accept(update(1))
    await asyncio.sleep(0.01)
    assert handling.log == []
    assert await handling.intake.accept(update(1))
    await handling.done()
    assert handling.log == [1]


async def test_stopping_lets_running_updates_finish_and_leaves_the_rest() -> None:
    handling = Handling()
    handling.go.clear()
    await handling.intake.open()
    for number in (1, 2):
        await handling.intake.accept(update(number))
    await asyncio.sleep(0.01)
    stopping = asyncio.create_task(handling.intake.stop(grace=1))
    await asyncio.sleep(0.01)
    handling.go.set()
    await stopping
    assert handling.inbox.states == ["handled", "waiting"]


async def test_stopping_breaks_off_what_takes_too_long() -> None:
    handling = Handling()
    handling.go.clear()
    await handling.intake.open()
    await handling.intake.accept(update(1))
    await asyncio.sleep(0.01)
    await handling.intake.stop(grace=0.01)
    assert handling.inbox.states == ["waiting"]
    assert handling.running == 0


async def test_it_is_full_at_its_limit_and_has_room_again_later() -> None:
    handling = Handling()
    handling.go.clear()
    await handling.intake.open()
    for number in range(FAST.backlog):
        assert not handling.intake.full
        await handling.intake.accept(update(number))
    assert handling.intake.full
    room = asyncio.create_task(handling.intake.room())
    await asyncio.sleep(0.01)
    assert not room.done()
    handling.go.set()
    await room
    await handling.done()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["update_id", "message", "chat", "id", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
async def test_anything_else_is_refused_or_kept_but_never_breaks(payload: Any) -> None:
    handling = Handling()
    await handling.intake.open()
    try:
        assert await handling.intake.accept(payload)
    except NotAnUpdate:
        assert handling.inbox.rows == {}
    else:
        await handling.done()
        assert handling.log == [payload["update_id"]]
