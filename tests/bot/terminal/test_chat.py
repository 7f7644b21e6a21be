"""The terminal: what is typed is asked, a number presses a button, the end of input ends it."""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.cues import Cues
from actions.wording import Wording
from bot.desk.calendar import ServiceCalendar
from bot.desk.delivery import Deliverer
from bot.desk.desk import Desk
from bot.desk.front import Front
from bot.desk.rules import DeskRules
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from bot.dialogue.turn import Button, Reply, Turn
from bot.terminal.chat import chat, shown
from bot.terminal.lines import Lines
from qifu.labels import Channel, CloseReason, Outcome, StaffRole
from store.database import Database
from store.models import ConversationRow
from store.repositories import StaffRepository
from tests.fakes.rasa import FakeRasa


class Person:
    """Types these lines and then ends the input; `seen` is what stood on the screen."""

    def __init__(self, *lines: str) -> None:
        self._lines: Iterator[str] = iter(lines)
        self.seen: list[str] = []

    async def ask(self, prompt: str) -> str:
        """The next line."""
        try:
            return next(self._lines)
        except StopIteration:
            raise EOFError from None


async def test_a_person_is_greeted_and_answered_until_the_input_ends(dialogue: Dialogue, rasa: FakeRasa) -> None:
    person = Person("出口退税几天", "")
    await chat(dialogue, person.ask, person.seen.append)
    assert "企服" in person.seen[0]
    assert person.seen[1] == "收到：出口退税几天\n[1] 更多\n"
    assert len(person.seen) == 3
    assert [message for _, message in rasa.received] == ["出口退税几天"]


@pytest.mark.parametrize(("typed", "sent"), [("1", "/more"), (" 1 ", "/more")])
async def test_a_number_presses_its_button(dialogue: Dialogue, rasa: FakeRasa, typed: str, sent: str) -> None:
    person = Person("出口退税几天", typed)
    await chat(dialogue, person.ask, person.seen.append)
    assert rasa.received[-1][1] == sent


@pytest.mark.parametrize("typed", ["0", "2", "99", "1.0", "-1", "１", "²", "9" * 5000, "12366"])
async def test_any_other_number_is_a_text(dialogue: Dialogue, rasa: FakeRasa, typed: str) -> None:
    person = Person("出口退税几天", typed)
    await chat(dialogue, person.ask, person.seen.append)
    assert rasa.received[-1][1] == typed[:2000]


async def test_a_typed_payload_is_a_text(dialogue: Dialogue, rasa: FakeRasa) -> None:
    person = Person("/restart")
    await chat(dialogue, person.ask, person.seen.append)
    assert rasa.received[-1][1] == "restart"


async def test_an_answer_that_had_to_wait_is_said_when_it_comes(dialogue: Dialogue, rasa: FakeRasa) -> None:
    seen: list[str] = []
    lines = iter(["出口退税几天"])

    async def ask(prompt: str) -> str:
        if line := next(lines, None):
            rasa.away = True
            return line
        rasa.away = False
        assert await dialogue.recover() == 1
        raise EOFError

    await chat(dialogue, ask, seen.append)
    assert seen[-1] == "收到：出口退税几天\n[1] 更多\n"


def test_buttons_are_numbered_through_all_replies() -> None:
    replies = (Reply("甲", (Button("一", "/a"), Button("二", "/b"))), Reply("乙", (Button("三", "/c"),)))
    assert shown(Turn("", replies, Outcome.ACT)) == "甲\n乙\n[1] 一  [2] 二  [3] 三\n"
    assert shown(Turn("", (Reply("甲"),), Outcome.ACT)) == "甲\n"


class Typed:
    """A pipe that somebody types into."""

    def __init__(self) -> None:
        self.end, self._start = os.pipe()

    def type(self, content: bytes) -> None:
        """Types."""
        os.write(self._start, content)

    def close(self) -> None:
        """Ends the input."""
        os.close(self._start)


async def read_all(lines: Lines) -> list[str]:
    read = []
    try:
        while True:
            read.append(await lines("> "))
    except EOFError:
        return read


async def test_lines_come_one_by_one_whatever_pieces_they_were_typed_in() -> None:
    typed, prompts = Typed(), list[str]()
    lines = Lines(prompts.append, typed.end)
    typed.type("出口退税\r\n第二".encode())
    assert await lines("> ") == "出口退税"
    waiting = asyncio.create_task(lines("> "))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    typed.type("行\n没有换行".encode())
    assert await waiting == "第二行"
    typed.close()
    assert await read_all(lines) == ["没有换行"]
    assert prompts == ["> "] * 4


async def test_bytes_that_are_no_text_are_replaced() -> None:
    typed = Typed()
    typed.type(b"\xff\xfe\xe9\x80\n\n")
    typed.close()
    assert await read_all(Lines(lambda prompt: None, typed.end)) == ["\ufffd\ufffd\ufffd", ""]


async def test_lines_can_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "said.txt"
    path.write_text("你好\n再见", encoding="utf-8")
    descriptor = os.open(path, os.O_RDONLY)
    assert await read_all(Lines(lambda prompt: None, descriptor)) == ["你好", "再见"]


async def test_waiting_for_a_line_can_be_given_up() -> None:
    typed = Typed()
    waiting = asyncio.create_task(Lines(lambda prompt: None, typed.end)("> "))
    await asyncio.sleep(0.02)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    typed.close()


async def test_a_person_is_seen_by_name_and_the_bot_is_silent(
    rasa: FakeRasa, database: Database, memory: Memory, wording: Wording
) -> None:
    desk = Desk(database, DeskRules(calendar=ServiceCalendar(time(0), time(0), every_day=True)))
    async with database.session() as session:
        person = await StaffRepository(session).add("wang", "王敏", StaffRole.SERVICE, "x")
    assert person is not None
    rasa_client = RasaClient("http://rasa", 1.0, rasa.transport)
    dialogue = Dialogue(rasa_client, memory, wording, front=Front(desk, Cues()))
    seen: list[str] = []
    step = iter(range(5))

    async def ask(prompt: str) -> str:
        """The person comes after the first line, and goes after the second."""
        match next(step):
            case 0:
                return "退税几天"
            case 1:
                async with database.session() as session:
                    conversation = (await session.scalars(select(ConversationRow.id))).one()
                row = (await desk.handoffs.request(conversation)).handoff
                assert row is not None
                await desk.handoffs.claim(row.id, person.id)
                await desk.talk.staff_message(row.id, person.id, "您好")
                await _until(lambda: any("王敏：您好" in line for line in seen))
                return "还没到账"
            case 2:
                [row] = await desk.handoffs.claimed()
                await desk.handoffs.close(row.id, person.id, CloseReason.RESOLVED)
                await _until(lambda: any("[5] 5 分" in line for line in seen))
                return "4"
            case _:
                raise EOFError

    await chat(dialogue, ask, seen.append, lambda screen: Deliverer(desk, {Channel.TERMINAL: screen}).running())
    assert [message for _, message in rasa.received] == ["退税几天"]
    assert "4 分" in seen[-1]
    await rasa_client.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is seen is a list
            await asyncio.sleep(0.01)
