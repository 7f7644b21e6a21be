"""Trainers' own copy of the data: every edit makes a new state, all of it or nothing, and can be taken back.

A state is a folder `training-<n>` below the home; `training` is a link to the one that counts. States share the files
that an edit didn't touch. Without an edit there is no copy, and the repository's own data count.
"""

import asyncio
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qifu.errors import EditError, SeedError, ServiceError
from qifu.settings import ROOT, Settings
from qifu.training.catalogue import Catalogue, Reading
from qifu.training.draft import HELD_OUT, PARTS, Draft
from store.models.base import utc_now

_KEEP = 50
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


class Workspace:
    """One a process; several processes may share a home."""

    def __init__(self, settings: Settings, *, source: Path = ROOT, clock: Callable[[], datetime] = utc_now) -> None:
        self._home, self._source, self._clock = settings.home, source, clock
        self._reading = Reading()

    @property
    def folder(self) -> Path:
        """The state that counts: seeds/, nlu/ and tests/ stand below it."""
        link = self._link
        return link.resolve() if link.is_dir() else self._source

    @property
    def edited(self) -> bool:
        """Whether trainers have a copy of their own."""
        return self._link.is_dir()

    async def read(self) -> Catalogue:
        """What it holds now. Raises SeedError where a file is broken."""
        return await asyncio.to_thread(lambda: self._reading.read(self.folder))

    async def change(
        self, edit: Callable[[Draft], Any], *, by: int | None, what: str, subject: str, count: int = 0
    ) -> Change:
        """Makes an edit. Raises what `edit` raises, SeedError with what it would break, EditError busy, ServiceError.

        What was wrong before the edit doesn't stop it.
        """
        return await asyncio.to_thread(self._change, edit, (by, what, subject, count))

    async def undo(self, *, by: int | None) -> Change:
        """Takes the last edit back; taken back once more, it is there again. Raises EditError nothing_to_undo."""
        return await asyncio.to_thread(self._undo, by)

    async def changes(self) -> list[Change]:
        """The edits whose states are kept, newest first."""
        return await asyncio.to_thread(self._changes)

    @property
    def _link(self) -> Path:
        return self._home / "training"

    def _change(self, edit: Callable[[Draft], Any], what: tuple[int | None, str, str, int]) -> Change:
        with self._alone():
            before = self._reading.read(self.folder)
            draft, number = self._draft(self.folder)
            try:
                edit(draft)
                after = self._reading.read(draft.root)
                if new := after.findings_beside(before):
                    raise SeedError(new)
                return self._switch(draft, Change(number, what[0], self._clock(), *what[1:]))
            except BaseException:
                shutil.rmtree(draft.root, ignore_errors=True)
                raise

    def _undo(self, by: int | None) -> Change:
        with self._alone():
            earlier = [state for state in self._states() if state != self.folder]
            if not self.edited or not earlier:
                raise EditError("nothing_to_undo")
            draft, number = self._draft(earlier[-1])
            last = self._note(self.folder)
            subject = last.subject if last else ""
            return self._switch(draft, Change(number, by, self._clock(), "undo", subject))

    def _draft(self, state: Path) -> tuple[Draft, int]:
        """The next state, so far like the given one."""
        if not self.edited:
            # The first state is the repository's, so that the first edit can be taken back.
            state = self._home / _FIRST
            self._copy(self._source, state, shutil.copyfile)
        number = int((self.folder if self.edited else state).name.rpartition("-")[2]) + 1
        root = self._home / f"training-{number:06d}"
        self._copy(state, root, os.link)
        return Draft(root), number

    def _copy(self, state: Path, root: Path, place: Callable[[Path, Path], Any]) -> None:
        try:
            # Two steps, so that a copy cut short never passes for a state.
            half = root.with_name(f"{root.name}.half")
            for left in (half, root):
                shutil.rmtree(left, ignore_errors=True)
            for path in Draft(state).files(*PARTS, *HELD_OUT):
                to = half / path.relative_to(state)
                to.parent.mkdir(parents=True, exist_ok=True)
                place(path, to)
            half.rename(root)
        except OSError as error:
            raise ServiceError(
                f"{self._home} can't be written to ({error.strerror}); free some space or set QIFU_HOME"
            ) from None

    def _switch(self, draft: Draft, change: Change) -> Change:
        note = asdict(change) | {"at": change.at.isoformat()}
        draft.write(draft.root / _NOTE, json.dumps(note, ensure_ascii=False))
        new = self._home / "training.new"
        new.unlink(missing_ok=True)
        new.symlink_to(draft.root.name)
        os.replace(new, self._link)
        for state in self._states()[:-_KEEP]:
            shutil.rmtree(state, ignore_errors=True)
        return change

    def _states(self) -> list[Path]:
        """The kept states, oldest first; what a crash left unfinished is none."""
        current = self.folder.name if self.edited else ""
        return [state for state in sorted(self._home.glob("training-[0-9]*[0-9]")) if state.name <= current]

    def _changes(self) -> list[Change]:
        return [note for state in reversed(self._states()) if (note := self._note(state))]

    @staticmethod
    def _note(state: Path) -> Change | None:
        try:
            read = json.loads((state / _NOTE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Change(**read | {"at": datetime.fromisoformat(read["at"])})

    @contextmanager
    def _alone(self) -> Iterator[None]:
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
