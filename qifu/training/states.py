"""States of trainers' data on disk: folders `training-<n>` that share files, and the link `training` to one of them.

Beside them stand origins: the copy of the repository's data that the trainers' edits began with, or that they were last
joined with. The first state is the first origin. Origins are kept as long as a state names them.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from qifu.errors import EditError, ServiceError
from qifu.training.draft import HELD_OUT, PARTS, Draft

_FIRST = "training-000001"
_NOTE = "change.json"
_WAIT = 30.0
"""Seconds to wait for another edit to end."""


@dataclass(frozen=True)
class Change:
    """An edit that was made: its state's number, who (a staff id), when, what (a key of the words) and of what."""

    number: int
    by: int | None
    at: datetime
    what: str
    subject: str
    count: int = 0


@dataclass(frozen=True)
class Origin:
    """What a state's data come from: the folder's name, and the checksums of what holds nothing new beside it.

    `exported` is the folder with what was last exported; what holds that is compared with it rather than the origin.
    """

    name: str = _FIRST
    before: Sequence[str] = ()
    exported: str = ""


class States:
    """The states below a home; `source` are the repository's data."""

    def __init__(self, home: Path, source: Path, keep: int) -> None:
        self._home, self._source, self._keep = home, source, keep
        self._link = home / "training"

    @property
    def edited(self) -> bool:
        """Whether there is a state."""
        return self._link.is_dir()

    @property
    def folder(self) -> Path:
        """The state that counts, or the repository's data."""
        return self._link.resolve() if self.edited else self._source

    def all(self) -> list[Path]:
        """The kept states, oldest first; what a crash left unfinished is none."""
        current = self.folder.name if self.edited else ""
        return [state for state in sorted(self._home.glob("training-[0-9]*[0-9]")) if state.name <= current]

    def begin(self, state: Path) -> tuple[Draft, int]:
        """A draft of the next state, so far like the given one, and its number. Raises ServiceError."""
        if not self.edited:
            # The first state is the repository's, so that the first edit can be taken back.
            state = self._home / _FIRST
            self._copy(self._source, state, shutil.copyfile)
        number = int((self.folder if self.edited else state).name.rpartition("-")[2]) + 1
        root = self._home / f"training-{number:06d}"
        self._copy(state, root, os.link)
        return Draft(root), number

    def switch(self, draft: Draft, change: Change, origin: Origin) -> Change:
        """Makes a draft the state that counts, from one moment to the next."""
        note = asdict(change) | {"at": change.at.isoformat(), "origin": asdict(origin)}
        draft.write(draft.root / _NOTE, json.dumps(note, ensure_ascii=False))
        new = self._home / "training.new"
        new.unlink(missing_ok=True)
        new.symlink_to(draft.root.name)
        os.replace(new, self._link)
        self._prune()
        return change

    def note(self, state: Path) -> Change | None:
        """The edit that made a state; the first has none."""
        read = _read(state)
        if not read:
            return None
        known = {field.name: read[field.name] for field in fields(Change) if field.name in read}
        return Change(**known | {"at": datetime.fromisoformat(read["at"])})

    def origin(self, state: Path) -> Origin:
        """What a state's data come from."""
        return Origin(**_read(state).get("origin", {}))

    def origin_folder(self, state: Path) -> Path:
        """Where the data stand that a state's come from."""
        return self._home / self.origin(state).name if self.edited else self._source

    def exported_folder(self, state: Path) -> Path | None:
        """Where the data stand that were exported last."""
        name = self.origin(state).exported
        return self._home / name if name else None

    def keep_origin(self, folder: Path, number: int) -> Path:
        """Copies data that the state of that number joins with. Raises ServiceError."""
        kept = self._home / f"origin-{number:06d}"
        self._copy(folder, kept, shutil.copyfile)
        return kept

    def note_export(self, checksum: str) -> None:
        """Notes that the state that counts was exported; data of that checksum hold nothing new.

        Raises ServiceError.
        """
        state = self.folder
        kept = self._home / f"origin-exported-{state.name.rpartition('-')[2]}"
        self._copy(state, kept, os.link)
        old = self.origin(state)
        origin = replace(old, exported=kept.name, before=[*old.before, *filter(None, [checksum])])
        note = _read(state) | {"origin": asdict(origin)}
        with self.room():
            Draft(state).write(state / _NOTE, json.dumps(note, ensure_ascii=False))
        self._prune()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One edit at a time, in all processes. Raises EditError busy, ServiceError."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            handle = (self._home / "training.lock").open("a+")
        except OSError as error:
            raise ServiceError(f"{self._home} can't be used ({error.strerror}); set QIFU_HOME") from None
        with handle:
            until = time.monotonic() + _WAIT
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise EditError("busy") from None
                    time.sleep(0.05)
            yield

    @contextmanager
    def room(self) -> Iterator[None]:
        """Turns what the disk refuses into ServiceError."""
        try:
            yield
        except OSError as error:
            raise ServiceError(
                f"{self._home} can't be written to ({error.strerror}); free some space or set QIFU_HOME"
            ) from None

    def _copy(self, state: Path, root: Path, place: Callable[[Path, Path], Any]) -> None:
        with self.room():
            # Two steps, so that a copy cut short never passes for a state.
            half = root.with_name(f"{root.name}.half")
            for left in (half, root):
                shutil.rmtree(left, ignore_errors=True)
            for path in Draft(state).files(*PARTS, *HELD_OUT):
                to = half / path.relative_to(state)
                to.parent.mkdir(parents=True, exist_ok=True)
                place(path, to)
            half.rename(root)

    def _prune(self) -> None:
        states = self.all()
        kept = states[-self._keep :]
        origins = {name for state in kept for name in (self.origin(state).name, self.origin(state).exported)}
        for state in [*states[: -self._keep], *self._home.glob("origin-*[0-9]")]:
            if state.name not in origins:
                shutil.rmtree(state, ignore_errors=True)


def _read(state: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads((state / _NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return read
