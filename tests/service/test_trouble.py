"""Rasa dies, the main process is started anew: nobody has to ask twice, nothing is forgotten."""

import asyncio
import os
import signal

import pytest

from tests.service.support import PATIENCE, Json, Served, Talk, rasa_processes, said, until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900)]

USER = 2002


async def test_a_rasa_that_is_killed_comes_back_and_answers_what_waited(served: Served) -> None:
    talk = await served.talk()
    await talk.asks("我公司在闵行")
    [rasa] = rasa_processes()
    restarts = (await served.health())["parts"]["rasa"]["restarts"]
    os.kill(rasa.pid, signal.SIGKILL)
    waiting = await talk.asks("出口退税几天")
    assert (waiting["outcome"], waiting["pending"]) == ("error", True)
    assert "不用重发" in said(waiting)
    served.telegram.user_sends(USER, "出口退税几天")
    await served.telegram.sent_to(USER, 1)
    assert (await served.health())["status"] == "degraded"

    last = await settled(talk)
    assert (last["id"], last["outcome"]) == (waiting["id"], "answered")
    assert last["points"][0].startswith("minhang-2023/")
    assert len(await talk.turns()) == 3
    await served.telegram.until(lambda: "3个工作日" in str(served.telegram.sent(USER)[-1]["text"]), 20)
    health = await served.health()
    assert (health["status"], health["parts"]["rasa"]["restarts"]) == ("ok", restarts + 1)
    assert len(rasa_processes()) == 1


async def settled(talk: Talk) -> Json:
    """The newest turn once it waits no longer."""
    async with asyncio.timeout(PATIENCE):
        while (newest := (await talk.turns())[-1])["pending"]:  # noqa: ASYNC110 - over HTTP there is no event
            await asyncio.sleep(0.2)
    return newest


async def test_a_new_process_knows_district_and_language_and_what_was_said(served: Served) -> None:
    talk = await served.talk()
    await talk.asks("我公司在闵行")
    await talk.asks("用英文回答")
    before = await talk.turns()
    await served.restart()
    assert await talk.turns() == before
    turn = await talk.asks("出口退税几天")
    assert turn["points"][0].startswith("minhang-2023/")
    assert (await talk.presses("/source"))["act"] == "source"


async def test_a_new_process_starts_nothing_twice(served: Served) -> None:
    await until(lambda: len(rasa_processes()) == 1)
    assert (await served.health())["status"] == "ok"
