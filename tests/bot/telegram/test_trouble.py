"""What happens when Telegram, the network or qifu itself fails: an honest line or patience, never a crash."""

import asyncio
import logging

import pytest
import structlog

from bot.dialogue.turn import Reply
from bot.telegram.application import ChannelState
from qifu.errors import ChannelError, StoreError
from tests.bot.telegram.support import FAST, Rig

USER = 1001
TELL_NOBODY = "张三的身份证号"


@pytest.mark.parametrize("token", ["", "abc", "123:", "12:ab cd", "12:ab/cd", "0"])
async def test_something_that_is_no_token_is_named(rig: Rig, token: str) -> None:
    with pytest.raises(ChannelError, match="TELEGRAM_BOT_TOKEN"):
        rig.build(TELEGRAM_BOT_TOKEN=token)


@pytest.mark.parametrize("address", ["", "api.telegram.org", "ftp://example.org", "https://"])
async def test_an_address_of_the_api_that_cannot_be_one_is_named(rig: Rig, address: str) -> None:
    with pytest.raises(ChannelError, match="QIFU_TELEGRAM_API_URL"):
        rig.build(telegram_api_url=address)


async def test_no_token_is_named(rig: Rig) -> None:
    with pytest.raises(ChannelError, match="TELEGRAM_BOT_TOKEN"):
        rig.build(TELEGRAM_BOT_TOKEN=None)


async def test_a_wrong_token_is_named_but_not_told(rig: Rig) -> None:
    channel = rig.build(TELEGRAM_BOT_TOKEN="4242:wrong")
    with pytest.raises(ChannelError, match="TELEGRAM_BOT_TOKEN") as caught:
        await channel.start()
    assert "4242:wrong" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert channel.state == ChannelState.REFUSED


async def test_a_token_revoked_later_ends_the_channel_quietly(running: Rig) -> None:
    assert running.channel is not None
    running.telegram.token = "4242:new"
    running.telegram.world.add_update(
        "message", running.telegram.world.message(USER, running.telegram.world.user(USER))
    )
    await running.telegram.until(lambda: running.channel and running.channel.state == ChannelState.REFUSED)
    assert running.channel.username is None


async def test_no_log_holds_the_token_or_the_text(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="root")
    with structlog.testing.capture_logs() as events:
        await rig.start()
        rig.dialogue.error = StoreError(TELL_NOBODY)
        await rig.asks(USER, TELL_NOBODY)
        rig.telegram.flood("sendMessage", 1, times=1)
        rig.telegram.drop("getUpdates")
        rig.telegram.user_sends(USER, TELL_NOBODY)
        await rig.telegram.sent_to(USER, 2)
        await rig.stop()
    told = caplog.text + repr(events)
    assert rig.telegram.token not in told
    assert TELL_NOBODY not in told
    failed = next(event for event in events if event["event"] == "telegram_update_failed")
    assert (failed["error"], failed["at"].split(":")[0]) == ("StoreError", "support.py")


async def test_where_telegram_cannot_be_reached_it_goes_on_trying(rig: Rig) -> None:
    await rig.telegram.go_away()
    channel = await rig.start()
    assert channel.state == ChannelState.CONNECTING
    await asyncio.sleep(0.1)
    await rig.telegram.come_back()
    await rig.telegram.until(lambda: channel.state == ChannelState.RUNNING)
    assert channel.username == rig.telegram.username
    assert await rig.asks(USER, "你好") == "答：你好"


async def test_it_can_be_stopped_while_it_tries(rig: Rig) -> None:
    await rig.telegram.go_away()
    channel = await rig.start()
    async with asyncio.timeout(2):
        await channel.stop()
    assert channel.state == ChannelState.STOPPED


async def test_a_wrong_token_found_out_late_is_not_tried_again(rig: Rig) -> None:
    await rig.telegram.go_away()
    channel = await rig.start(TELEGRAM_BOT_TOKEN="4242:wrong")
    await rig.telegram.come_back()
    await rig.telegram.until(lambda: channel.state == ChannelState.REFUSED)


async def test_it_comes_back_after_telegram_was_away(running: Rig) -> None:
    await running.asks(USER, "一")
    await running.telegram.go_away()
    running.telegram.user_sends(USER, "二")
    await asyncio.sleep(0.1)
    await running.telegram.come_back()
    await running.telegram.sent_to(USER, 2)


@pytest.mark.parametrize("code", [500, 502, 504])
async def test_an_answer_is_sent_again_while_telegram_is_ill(running: Rig, code: int) -> None:
    running.telegram.fail("sendMessage", code, "Internal Server Error", times=3)
    assert await running.asks(USER, "你好") == "答：你好"
    await running.settled()
    assert len(running.telegram.sent()) == 1


async def test_an_answer_is_sent_again_when_the_connection_breaks(running: Rig) -> None:
    running.telegram.drop("sendMessage", times=2)
    assert await running.asks(USER, "你好") == "答：你好"
    await running.settled()
    assert len(running.telegram.sent()) == 1


async def test_an_answer_whose_arrival_is_unknown_is_rather_sent_twice(running: Rig) -> None:
    running.telegram.drop("sendMessage", after=True)
    running.telegram.user_sends(USER, "你好")
    assert len(await running.telegram.sent_to(USER, 2)) == 2


