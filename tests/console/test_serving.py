"""The console inside the main process, and its accounts on the command line."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner

from actions.knowledge.base import Knowledge
from bot.desk.files import Files
from console.switches import Switches
from qifu.cli import app as commands
from qifu.serve import console_on
from qifu.settings import Settings
from seeds.model import Seeds
from store.database import Database


async def test_the_first_start_tells_the_one_time_password_once(
    database: Database, seeds: Seeds, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services = SimpleNamespace(topics={}, knowledge=Knowledge(seeds))
    house = SimpleNamespace(services=services, dialogue=None, database=database, desk=None)
    started: Any = SimpleNamespace(house=house)
    for _ in range(2):
        app = FastAPI()
        async with console_on(app, Settings(), started, Switches(database), Files(tmp_path)):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://qifu") as client:
                assert (await client.get("/console/", headers={"accept": "text/html"})).status_code == 303
    told = capsys.readouterr().out
    assert told.count("一次性密码") == 1
    assert "账号 admin" in told


def test_accounts_are_looked_after_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIFU_HOME", str(tmp_path))

    def staff(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(commands, ["staff", *words])
        assert result.exit_code == code, result.output
        return result.output

    first = staff("add", "boss", "--name", "陈管理", "--role", "administrator")
    second = staff("reset", "boss")
    assert first.split()[-1] != second.split()[-1]
    assert staff("list") == "boss\t陈管理\t管理员\n"
    assert "至少要留一个启用的管理员" in staff("off", "boss", code=1)
    assert "没有这个账号" in staff("reset", "nobody", code=1)
    staff("add", "wang", "--name", "王芳", "--district", "minhang")
    assert staff("off", "wang") == "王芳 已停用\n"
    assert "wang\t王芳\t帮办人员\t已停用" in staff("list")
