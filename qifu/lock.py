"""One qifu at a time in one home: a lock file that says who runs and where."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qifu.errors import ServiceError


@contextmanager
def only_one(home: Path, address: str) -> Iterator[None]:
    """Holds the lock of `home` while the block runs.

    Raises ServiceError that says what is running already, or that the folder can't be written to.
    """
    path = home / "qifu.lock"
    try:
        home.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise ServiceError(f"{home} can't be used ({error.strerror}); set QIFU_HOME to a folder of yours") from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise ServiceError(_who(handle.read())) from None
        _write(handle.fileno(), json.dumps({"pid": os.getpid(), "address": address}), home)
        try:
            yield
        finally:
            handle.truncate(0)


def is_held(home: Path) -> bool:
    """Whether a qifu runs in `home` now."""
    try:
        with (home / "qifu.lock").open("r", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _write(descriptor: int, content: str, home: Path) -> None:
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, content.encode())
    except OSError as error:
        raise ServiceError(f"{home} can't be written to ({error.strerror}); free some space or set QIFU_HOME") from None


def _who(content: str) -> str:
    try:
        running = json.loads(content)
    except ValueError:
        return "qifu is being started already"
    return f"qifu is running already (process {running['pid']}; Ctrl-C there stops it): {running['address']}"
