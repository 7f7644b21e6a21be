"""Rasa's environment is another program: it is trained, started, watched, restarted and ended, here with stand-ins."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from qifu import understanding_room
from qifu.errors import ServiceError, TrainingError
from qifu.servers import LOOPBACK, free_port
from qifu.settings import Settings
from qifu.understanding_room import RasaProcess, ensure_model
from tests.actions.knowledge import small_seeds

SERVER = """
import argparse, http.server, pathlib, sys, time
parser = argparse.ArgumentParser()
for name in ("--model", "--port", "--action-url", "--parent"):
    parser.add_argument(name)
given = parser.parse_args()
if given.model.endswith("broken"):
    sys.exit(3)

asked = 0

class Status(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global asked
        asked += 1
        if given.model.endswith("hanging") and asked > 1:
            time.sleep(60)
        self.send_response(409 if given.model.endswith("endless") else 200)
        self.end_headers()
    def log_message(self, *_):
        pass

http.server.HTTPServer(("127.0.0.1", int(given.port)), Status).serve_forever()
"""
TRAIN = """
import os, pathlib, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
if (folder / "wrong").exists():
    print("nlu/data/taxes.yml:7: a block has no examples", file=sys.stderr)
    sys.exit(2)
(folder / "pid").write_text(str(os.getpid()))
while (folder / "slow").exists():
    time.sleep(0.02)
for epoch in (1, 2):
    print(f"epoch {epoch}/2", file=sys.stderr)
print("room", sys.argv[sys.argv.index("--room") + 1], file=sys.stderr)
print(folder / ("forced.tar.gz" if "--force" in sys.argv else "model.tar.gz"))
"""


@pytest.fixture(autouse=True)
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room next door in which stand-ins for training and server live."""
    room = tmp_path / "nlu"
    room.mkdir()
    (room / "server.py").write_text(SERVER, encoding="utf-8")
    (room / "train.py").write_text(TRAIN, encoding="utf-8")
    monkeypatch.setattr(understanding_room, "NLU", room)
    monkeypatch.setattr(understanding_room, "_PYTHON", Path(sys.executable))
    monkeypatch.setattr(understanding_room, "read_seeds", lambda *_: small_seeds())
    return room


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home, with its folder of models."""
    (tmp_path / "home" / "models").mkdir(parents=True)
    return tmp_path / "home"


async def test_the_models_path_is_the_last_line_of_the_training(home: Path) -> None:
    assert await ensure_model(Settings(home=home)) == home / "models" / "model.tar.gz"
    assert await ensure_model(Settings(home=home), force=True) == home / "models" / "forced.tar.gz"


async def test_the_training_learns_the_points_own_words(home: Path) -> None:
    await ensure_model(Settings(home=home))
    points = (home / "models" / "points.json").read_text(encoding="utf-8")
    assert "全面实施简易注销。" in points
    assert "3 working days" in points
    assert {path.name for path in (home / "models").glob("*.json")} == {"points.json"}


async def test_each_line_of_the_log_is_told_while_it_trains(home: Path) -> None:
    lines: list[str] = []
    data = home / "models" / "data-0123"
    data.mkdir()
    await ensure_model(Settings(home=home), home=data, niceness=1, tell=lines.append)
    assert lines == ["epoch 1/2", "epoch 2/2", f"room {data / 'nlu'}"]
    assert (data / "points.json").exists(), "another training may read its own points at the same time"


async def test_wrong_data_is_told_in_the_trainings_words(home: Path) -> None:
    (home / "models" / "wrong").touch()
    with pytest.raises(TrainingError, match=r"nlu/data/taxes\.yml:7: a block has no examples"):
        await ensure_model(Settings(home=home))


async def test_a_training_that_is_given_up_ends(home: Path) -> None:
    (home / "models" / "slow").touch()
    training = asyncio.create_task(ensure_model(Settings(home=home)))
    pid = int(await written(home / "models" / "pid"))
    training.cancel()
    with pytest.raises(asyncio.CancelledError):
        await training
    assert not psutil.pid_exists(pid)


async def test_a_place_that_cant_be_written_to_is_named(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceError, match="QIFU_HOME"):
        await ensure_model(Settings(home=tmp_path / "file"))


async def test_without_uv_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding_room, "_PYTHON", tmp_path / "missing")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("UV", raising=False)
    with pytest.raises(ServiceError, match="make setup"):
        await ensure_model(Settings(home=tmp_path))


async def test_an_installation_that_fails_says_how_to_see_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding_room, "_PYTHON", tmp_path / "missing")
    monkeypatch.setenv("UV", "/bin/false")
    with pytest.raises(ServiceError, match="sync --frozen"):
        await ensure_model(Settings(home=tmp_path))


def a_process(model: str = "model", timeout: float = 20.0, look_every: float = 5.0) -> RasaProcess:
    """A process on a free port."""
    settings, port = Settings(rasa_start_timeout=timeout), free_port(LOOPBACK, 0, "QIFU_RASA_PORT")
    return RasaProcess(settings, Path(model), port, "http://127.0.0.1:9/webhook", look_every)


@pytest.fixture
async def process() -> AsyncIterator[RasaProcess]:
    """A running process."""
    process = a_process()
    await process.start()
    yield process
    await process.stop()


async def test_it_is_up_once_started_and_gone_once_stopped() -> None:
    process = a_process()
    await process.start()
    pid = process.pid
    assert pid is not None
    assert psutil.pid_exists(pid)
    await process.stop()
    assert not psutil.pid_exists(pid)
    await process.stop()


async def test_ctrl_c_in_the_terminal_doesnt_reach_it(process: RasaProcess) -> None:
    assert process.pid is not None
    assert os.getpgid(process.pid) != os.getpgid(0)


async def test_killed_it_is_started_again(process: RasaProcess) -> None:
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(20):
        while process.restarts == 0 or process.pid == first:  # noqa: ASYNC110 - the process offers no event
            await asyncio.sleep(0.05)
    await process._ready()
    assert process.restarts == 1


async def test_one_that_hangs_without_dying_is_started_again() -> None:
    process = a_process("hanging", look_every=0.2)
    await process.start()
    first = process.pid
    assert first is not None
    async with asyncio.timeout(20):
        while process.restarts == 0:  # noqa: ASYNC110 - the process offers no event
            await asyncio.sleep(0.05)
    assert not psutil.pid_exists(first)
    await process.stop()


async def test_one_that_answers_is_left_alone() -> None:
    process = a_process(look_every=0.05)
    await process.start()
    first = process.pid
    await asyncio.sleep(0.6)
    assert (process.pid, process.restarts) == (first, 0)
    await process.stop()


async def test_one_that_ends_while_starting_is_named_with_its_model() -> None:
    process = a_process("broken")
    with pytest.raises(ServiceError, match=r"model broken.*QIFU_LOG_LEVEL"):
        await process.start()
    await process.stop()


async def test_one_that_never_comes_up_is_given_up_and_ended() -> None:
    process = a_process("endless", timeout=1.0)
    with pytest.raises(ServiceError, match="within 1 s"):
        await process.start()
    pid = process.pid
    await process.stop()
    assert pid is not None
    assert not psutil.pid_exists(pid)


async def written(path: Path) -> str:
    """The content of a file once there is some."""
    async with asyncio.timeout(20):
        while not (content := _content(path)):  # noqa: ASYNC110 - files offer no event
            await asyncio.sleep(0.02)
    return content


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
