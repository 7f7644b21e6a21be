"""A small room (three matters, two acts) with the real domain, rules and look-ups, and a model trained on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from quiet import hush, prepare

NLU = Path(__file__).resolve().parent.parent
CONFIG = NLU.parent / "config.yml"
prepare(CONFIG)

QUESTIONS = """\
version: "3.1"
nlu:
- intent: taxes/export_refund
  metadata: {point: minhang-2023/7#5}
  examples: |
    - 出口退税几天到账
    - 外贸公司退税要等多久
    - 闵行出口退税审核时间
    - how long does an export tax refund take
- intent: taxes/export_refund
  metadata: {point: shanghai-2024/1.7#6}
  examples: |
    - 全市出口退税平均办理时间
    - 上海退税什么时候到公司账户
    - export refund city wide average days
- intent: registration/simple_deregistration
  metadata: {point: changning-2022/2.5.2#3}
  examples: |
    - 简易注销怎么办
    - 公司没开过张想关掉
    - 注销公司要公告几天
    - close a company that never traded
- intent: talent/apartment
  examples: |
    - 人才公寓怎么申请
    - 员工租房有补贴吗
    - 年轻人住的公租房
- intent: greet
  examples: |
    - 你好
    - 早上好
    - hello
- intent: handoff
  examples: |
    - 转人工
    - 我要跟真人说话
    - talk to a person
- intent: out_of_scope
  examples: |
    - 明天会下雨吗
    - 讲个笑话
    - 帮我写首诗
"""


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    hush()


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A room of its own for a test that changes it."""
    return make_room(tmp_path / "room")


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the small room, trained by the command."""
    folder = tmp_path_factory.mktemp("trained")
    done = run_training(make_room(folder / "room"), folder / "models")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


def make_room(folder: Path) -> Path:
    """The small room's files below `folder`."""
    shutil.copytree(NLU / "domain", folder / "domain")
    shutil.copytree(NLU / "lookups", folder / "lookups")
    (folder / "data").mkdir()
    shutil.copy(NLU / "data" / "rules.yml", folder / "data")
    (folder / "data" / "questions.yml").write_text(QUESTIONS, encoding="utf-8")
    return folder


def run_training(room: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The training command over a room."""
    command = [sys.executable, str(NLU / "train.py"), "--room", str(room), "--out", str(out), *options]
    return subprocess.run(  # noqa: S603  # our own command
        command, capture_output=True, text=True, timeout=120, check=False
    )
