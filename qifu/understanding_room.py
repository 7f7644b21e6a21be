"""The room next door: Rasa's own environment, its training and its process, reached by commands and HTTP only."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from bot.dialogue.rasa import RasaClient
from qifu.errors import ServiceError, TrainingError
from qifu.settings import ROOT, Settings
from seeds.read import read_seeds

log = structlog.get_logger()

NLU = ROOT / "nlu"
_PYTHON = NLU / ".venv" / "bin" / "python"
_LONGEST_PAUSE = 30.0
_STABLE_AFTER = 60.0
_LOOK_EVERY = 5.0
_MOST_SILENCES = 3


async def ensure_environment() -> Path:
    """The interpreter of Rasa's environment; the environment is installed from its lock where it is missing.

    Raises ServiceError where uv is missing or the installation fails.
    """
    if _PYTHON.exists():
        return _PYTHON
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        raise ServiceError("uv is not installed; run `make setup`, which installs it")
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    process = await asyncio.create_subprocess_exec(uv, "--directory", str(NLU), "sync", "--frozen", env=environment)
    async with _ended(process):
        await process.wait()
    if process.returncode:
        raise ServiceError("Rasa's environment could not be installed; `uv --directory nlu sync --frozen` says why")
    return _PYTHON


async def ensure_model(
    settings: Settings,
    force: bool = False,
    *,
    home: Path | None = None,
    niceness: int = 0,
    tell: Callable[[str], None] = lambda line: None,
) -> Path:
    """The model for the training data of `home` (without: as trainers have it now); trained where there is none.

    `tell` hears each line of the training's log, such as `epoch 3/15`; `niceness` is how much it steps back for others.
    Raises TrainingError with the last lines of the log, ServiceError where there is no place for the model.
    """
    home = home or settings.training_home
    python = await ensure_environment()
    # Data of a version have a folder of their own; else another training might read the points of this one.
    points = _write_points(home if home.parent == settings.models else settings.models, home)
    environment = {**os.environ, "QIFU_POINTS": str(points)}
    command = [str(python), str(NLU / "train.py"), "--out", str(settings.models), "--room", str(home / "nlu")]
    command += ["--nice", str(niceness), "--parent", str(os.getpid()), *(["--force"] if force else [])]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout and process.stderr  # noqa: S101  # asked for above
    complaints: deque[str] = deque(maxlen=20)

    async def listen(stream: asyncio.StreamReader) -> None:
        async for line in stream:
            said = line.decode(errors="replace").rstrip()
            complaints.append(said)
            tell(said)

    async with _ended(process):
        _, output = await asyncio.gather(listen(process.stderr), process.stdout.read())
        await process.wait()
    if process.returncode:
        raise TrainingError("the model could not be trained:\n" + "\n".join(complaints))
    return Path(output.decode().strip().splitlines()[-1])


@asynccontextmanager
async def _ended(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    """A child process that ends with the block, also where the block is given up half-way."""
    try:
        yield
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(process.wait(), 5)
            except TimeoutError:
                process.kill()
                await process.wait()


def _write_points(folder: Path, home: Path) -> Path:
    """The file of the points' texts, moved into place whole: another qifu may read it at the same time."""
    points = folder / "points.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, encoding="utf-8", suffix=".json", delete=False) as new:
            new.write(json.dumps(_points(home), ensure_ascii=False, sort_keys=True))
        os.replace(new.name, points)
    except OSError as error:
        raise ServiceError(
            f"{folder} can't be written to ({error.strerror}); free some space or set QIFU_HOME"
        ) from None
    return points


def _points(home: Path) -> dict[str, list[str]]:
    """Each point's text and English rendering, which the classifier learns beside the questions."""
    seeds = read_seeds(home / "seeds", home / "nlu" / "data")
    return {
        point_id: [point.text, *([seeds.english[point_id]] if point_id in seeds.english else [])]
        for point_id, point in seeds.points.items()
    }


class RasaProcess:
    """One Rasa server as a child process on the loopback, restarted with a growing pause when it dies or hangs.

    It is asked every `look_every` seconds whether it lives; three times without an answer in as long, it hangs.
    """

    def __init__(
        self, settings: Settings, model: Path, port: int, action_url: str, look_every: float = _LOOK_EVERY
    ) -> None:
        self._settings, self._model, self.port, self._action_url = settings, model, port, action_url
        self._look_every = look_every
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.restarts = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The running process's id."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Starts it, waits until it answers, then watches it. Raises ServiceError when it doesn't come up."""
        await self._spawn()
        await self._ready()
        self._watch = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        """Ends it: politely, then by force after ten seconds."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), 10)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _spawn(self) -> None:
        python = await ensure_environment()
        self._process = await asyncio.create_subprocess_exec(
            str(python),
            str(NLU / "server.py"),
            "--model",
            str(self._model),
            "--port",
            str(self.port),
            "--action-url",
            self._action_url,
            "--parent",
            str(os.getpid()),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=sys.stderr if self._settings.log_level.upper() == "DEBUG" else asyncio.subprocess.DEVNULL,
            # A Ctrl-C in the terminal reaches the whole group; the main process ends Rasa itself, last.
            start_new_session=True,
        )

    async def _ready(self) -> None:
        client = RasaClient(self.url, 2.0)
        deadline = asyncio.get_running_loop().time() + self._settings.rasa_start_timeout
        try:
            while not await client.alive():
                if self._process is None or self._process.returncode is not None:
                    raise ServiceError(
                        f"Rasa ended while starting (port {self.port}, model {self._model.name}); "
                        "QIFU_LOG_LEVEL=DEBUG shows its output"
                    )
                if asyncio.get_running_loop().time() > deadline:
                    raise ServiceError(f"Rasa didn't come up within {self._settings.rasa_start_timeout:.0f} s")
                await asyncio.sleep(0.2)
        finally:
            await client.close()

    async def _keep_running(self) -> None:
        pause = 1.0
        loop = asyncio.get_running_loop()
        started = loop.time()
        while True:
            code = await self._end()
            if loop.time() - started > _STABLE_AFTER:
                pause = 1.0
            log.error("rasa_died", code=code, restart_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
            self.restarts += 1
            started = loop.time()
            try:
                await self._spawn()
                await self._ready()
                log.info("rasa_restarted", restarts=self.restarts)
            except ServiceError as error:
                log.error("rasa_not_restarted", error=type(error).__name__)

    async def _end(self) -> int:
        """Waits until the process has died, and sees to it where it hangs; the exit code."""
        assert self._process is not None  # noqa: S101  # started before it is watched
        silent = asyncio.create_task(self._silent())
        try:
            ended = asyncio.create_task(self._process.wait())
            await asyncio.wait({ended, silent}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                log.error("rasa_hangs", silences=_MOST_SILENCES, every=self._look_every)
                # One that hangs doesn't hear a polite request.
                self._process.kill()
            return await ended
        finally:
            silent.cancel()

    async def _silent(self) -> None:
        """Returns once the server has failed to answer several times in a row."""
        client = RasaClient(self.url, self._look_every)
        silences = 0
        try:
            while silences < _MOST_SILENCES:
                await asyncio.sleep(self._look_every)
                silences = 0 if await client.alive(self._look_every) else silences + 1
        finally:
            await client.close()
