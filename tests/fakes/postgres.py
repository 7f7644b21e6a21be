"""A real PostgreSQL server for tests, started from the installed binaries on a free port and removed afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

START_TIMEOUT = 60.0
"""Seconds a fresh server may take until it listens."""
_STOP_TIMEOUT = 20.0
_ATTEMPTS = 3


class PostgresMissingError(Exception):
    """No server binary is installed."""


def find_binaries(debian: Path = Path("/usr/lib/postgresql")) -> Path:
    """The folder of initdb and postgres: on PATH, where Debian keeps it, or where pg_config says.

    Raises PostgresMissingError with the package to install.
    """
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(debian.glob("*/bin"), key=lambda path: _version(path.parent.name), reverse=True)
    if config := shutil.which("pg_config"):
        told = subprocess.run(  # noqa: S603 - a program of PostgreSQL, no input
            [config, "--bindir"], capture_output=True, text=True, timeout=10, check=False
        )
        folders.append(Path(told.stdout.strip()))
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissingError(
        "no PostgreSQL server is installed: run `apt-get install postgresql`, "
        "or set QIFU_SKIP_POSTGRES=1 to leave its tests out"
    )


def _version(name: str) -> float:
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


class PostgresServer:
    """A server with an empty cluster in a temporary folder; a context manager."""

    def __init__(self) -> None:
        self.binaries = find_binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="qifu-postgres-"))
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+asyncpg://qifu@127.0.0.1:{self.port}/{database}"

    def __enter__(self) -> Self:
        try:
            self._initialise()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, on the port it had before or on a free one; another port where that one is taken meanwhile."""
        for _ in range(_ATTEMPTS):
            self.port = self.port or _free_port()
            if self._listens():
                return
            self.port = 0
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text(errors='replace')}")

    def stop(self) -> None:
        """Stop it at once, breaking all connections."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _initialise(self) -> None:
        if os.geteuid() == 0:
            owner = _unprivileged()
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        arguments = ["--auth=trust", "--username=qifu", "--encoding=UTF8", "--locale=C", "--no-sync"]
        done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, paths are ours
            [self.binaries / "initdb", *arguments, "-D", self.folder / "data"],
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT,
            check=False,
            cwd=self.folder,
            **_as_owner(),
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _listens(self) -> bool:
        # No socket file: a path in a deep temporary folder may be longer than a socket's name can be.
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": "50",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL, paths are ours
                [self.binaries / "postgres", "-D", self.folder / "data", "-p", str(self.port), *settings],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **_as_owner(),
            )
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and self._process.poll() is None:
            if b"ready to accept connections" in self._log.read_bytes():
                return True
            time.sleep(0.05)
        self.stop()
        return False


def _as_owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root hands it to another user."""
    if os.geteuid() != 0:
        return {}
    owner = _unprivileged()
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    for name in ("postgres", "nobody"):
        if name in users:
            return users[name]
    return next(iter(users.values()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
