"""Each message is answered once and in order, and what was said is kept."""

import asyncio

import pytest

from actions.appeal.sheet import Sheet
from actions.wording import Wording
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from qifu.labels import Act, Channel, District, Language, Outcome
from store.database import Database
from store.repositories import ConversationRepository, TurnRepository
from tests.bot.dialogue.support import WEB, a_message, said
from tests.fakes.rasa import FakeRasa, turn_message


async def test_a_message_is_answered_and_the_turn_is_kept(dialogue: Dialogue, database: Database) -> None:
    turn = await dialogue.handle(a_message())
    assert (turn.outcome, turn.text, turn.intent) == (Outcome.ANSWERED, "出口退税要几天", "taxes")
    assert said(turn) == "收到：出口退税要几天"
    assert turn.replies[0].buttons[0].payload == "/more"
    assert turn.id is not None
    async with database.session() as session:
        row = await TurnRepository(session).get(turn.id)
    assert row is not None
    assert (row.text, row.outcome, row.replies[0]["text"]) == (turn.text, turn.outcome, said(turn))  # type: ignore[index]


async def test_the_same_message_again_is_the_same_turn_and_runs_once(dialogue: Dialogue, rasa: FakeRasa) -> None:
    message = a_message()
    first = await dialogue.handle(message)
    assert await dialogue.handle(message) == first
    assert len(rasa.received) == 1


async def test_the_same_message_many_times_at_once_runs_once(dialogue: Dialogue, rasa: FakeRasa) -> None:
    message = a_message()
    turns = await asyncio.gather(*(dialogue.handle(message) for _ in range(8)))
    assert len({turn.id for turn in turns}) == 1
    assert len(rasa.received) == 1


async def test_messages_of_a_conversation_are_answered_one_after_the_other(dialogue: Dialogue, rasa: FakeRasa) -> None:
    rasa.pause.clear()
    asked = [asyncio.create_task(dialogue.handle(a_message(f"问题{n}"))) for n in range(5)]
    await asyncio.sleep(0.05)
    assert len(rasa.received) == 1
    rasa.pause.set()
    turns = await asyncio.gather(*asked)
    assert [message for _, message in rasa.received] == [f"问题{n}" for n in range(5)]
    assert [turn.id for turn in turns] == sorted(turn.id or 0 for turn in turns)
    assert rasa.most_at_once == 1


async def test_conversations_dont_wait_for_each_other(dialogue: Dialogue, rasa: FakeRasa) -> None:
    rasa.pause.clear()
    asked = [asyncio.create_task(dialogue.handle(a_message(conversation_id=f"web:{n}"))) for n in range(4)]
    await rasa.until(lambda: rasa.at_once == 4)
    rasa.pause.set()
    await asyncio.gather(*asked)


async def test_a_greeting_is_no_turn_of_the_transcript(dialogue: Dialogue, database: Database) -> None:
    turn = await dialogue.open(WEB, Channel.WEB)
    assert (turn.id, turn.outcome, turn.act) == (None, Outcome.ACT, Act.GREET)
    assert (await dialogue.open(WEB, Channel.WEB, Language.EN)).replies != turn.replies
    async with database.session() as session:
        assert await TurnRepository(session).last(WEB, 5) == []
        assert await ConversationRepository(session).get(WEB) is not None


async def test_a_delivered_turn_is_marked(dialogue: Dialogue, database: Database) -> None:
    turn = await dialogue.handle(a_message())
    assert turn.id is not None
    await dialogue.mark_delivered(turn.id)
    async with database.session() as session:
        row = await TurnRepository(session).get(turn.id)
    assert row is not None
    assert row.delivered_at is not None


async def test_a_district_survives_a_new_process(dialogue: Dialogue, database: Database) -> None:
    await dialogue.set_district(WEB, Channel.WEB, District.MINHANG)
    state = await Memory(database).load(WEB)
    assert (state.district, state.focus) == ("minhang", ["minhang"])
    async with database.session() as session:
        conversation = await ConversationRepository(session).get(WEB)
    assert conversation is not None
    assert conversation.district is District.MINHANG


