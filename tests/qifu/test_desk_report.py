"""`qifu desk report` prints the figures of a period in words."""

import asyncio
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.desk.desk import Desk
from qifu.cli import app
from qifu.labels import CloseReason
from store.database import Database
from tests.bot.desk.support import OPEN_AT, a_conversation, of, some_appeal, some_staff
from tests.store.factories import FakeClock

DAY = ("--from", "2026-11-18", "--to", "2026-11-18")


@pytest.fixture(autouse=True)
def own_database(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the test's own."""
    shutil.copy(migrated, tmp_path / "qifu.db")
    url = f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}"
    monkeypatch.setenv("QIFU_DATABASE_URL", url)
    return url


def test_a_period_without_anything_is_said_to_be_so() -> None:
    result = CliRunner().invoke(app, ["desk", "report"])
    assert result.exit_code == 0, result.output
    assert "解决率：无" in result.output


def test_the_figures_of_a_day_are_printed_in_words(own_database: str) -> None:
    asyncio.run(one_of_each(own_database))
    result = CliRunner().invoke(app, ["desk", "report", *DAY])
    assert result.exit_code == 0, result.output
    for line in (
        "服务台 2026-11-18 至 2026-11-18",
        "转人工：1",
        "首次响应中位数：20 秒",
        "一分钟内响应：100.0%",
        "解决率：100.0%",
        "帮办评价：1 次，平均 5.00 分",
        "转人工原因：用户要求 1",
        "结束方式：已解决 1",
        "诉求状态：已收到，等待分派 1",
        "责任单位：无 1",
        "区：闵行区 1",
    ):
        assert f"  {line}\n" in result.output or line in result.output.splitlines()


async def one_of_each(url: str) -> None:
    """A handoff that went well, and an appeal."""
    database, clock = Database(url), FakeClock(OPEN_AT)
    desk, people = Desk(database, clock=clock), await some_staff(database)
    row = of((await desk.handoffs.request(await a_conversation(database, "web:report"))).handoff)
    clock.forward(seconds=20)
    await desk.handoffs.claim(row.id, people.wang)
    await desk.talk.staff_message(row.id, people.wang, "您好")
    await desk.handoffs.close(row.id, people.wang, CloseReason.RESOLVED)
    await desk.handoffs.rate("web:report", 5)
    await desk.appeals.file("web:report", some_appeal())
    await database.dispose()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--from", "yesterday"), "“yesterday” is no day; write it as 2026-11-21"),
        (("--from", "2026-11-19", "--to", "2026-11-18"), "is after --to"),
    ],
)
def test_days_that_make_no_sense_are_named(arguments: tuple[str, ...], complaint: str) -> None:
    result = CliRunner().invoke(app, ["desk", "report", *arguments])
    assert result.exit_code == 1
    assert complaint in result.output
