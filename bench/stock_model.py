"""The stock set-up's model: our training data, domain and rules, learned by Rasa's default pipeline."""

import asyncio
import hashlib
import tempfile
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML

from bench.processes import end, spawn
from qifu.errors import TrainingError
from qifu.understanding_room import NLU, ensure_environment
from seeds.yaml import load_yaml

STOCK = Path(__file__).resolve().parent / "stock"
QUICK_STEP = 8
"""With `quick`, one in this many questions of each block is learned."""
_EXAMPLE = "    - "
_BLOCK = "- intent:"
_LONGEST = 3600.0
SILENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "RASA_MAX_CACHE_SIZE": "0",
}
"""Environment of a stock Rasa that keeps to itself."""


@dataclass(frozen=True)
class StockModel:
    """A trained model, and how many questions it learned."""

    path: Path
    questions: int


async def ensure_stock_model(folder: Path, epochs: int, quick: bool) -> StockModel:
    """The model for the training data as it is, trained below `folder` where it isn't there.

    Raises TrainingError that names the log.
    """
    data = {path.name: path.read_text(encoding="utf-8") for path in sorted((NLU / "data").glob("*.yml"))}
    if quick:
        data = {name: thinned(text, QUICK_STEP) for name, text in data.items()}
    config = configured(epochs)
    parts = [config, *data.values(), *(path.read_text(encoding="utf-8") for path in sorted(NLU.glob("domain/*.yml")))]
    kind = "quick" if quick else "full"
    model = folder / f"{kind}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:12]}.tar.gz"
    if not model.exists():
        await _train(folder, model, config, data)
        _forget_others(model, kind)
    return StockModel(model, sum(line.startswith(_EXAMPLE) for text in data.values() for line in text.splitlines()))


def configured(epochs: int) -> str:
    """The pipeline's configuration with the number of epochs that DIET learns."""
    content = load_yaml(STOCK / "config.yml")
    next(part for part in content["pipeline"] if part["name"] == "DIETClassifier")["epochs"] = epochs
    written = StringIO()
    YAML(typ="rt").dump(content, written)
    return written.getvalue()


def thinned(text: str, step: int) -> str:
    """Training data with one in `step` questions of each block, and at least the first."""
    kept, seen = [], 0
    for line in text.splitlines(keepends=True):
        if line.startswith(_BLOCK):
            seen = 0
        if line.startswith(_EXAMPLE):
            seen += 1
            if (seen - 1) % step:
                continue
        kept.append(line)
    return "".join(kept)


def _forget_others(model: Path, kind: str) -> None:
    """Deletes the models of earlier training data: each takes more than 100 MB."""
    for other in set(model.parent.glob(f"{kind}-*.*")) - {model, _log_of(model)}:
        other.unlink()


def _log_of(model: Path) -> Path:
    return model.with_name(model.name.replace(".tar.gz", ".log"))


async def _train(folder: Path, model: Path, config: str, data: dict[str, str]) -> None:
    python = await ensure_environment()
    log = _log_of(model)
    with tempfile.TemporaryDirectory(dir=folder, prefix="training-") as name:
        room = Path(name)
        (room / "config.yml").write_text(config, encoding="utf-8")
        (room / "data").mkdir()
        for file, text in data.items():
            (room / "data" / file).write_text(text, encoding="utf-8")
        command = [str(python), "-m", "rasa", "train", "--config", "config.yml", "--data", "data"]
        command += ["--domain", str(NLU / "domain"), "--out", "models", "--fixed-model-name", "stock"]
        process = await spawn(command, room, log, SILENT)
        try:
            async with asyncio.timeout(_LONGEST):
                failed = await process.wait()
        finally:
            await end(process)
        trained = room / "models" / "stock.tar.gz"
        if failed or not trained.exists():
            raise TrainingError(f"the stock model could not be trained; {log} says why")
        trained.replace(model)
