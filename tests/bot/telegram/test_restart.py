"""Nothing is lost and nothing is answered twice when the process stops, however it stops."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.telegram.store_inbox import StoreInbox
from store.database import Database
from tests.bot.telegram.support import FAST, Rig

USER = 1001
ROOT = Path(__file__).resolve().parents[3]


async def test_an_update_accepted_but_not_answered_is_answered_at_the_next_start(rig: Rig) -> None:
    await rig.start()
    rig.dialogue.hold.clear()
    rig.telegram.user_sends(USER, "出口退税多久")
    await rig.telegram.until(lambda: rig.dialogue.asked)
    await rig.stop(grace=0)
    assert (rig.telegram.sent(), rig.inbox.states) == ([], ["waiting"])
    rig.dialogue.hold.set()
    await rig.start()
    await rig.settled()
    assert [message["text"] for message in rig.telegram.sent()] == ["答：出口退税多久"]
    assert {asked.message_id for asked in rig.dialogue.asked} == {f"tg:{USER}:1"}


async def test_an_update_kept_by_a_process_that_died_is_answered_once(rig: Rig) -> None:
    rig.telegram.user_sends(USER, "一业一证")
    [update] = rig.telegram.world.pending  # not acknowledged: Telegram will deliver it again
    await rig.inbox.store(update["update_id"], update)
    await rig.start()
    await rig.settled()
    assert [message["text"] for message in rig.telegram.sent()] == ["答：一业一证"]


async def test_what_was_left_is_answered_before_what_came_since(rig: Rig) -> None:
    await rig.start()
    rig.dialogue.hold.clear()
    for number in range(3):
        rig.telegram.user_sends(USER, f"旧{number}")
    await rig.telegram.until(lambda: len(rig.inbox.rows) == 3)
    await rig.stop(grace=0)
    rig.telegram.user_sends(USER, "新")
    rig.dialogue.hold.set()
    await rig.start()
    answers = await rig.telegram.sent_to(USER, 4)
    assert [answer["text"] for answer in answers] == ["答：旧0", "答：旧1", "答：旧2", "答：新"]


async def test_an_update_delivered_again_is_not_answered_again(running: Rig) -> None:
    await running.asks(USER, "你好")
    for _ in range(3):
        running.telegram.world.again(running.telegram.last_update())
        await running.settled()
    assert len(running.telegram.sent()) == 1


async def test_an_update_delivered_again_after_a_restart_is_not_answered_again(rig: Rig) -> None:
    await rig.start()
    await rig.asks(USER, "你好")
    await rig.settled()
    await rig.stop()
    rig.telegram.world.again(rig.telegram.last_update())
    await rig.start()
    await rig.settled()
    assert len(rig.telegram.sent()) == 1


async def test_stopping_lets_a_running_answer_out(rig: Rig) -> None:
    channel = await rig.start()
    rig.dialogue.hold.clear()
    rig.telegram.user_sends(USER, "你好")
    await rig.telegram.until(lambda: rig.dialogue.asked)
    stopping = asyncio.create_task(channel.stop(grace=2))
    await asyncio.sleep(0.02)
    rig.dialogue.hold.set()
    await stopping
    assert len(rig.telegram.sent()) == 1
    assert rig.inbox.states == ["handled"]


async def test_an_update_is_not_acknowledged_before_it_is_kept(running: Rig) -> None:
    running.inbox.failing = 3
    running.telegram.user_sends(USER, "你好")
    await running.telegram.sent_to(USER, 1)
    await running.settled()
    asked = [int(call.get("offset") or 0) for call in running.telegram.calls_of("getUpdates")]
    assert asked.count(running.telegram.last_update() + 1) == 1
    assert len(running.telegram.sent()) == 1


async def test_after_a_quiet_week_smaller_update_numbers_are_taken(rig: Rig) -> None:
    await rig.start(pace=replace(FAST, poll=1))
    await rig.asks(USER, "你好")
    offsets = rig.telegram.calls_of("getUpdates")
    await rig.telegram.until(lambda: len(offsets) < len(rig.telegram.calls_of("getUpdates")))  # one came back empty
    world = rig.telegram.world
    world.history[5] = {"update_id": 5, "message": world.message(USER, world.user(USER), text="新一周")}
    world.again(5)
    await rig.telegram.sent_to(USER, 2)


PROCESS = """
import asyncio, sys
from bot.telegram.store_inbox import StoreInbox
from store.database import Database
from bot.telegram.application import build_application
from qifu.settings import Settings
from tests.bot.telegram.support import FAST, ScriptedDialogue

async def main():
    url, token, api = sys.argv[1:]
    dialogue = ScriptedDialogue()
    dialogue.hold.clear()
    settings = Settings(TELEGRAM_BOT_TOKEN=token, telegram_api_url=api)
    await build_application(settings, dialogue, StoreInbox(Database(url)), FAST).start()
    while not dialogue.asked:
        await asyncio.sleep(0.01)
    print("working", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
async def database(tmp_path: Path) -> Database:
    """An empty SQLite database."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}")
    await database.migrate()
    return database


async def test_a_killed_process_leaves_its_updates_to_the_next(rig: Rig, database: Database, tmp_path: Path) -> None:
    rig.telegram.user_sends(USER, "出口退税多久")
    rig.telegram.user_sends(USER, "找谁")
    url = f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROCESS, url, rig.telegram.token, rig.telegram.url,
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while b"working" not in await process.stdout.readline():
            pass
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert rig.telegram.sent() == []
    inbox = StoreInbox(database)
    rig.inbox = inbox  # type: ignore[assignment]
    await rig.start()
    answers = await rig.telegram.sent_to(USER, 2)
    await rig.telegram.quiet()
    await rig.stop()
    assert [answer["text"] for answer in answers] == ["答：出口退税多久", "答：找谁"]
    assert len(rig.telegram.sent()) == 2
    assert await inbox.unhandled() == []
    await database.dispose()


async def test_the_inbox_over_the_database_keeps_and_settles(database: Database) -> None:
    inbox = StoreInbox(database)
    assert [await inbox.store(7, {"update_id": 7}), await inbox.store(7, {})] == [True, False]
    assert [await inbox.store(8, {"update_id": 8}), await inbox.store(9, {"update_id": 9})] == [True, True]
    assert [row.payload["update_id"] for row in await inbox.unhandled()] == [7, 8, 9]
    await inbox.mark_handled(7)
    await inbox.mark_failed(8, "KeyError")
    assert [row.update_id for row in await inbox.unhandled()] == [9]
    await database.dispose()