async def test_what_an_action_remembers_survives_a_new_process(
    dialogue: Dialogue, memory: Memory, rasa: FakeRasa, database: Database
) -> None:
    await memory.load(WEB)

    def note(sender: str, message: str) -> list[dict[str, object]]:
        state = memory._states[sender]
        state.profile["industry"], state.form, state.last.shown = "餐饮", {"name": "appeal"}, ["a/1#1"]
        return turn_message("记下了")

    rasa.answer = note
    await dialogue.handle(a_message("我们做餐饮"))
    state = await Memory(database).load(WEB)
    assert (state.profile, state.form, state.last.shown) == ({"industry": "餐饮"}, {"name": "appeal"}, ["a/1#1"])


async def test_a_district_forgotten_after_a_restart_is_forgotten_in_the_conversation(
    rasa: FakeRasa, dialogue: Dialogue, database: Database, wording: Wording
) -> None:
    await dialogue.set_district(WEB, Channel.WEB, District.MINHANG)
    memory = Memory(database)
    later = Dialogue(dialogue._rasa, memory, wording)

    def forget(sender: str, message: str) -> list[dict[str, object]]:
        memory._states[sender].district = None
        return turn_message("都清空了")

    rasa.answer = forget
    await later.handle(a_message("重新开始"))
    async with database.session() as session:
        conversation = await ConversationRepository(session).get(WEB)
    assert conversation is not None
    assert conversation.district is None


async def test_a_greeting_is_in_the_pages_language_and_an_answer_in_that_of_the_message(
    dialogue: Dialogue, rasa: FakeRasa, wording: Wording
) -> None:
    rasa.away = True
    english = wording.say("away", Language.EN)
    assert said(await dialogue.handle(a_message("how long does it take", language=Language.ZH))) == english
    assert said(await dialogue.handle(a_message("要多久", language=Language.EN))) != english


async def test_actions_see_the_words_as_typed_and_the_turns_id(
    dialogue: Dialogue, memory: Memory, rasa: FakeRasa
) -> None:
    turn = await dialogue.handle(a_message("那闵行呢"))
    assert ((await memory.load(WEB)).text, (await memory.load(WEB)).turn) == ("那闵行呢", turn.id)
    await dialogue.handle(a_message("/more", is_payload=True))
    assert (await memory.load(WEB)).text == ""


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200e", "\x00\x07", "/", " ／ "])
async def test_a_message_without_text_is_told_so_and_troubles_nobody(
    dialogue: Dialogue, rasa: FakeRasa, text: str
) -> None:
    turn = await dialogue.handle(a_message(text))
    assert turn.outcome is Outcome.NO_ANSWER
    assert said(turn)
    assert rasa.received == []


async def test_a_long_message_is_read_as_far_as_it_goes_and_the_user_told(dialogue: Dialogue, rasa: FakeRasa) -> None:
    turn = await dialogue.handle(a_message("税" * 10_000))
    assert len(rasa.received[0][1]) == 2000
    assert turn.replies[0].blocks[0].kind == "note"
    assert "2000" in turn.replies[0].blocks[0].text
    assert turn.replies[0].text.startswith(turn.replies[0].blocks[0].text)


async def test_many_conversations_leave_only_their_newest_locks(
    dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dialogue.dialogue._MOST_LOCKS", 3)
    for number in range(6):
        await dialogue.handle(a_message(conversation_id=f"web:{number}"))
    assert list(dialogue._locks) == ["web:3", "web:4", "web:5"]


async def test_many_conversations_leave_only_their_newest_states_at_hand(
    dialogue: Dialogue, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dialogue.memory._MOST_STATES", 2)
    await dialogue.set_district("web:0", Channel.WEB, District.PUTUO)
    for number in range(1, 4):
        await dialogue.handle(a_message(conversation_id=f"web:{number}"))
    assert set(memory._states) == {"web:2", "web:3"} == set(memory._shown)
    assert (await memory.load("web:0")).district == "putuo"


async def test_a_file_goes_into_the_form_that_is_open_and_stays_there(
    dialogue: Dialogue, memory: Memory, database: Database
) -> None:
    file = {"kind": "photo", "ref": "telegram:x", "name": "", "mime": "image/jpeg", "size": 9}
    await dialogue.handle(a_message())
    assert await dialogue.attach(WEB, file) is None
    Sheet().keep(await memory.load(WEB))
    assert [await dialogue.attach(WEB, file), await dialogue.attach(WEB, file | {"ref": "telegram:y"})] == [1, 2]
    kept = Sheet.of(await Memory(database).load(WEB))
    assert kept is not None
    assert [each["ref"] for each in kept.files] == ["telegram:x", "telegram:y"]
