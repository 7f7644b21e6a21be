"""While Rasa is away the user gets an honest line, and the answer once it is back."""

import asyncio

import pytest

from actions.wording import Wording
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.turn import Turn
from qifu.labels import Language, Outcome
from store.database import Database
from tests.bot.dialogue.support import WEB, a_message, is_pending, said
from tests.fakes.rasa import FakeRasa


class Told:
    """A listener for late answers; `error` is raised instead of listening."""

    def __init__(self) -> None:
        self.turns: list[tuple[str, Turn]] = []
        self.error: Exception | None = None

    async def __call__(self, conversation_id: str, turn: Turn) -> None:
        if self.error:
            raise self.error
        self.turns.append((conversation_id, turn))


@pytest.fixture
def told(dialogue: Dialogue) -> Told:
    told = Told()
    dialogue.late.append(told)
    return told


@pytest.mark.parametrize(("text", "language"), [("退税几天", Language.ZH), ("tax refund please", Language.EN)])
async def test_while_rasa_is_away_the_user_gets_an_honest_line(
    dialogue: Dialogue, rasa: FakeRasa, wording: Wording, text: str, language: Language
) -> None:
    rasa.away = True
    turn = await dialogue.handle(a_message(text))
    assert (turn.outcome, turn.text, is_pending(turn)) == (Outcome.ERROR, text, True)
    assert said(turn) == wording.say("away", language)
    assert turn.id is not None


async def test_when_rasa_is_back_each_message_is_answered_once_in_order_and_told(
    dialogue: Dialogue, rasa: FakeRasa, told: Told
) -> None:
    rasa.away = True
    waiting = [await dialogue.handle(a_message(f"问题{n}", f"web:{n % 2}")) for n in range(4)]
    assert await dialogue.recover() == 0
    rasa.away = False
    assert await dialogue.recover() == 4
    assert [turn.id for _, turn in told.turns] == [turn.id for turn in waiting]
    assert [said(turn) for _, turn in told.turns] == [f"收到：问题{n}" for n in range(4)]
    assert [conversation for conversation, _ in told.turns] == ["web:0", "web:1", "web:0", "web:1"]
    assert await dialogue.recover() == 0
    assert len(told.turns) == 4


async def test_a_waiting_message_that_comes_again_is_answered_and_not_told_twice(
    dialogue: Dialogue, rasa: FakeRasa, told: Told
) -> None:
    rasa.away = True
    message = a_message()
    await dialogue.handle(message)
    rasa.away = False
    turn = await dialogue.handle(message)
    assert not is_pending(turn)
    assert await dialogue.recover() == 0
    assert told.turns == []


async def test_a_new_process_answers_what_the_old_one_left(
    dialogue: Dialogue, rasa: FakeRasa, database: Database, wording: Wording
) -> None:
    rasa.away = True
    left = await dialogue.handle(a_message())
    rasa.away = False
    later, told = Dialogue(dialogue._rasa, Memory(database), wording), Told()
    later.late.append(told)
    assert await later.recover() == 1
    assert [turn.id for _, turn in told.turns] == [left.id]


async def test_recovery_waits_for_a_message_that_is_being_answered(dialogue: Dialogue, rasa: FakeRasa) -> None:
    rasa.pause.clear()
    asked = asyncio.create_task(dialogue.handle(a_message()))
    await rasa.until(lambda: rasa.received)
    recovery = asyncio.create_task(dialogue.recover())
    await asyncio.sleep(0.05)
    rasa.pause.set()
    await asked
    assert await recovery == 0
    assert len(rasa.received) == 1


async def test_a_listener_that_fails_keeps_the_answer_from_nobody(
    dialogue: Dialogue, rasa: FakeRasa, told: Told
) -> None:
    deaf = Told()
    deaf.error = ConnectionError()
    dialogue.late.insert(0, deaf)
    rasa.away = True
    await dialogue.handle(a_message())
    await dialogue.handle(a_message())
    rasa.away = False
    assert await dialogue.recover() == 2
    assert len(told.turns) == 2


async def test_a_message_that_always_fails_holds_up_no_other(dialogue: Dialogue, rasa: FakeRasa, told: Told) -> None:
    rasa.broken = "坏"
    assert is_pending(await dialogue.handle(a_message("坏消息")))
    rasa.away = True
    await dialogue.handle(a_message("好消息", "web:2"))
    rasa.away = False
    assert await dialogue.recover() == 1
    assert said(told.turns[0][1]) == "收到：好消息"


async def test_a_message_that_fails_three_times_ends_in_an_apology(
    dialogue: Dialogue, rasa: FakeRasa, told: Told, wording: Wording
) -> None:
    rasa.broken = "坏"
    waiting = await dialogue.handle(a_message("坏消息"))
    assert await dialogue.recover() == 0
    assert await dialogue.recover() == 1
    [(conversation, turn)] = told.turns
    assert (conversation, turn.id, turn.outcome) == (WEB, waiting.id, Outcome.ERROR)
    assert said(turn) == wording.say("error", Language.ZH)
    assert not is_pending(turn)
    assert await dialogue.recover() == 0


async def test_waiting_for_rasa_never_counts_as_the_messages_fault(
    dialogue: Dialogue, rasa: FakeRasa, told: Told
) -> None:
    rasa.away = True
    await dialogue.handle(a_message())
    for _ in range(10):
        await dialogue.recover()
    rasa.away = False
    assert await dialogue.recover() == 1
    assert told.turns[0][1].outcome is Outcome.ANSWERED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>busy</html>",
        b"{}",
        b"null",
        b"[]",
        b"[1]",
        b'[{"text": "no turn"}]',
        b'[{"custom": {"turn": {}}}]',
        b'[{"custom": {"turn": null}}]',
        b'[{"custom": {"turn": {"outcome": "answered", "replies": []}}}]',
        b'[{"custom": {"turn": {"outcome": "answered", "replies": [{}]}}}]',
        b'[{"custom": {"turn": {"outcome": "sold", "replies": [{"text": "x"}]}}}]',
        b"\xff\xfe",
    ],
)
async def test_whatever_rasa_sends_the_user_gets_a_line(dialogue: Dialogue, rasa: FakeRasa, body: bytes) -> None:
    rasa.body = body
    turn = await dialogue.handle(a_message())
    assert said(turn)
    assert is_pending(turn)


async def test_a_rasa_that_is_too_slow_is_waited_for(dialogue: Dialogue, rasa: FakeRasa, told: Told) -> None:
    rasa.slow = True
    assert is_pending(await dialogue.handle(a_message()))
    rasa.slow = False
    assert await dialogue.recover() == 1
    assert told.turns[0][1].outcome is Outcome.ANSWERED
