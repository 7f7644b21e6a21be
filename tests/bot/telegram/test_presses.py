"""Inline buttons are acknowledged at once, used once, and never taken on trust."""

from typing import Any

from tests.bot.telegram.support import Rig, data_of, titles

USER = 1001


async def answered(rig: Rig) -> dict[str, Any]:
    """An answer with buttons."""
    await rig.asks(USER, "一业一证")
    return rig.telegram.sent(USER)[-1]


async def test_a_press_is_acknowledged_and_runs_as_a_payload(running: Rig) -> None:
    answer = await answered(running)
    query = running.telegram.user_presses(USER, answer["message_id"], "/more")
    await running.telegram.sent_to(USER, 2)
    assert running.telegram.world.queries[query] == "answered"
    assert [(asked.text, asked.is_payload) for asked in running.dialogue.asked[1:]] == [("/more", True)]


async def test_it_is_acknowledged_before_the_answer_is_made(running: Rig) -> None:
    answer = await answered(running)
    running.dialogue.hold.clear()
    query = running.telegram.user_presses(USER, answer["message_id"], "/more")
    await running.telegram.until(lambda: running.telegram.world.queries[query] == "answered")
    running.dialogue.hold.set()
    await running.telegram.sent_to(USER, 2)


async def test_the_keyboard_is_idle_after_use_but_feedback_stays(running: Rig) -> None:
    answer = await answered(running)
    running.telegram.user_presses(USER, answer["message_id"], "/source")
    await running.telegram.sent_to(USER, 2)
    assert titles(answer) == ["✓ 依据", "👍", "👎"]
    assert data_of(answer, "✓ 依据") == "-"


async def test_feedback_can_be_given_once_and_leaves_the_choices(running: Rig) -> None:
    answer = await answered(running)
    up = data_of(answer, "👍")
    running.telegram.user_presses(USER, answer["message_id"], up)
    await running.telegram.sent_to(USER, 2)
    assert titles(answer) == ["更多", "依据", "人工", "✓ 👍"]
    running.telegram.user_presses(USER, answer["message_id"], data_of(answer, "更多"))
    await running.telegram.sent_to(USER, 3)
    running.telegram.user_presses(USER, answer["message_id"], '/feedback_down{"turn":"1"}')
    await running.settled()
    assert running.dialogue.texts[1:] == [up, "/more"]


async def test_an_idle_button_is_acknowledged_and_does_nothing(running: Rig) -> None:
    answer = await answered(running)
    running.telegram.user_presses(USER, answer["message_id"], "/more")
    await running.telegram.sent_to(USER, 2)
    query = running.telegram.user_presses(USER, answer["message_id"], "-")
    await running.settled()
    assert running.telegram.world.queries[query] == "answered"
    assert len(running.telegram.sent(USER)) == 2


async def test_a_double_tap_runs_once(running: Rig) -> None:
    answer = await answered(running)
    queries = [running.telegram.user_presses(USER, answer["message_id"], "/more") for _ in range(3)]
    await running.settled()
    assert running.dialogue.texts[1:] == ["/more"]
    assert [running.telegram.world.queries[query] for query in queries] == ["answered"] * 3
    hints = [call.get("text") for call in running.telegram.calls_of("answerCallbackQuery")]
    assert hints[0] is None
    assert "用过或过期" in str(hints[1])


async def test_forged_data_are_not_run(running: Rig) -> None:
    answer = await answered(running)
    for data in ("/restart", "/more\n", "district:minhang", "/choose" + "x" * 500):
        running.telegram.user_presses(USER, answer["message_id"], data)
    await running.settled()
    assert running.dialogue.texts == ["一业一证"]
    assert running.dialogue.districts == {}


async def test_a_button_of_a_vanished_message_gets_a_hint(running: Rig) -> None:
    await answered(running)
    running.telegram.user_presses_vanished(USER, 1, "/more")
    await running.settled()
    assert running.dialogue.texts == ["一业一证"]
    assert "用过或过期" in running.telegram.calls_of("answerCallbackQuery")[-1]["text"]


async def test_a_press_too_old_to_acknowledge_still_counts(rig: Rig) -> None:
    await rig.start()
    answer = await answered(rig)
    await rig.stop()
    rig.telegram.user_presses(USER, answer["message_id"], "/more")
    rig.telegram.queries_grow_old()
    await rig.start()
    await rig.telegram.sent_to(USER, 2)
    assert rig.dialogue.texts == ["一业一证", "/more"]


async def test_a_keyboard_that_cannot_be_changed_costs_nothing(running: Rig) -> None:
    answer = await answered(running)
    running.telegram.fail("editMessageReplyMarkup", 400, "Bad Request: message can't be edited")
    running.telegram.user_presses(USER, answer["message_id"], "/more")
    await running.telegram.sent_to(USER, 2)
    assert running.dialogue.texts == ["一业一证", "/more"]