async def test_only_the_piece_that_failed_is_sent_again(running: Rig) -> None:
    running.dialogue.script = lambda _: Reply("句。" * 4000)
    running.telegram.user_sends(USER, "长")
    await running.telegram.sent_to(USER, 1)
    running.telegram.fail("sendMessage", 500, "Internal Server Error")
    await running.settled()
    assert len(running.telegram.sent()) == 2


async def test_when_patience_is_over_the_update_is_left_for_the_next_start(rig: Rig) -> None:
    hasty = type(FAST)(first_pause=0.01, longest_pause=0.01, patience=0.05, poll=1, grace=0.1)
    await rig.start(pace=hasty)
    rig.telegram.fail("sendMessage", 500, "Internal Server Error", times=12)
    rig.telegram.user_sends(USER, "你好")
    with structlog.testing.capture_logs() as events:
        await rig.telegram.until(lambda: any(event["event"] == "telegram_update_left" for event in events))
    assert rig.inbox.states == ["waiting"]
    await rig.stop()
    await rig.start()
    await rig.telegram.sent_to(USER, 1)


async def test_a_flood_limit_is_waited_out(running: Rig) -> None:
    running.telegram.flood("sendMessage", 1)
    assert await running.asks(USER, "你好") == "答：你好"
    first, second = (call.at for call in running.telegram.calls if call.method == "sendmessage")
    assert second - first >= 1


async def test_a_flood_limit_on_fetching_is_waited_out(rig: Rig) -> None:
    rig.telegram.flood("getUpdates", 1)
    await rig.start()
    assert await rig.asks(USER, "你好") == "答：你好"


async def test_a_second_bot_with_the_token_is_named_and_waited_for(rig: Rig) -> None:
    rig.telegram.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=2)
    with structlog.testing.capture_logs() as events:
        await rig.start()
        assert await rig.asks(USER, "你好") == "答：你好"
    assert [event["event"] for event in events].count("telegram_conflict") == 2


async def test_a_user_who_blocked_the_bot_costs_nothing(running: Rig) -> None:
    running.dialogue.hold.clear()
    running.telegram.user_sends(USER, "你好")
    await running.telegram.until(lambda: running.dialogue.asked)
    running.telegram.user_blocks(USER)
    running.dialogue.hold.set()
    await running.settled()
    assert running.telegram.sent(USER) == []
    assert "waiting" not in running.inbox.states
    assert await running.asks(2002, "还在吗") == "答：还在吗"


@pytest.mark.parametrize("text", ["你好", "/start", "/help"])
async def test_an_error_brings_an_honest_line_and_no_trace(running: Rig, text: str) -> None:
    async def fails(*_: object) -> None:
        raise KeyError("secret detail")

    running.dialogue.handle = running.dialogue.open = fails  # type: ignore[method-assign,assignment]
    said = await running.asks(USER, text)
    assert said.startswith("抱歉")
    assert "secret" not in said
    assert "KeyError" not in said
    await running.settled()
    assert running.inbox.states == ["failed: KeyError"]


async def test_an_error_behind_a_button_brings_the_line_too(running: Rig) -> None:
    await running.asks(USER, "你好")
    running.dialogue.error = RuntimeError("boom")
    query = running.telegram.user_presses(USER, running.telegram.sent(USER)[0]["message_id"], "/more")
    _, said = await running.telegram.sent_to(USER, 2)
    assert said["text"].startswith("抱歉")
    assert running.telegram.world.queries[query] == "answered"


async def test_an_answer_telegram_refuses_brings_the_line(running: Rig) -> None:
    running.telegram.fail("sendMessage", 400, "Bad Request: message is too long")
    assert (await running.asks(USER, "你好")).startswith("抱歉")


async def test_a_chat_that_is_gone_costs_nothing(running: Rig) -> None:
    running.telegram.fail("sendMessage", 400, "Bad Request: chat not found", times=2)
    running.telegram.user_sends(USER, "你好")
    await running.settled()
    assert running.telegram.sent() == []
    assert running.inbox.states == ["failed: BadRequest"]


async def test_an_answer_that_was_delivered_is_not_repeated_for_a_failed_note(running: Rig) -> None:
    async def fails(_: int) -> None:
        raise StoreError("the database is locked")

    running.dialogue.mark_delivered = fails  # type: ignore[method-assign,assignment]
    assert await running.asks(USER, "你好") == "答：你好"
    await running.settled()
    assert len(running.telegram.sent()) == 1
    assert running.inbox.states == ["handled"]


async def test_a_menu_that_cannot_be_set_costs_nothing(rig: Rig) -> None:
    rig.telegram.fail("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID", times=3)
    await rig.start()
    assert await rig.asks(USER, "你好") == "答：你好"


async def test_every_request_has_a_time_limit(rig: Rig) -> None:
    await rig.start(telegram_timeout=0.2)
    rig.telegram.delay("sendMessage", 1.0)
    assert await rig.asks(USER, "你好") == "答：你好"
    assert len(rig.telegram.calls_of("sendMessage")) >= 2


@pytest.mark.parametrize(
    "text", ["\u202e\u0007", "😀" * 2000, "字" * 4096, "'; DROP TABLE updates;--", "{{ 7*7 }}", "مرحبا", "\u0000x", "a"]
)
async def test_any_text_gets_an_answer(running: Rig, text: str) -> None:
    running.telegram.user_sends(USER, text)
    await running.settled()
    assert "".join(message["text"] for message in running.telegram.sent(USER)) == f"答：{text}"
    assert running.dialogue.texts == [text]
    assert running.inbox.states == ["handled"]
