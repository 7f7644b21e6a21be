"""The data of a version: seeds and training data, kept as they were, so that a version can be live again later."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from qifu.errors import ServiceError
from qifu.settings import ROOT
from qifu.training.draft import HELD_OUT, PARTS

_DIGITS = 12


def data_checksum(home: Path = ROOT) -> str:
    """Twelve hexadecimal digits over everything below `home` that a version is made of."""
    return _checksum(home, PARTS)


def held_out_checksum(home: Path) -> str:
    """Twelve hexadecimal digits over everything below `home` that a version is measured on."""
    return _checksum(home, HELD_OUT)


def data_folder(models: Path, checksum: str) -> Path:
    """Where the data of that checksum are kept."""
    return models / f"data-{checksum}"


def keep_data(home: Path, models: Path) -> Path:
    """The folder with a copy of the data of `home`; it is there whole or not at all.

    Raises ServiceError where there is no place for it.
    """
    checksum = data_checksum(home)
    kept = data_folder(models, checksum)
    try:
        models.mkdir(parents=True, exist_ok=True)
        while not kept.exists():
            with tempfile.TemporaryDirectory(dir=models) as folder:
                copy = Path(folder) / "data"
                for path in _files(home, PARTS):
                    to = copy / path.relative_to(home)
                    to.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, to)
                # What was changed while it was copied goes by another name.
                kept = data_folder(models, data_checksum(copy))
                if not kept.exists():
                    copy.rename(kept)
    except OSError as error:
        raise ServiceError(
            f"{models} can't be written to ({error.strerror}); free some space or set QIFU_HOME"
        ) from None
    return kept


def _files(home: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted(path for pattern in patterns for path in home.glob(pattern))


def _checksum(home: Path, patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in _files(home, patterns):
        digest.update(str(path.relative_to(home)).encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:_DIGITS]
