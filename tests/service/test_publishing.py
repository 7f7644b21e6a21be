"""A version goes live and back while users chat, with real Rasa: nobody is lost, answers change with it."""

import asyncio
import importlib.util
import os
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from qifu.labels import ModelState
from qifu.models.data import keep_data
from qifu.models.registry import Registry
from qifu.settings import ROOT
from qifu.understanding_room import _write_points
from store.database import Database
from store.repositories import ModelRepository
from tests.service.support import Json, Served, free_settings, rasa_processes, said

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1200)]

USERS, PAUSE = 20, 4.0
OLD, NEW = "3个工作日", "2个工作日"
PLAN = "seeds/plans/minhang-2023.txt"
PATIENCE = 400.0


@dataclass
class House:
    """A running service whose versions the test can touch; `slowest` is the longest that a user waited, in seconds."""

    served: Served
    registry: Registry
    slowest: float = 0.0
    lost: list[Json] = field(default_factory=list)
    answers: int = 0

    async def answer(self) -> str:
        """What somebody new is told."""
        talk = await self.served.talk()
        await talk.asks("我公司在闵行")
        return said(await talk.asks("出口退税几天"))

    async def publish(self, number: int) -> None:
        """Asks the running service to publish, as the command line does, and waits until it is done.

        Other tests' services may run beside this one: what counts is that none more is there than before.
        """
        before = len(rasa_processes())
        async with self.registry.database.session() as session:
            await ModelRepository(session).want(number, "试用")
        async with asyncio.timeout(PATIENCE):
            while (row := await self.registry.get(number)).wanted_at is not None:  # noqa: ASYNC110 - another task
                await asyncio.sleep(0.2)
        assert (row.state, row.refusal) == (ModelState.LIVE, None)
        async with asyncio.timeout(PATIENCE):
            while len(rasa_processes()) > before:  # noqa: ASYNC110 - the first is being ended
                await asyncio.sleep(0.2)

    async def chat(self, over: asyncio.Event) -> None:
        """One user who asks and asks."""
        talk = await self.served.talk()
        while not over.is_set():
            begun = time.perf_counter()
            turn = await talk.asks("出口退税几天")
            self.slowest = max(self.slowest, time.perf_counter() - begun)
            self.answers += 1
            if turn["pending"] or turn["outcome"] != "answered":
                self.lost.append(turn)
            await asyncio.sleep(PAUSE)


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, model: Path) -> AsyncIterator[House]:
    """The service over models of its own; version 2 has a plan that reads differently."""
    home = tmp_path / "home"
    (home / "models").mkdir(parents=True)
    os.link(model, home / "models" / model.name)
    served = Served(free_settings(home), telegram=None)  # type: ignore[arg-type]
    await served.start()
    database = Database(served.settings.database)
    house = House(served, Registry(served.settings, database))
    await _second_version(house.registry, tmp_path / "edited", model)
    yield house
    await served.stop()
    await served.http.aclose()
    await database.dispose()


async def _second_version(registry: Registry, edited: Path, model: Path) -> None:
    """The same model once more, with other words in a plan; named as training would name it."""
    for part in ("seeds", "nlu/data", "nlu/domain", "nlu/lookups"):
        shutil.copytree(ROOT / part, edited / part, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    plan = edited / PLAN
    plan.write_text(plan.read_text(encoding="utf-8").replace(OLD, NEW), encoding="utf-8")
    data = keep_data(edited, registry.settings.models)
    name = f"{_checksum(data)}.tar.gz"
    os.link(model, registry.settings.models / name)
    async with registry.database.session() as session:
        models = ModelRepository(session)
        row = await models.add(data.name.removeprefix("data-"))
        await models.trained(row.id, name)


def _checksum(data: Path) -> str:
    """The name that nlu/train.py gives to a model of these data."""
    spec = importlib.util.spec_from_file_location("checksum", ROOT / "nlu" / "checksum.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before, os.environ["QIFU_POINTS"] = os.environ.get("QIFU_POINTS"), str(_write_points(data, data))
    try:
        return str(module.checksum(ROOT / "config.yml", data / "nlu"))
    finally:
        del os.environ["QIFU_POINTS"]
        if before is not None:
            os.environ["QIFU_POINTS"] = before


async def test_users_chat_on_while_a_version_goes_live_and_back_and_a_restart_keeps_it(
    house: House, record_property: Any
) -> None:
    assert OLD in await house.answer()
    over = asyncio.Event()
    users = [asyncio.create_task(house.chat(over)) for _ in range(USERS)]
    await house.publish(2)
    assert NEW in await house.answer()
    await asyncio.sleep(2)
    over.set()
    await asyncio.gather(*users)
    assert house.lost == []
    record_property("answers while publishing", house.answers)
    record_property("slowest answer in seconds", round(house.slowest, 2))
    print(f"\n{house.answers} answers while publishing, the slowest in {house.slowest:.2f} s")  # noqa: T201

    await house.served.restart()
    assert NEW in await house.answer(), "the published version is live again"
    await house.publish(1)
    assert OLD in await house.answer()
    states = {row.id: row.state for row in await house.registry.all()}
    assert states == {1: ModelState.LIVE, 2: ModelState.RETIRED}
