"""Trainers' own copy of the data: every edit makes a new state, all of it or nothing, and can be taken back.

A state is a folder `training-<n>` below the home; `training` is a link to the one that counts. States share the files
that an edit didn't touch. Without an edit there is no copy, and the repository's own data count.
"""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from qifu.errors import EditError, SeedError
from qifu.settings import ROOT, Settings
from qifu.training.catalogue import Catalogue, Reading
from qifu.training.draft import Draft, checksum
from qifu.training.states import Change, Origin, States
from store.models.base import utc_now

__all__ = ["Change", "Workspace"]

_KEEP = 50


class Workspace:
    """One a process; several processes may share a home.

    `keep`: how many states can be taken back to. `reading` remembers files, of other workspaces too.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        source: Path = ROOT,
        clock: Callable[[], datetime] = utc_now,
        keep: int = _KEEP,
        reading: Reading | None = None,
    ) -> None:
        self._source, self._clock = source, clock
        self._states = States(settings.home, source, keep)
        self._reading = reading or Reading()

    @property
    def folder(self) -> Path:
        """The state that counts: seeds/, nlu/ and tests/ stand below it."""
        return self._states.folder

    @property
    def source(self) -> Path:
        """The folder of the program's own data."""
        return self._source

    @property
    def origin(self) -> Path:
        """The data that trainers' edits began with, or were last joined with."""
        return self._states.origin_folder(self.folder)

    @property
    def exported(self) -> Path | None:
        """The data as they were last exported."""
        return self._states.exported_folder(self.folder) if self.edited else None

    @property
    def edited(self) -> bool:
        """Whether trainers have a copy of their own."""
        return self._states.edited

    async def outdated(self) -> bool:
        """Whether an update of the program has brought data that trainers' own don't hold yet."""
        return self.edited and not await asyncio.to_thread(self.knows, self._source)

    def knows(self, folder: Path) -> bool:
        """Whether nothing in a folder is new: its data are those that count, or were joined with before."""
        now = checksum(folder)
        earlier = self._states.origin(self.folder).before if self.edited else ()
        return now in earlier or now in (checksum(self.folder), checksum(self.origin))

    async def read(self) -> Catalogue:
        """What it holds now. Raises SeedError where a file is broken."""
        return await asyncio.to_thread(lambda: self._reading.read(self.folder))

    def read_beside(self, folder: Path) -> Catalogue:
        """Other data, such as a checkout's. Raises SeedError where a file is broken."""
        return self._reading.read(folder)

    async def change(
        self,
        edit: Callable[[Draft], Any],
        *,
        by: int | None,
        what: str,
        subject: str,
        count: int = 0,
        origin: Path | None = None,
    ) -> Change:
        """Makes an edit. Raises what `edit` raises, SeedError with what it would break, EditError busy, ServiceError.

        What was wrong before the edit doesn't stop it. `origin`: the data in that folder, which the edit joins with,
        are what later ones are compared with.
        """
        return await asyncio.to_thread(self._change, edit, (by, what, subject, count), origin)

    async def undo(self, *, by: int | None) -> Change:
        """Takes the last edit back; taken back once more, it is there again. Raises EditError nothing_to_undo."""
        return await asyncio.to_thread(self._undo, by)

    async def changes(self) -> list[Change]:
        """The edits whose states are kept, newest first."""
        return await asyncio.to_thread(self._changes)

    async def note_export(self, folder: Path) -> None:
        """Notes that what counts was exported into a folder. Raises EditError busy, ServiceError."""
        await asyncio.to_thread(self._note_export, folder)

    def _note_export(self, folder: Path) -> None:
        with self._states.alone():
            self._states.note_export(checksum(folder) if checksum(folder) == checksum(self.folder) else "")

    def _change(
        self, edit: Callable[[Draft], Any], what: tuple[int | None, str, str, int], joined: Path | None
    ) -> Change:
        with self._states.alone(), self._states.room():
            before = self._reading.read(self.folder)
            draft, number = self._states.begin(self.folder)
            try:
                edit(draft)
                after = self._reading.read(draft.root)
                if new := after.findings_beside(before):
                    raise SeedError(new)
                origin = self._joined(joined, number) if joined else self._origin()
                return self._states.switch(draft, Change(number, what[0], self._clock(), *what[1:]), origin)
            except BaseException:
                shutil.rmtree(draft.root, ignore_errors=True)
                raise

    def _undo(self, by: int | None) -> Change:
        with self._states.alone(), self._states.room():
            earlier = [state for state in self._states.all() if state != self.folder]
            if not self.edited or not earlier:
                raise EditError("nothing_to_undo")
            draft, number = self._states.begin(earlier[-1])
            last = self._states.note(self.folder)
            change = Change(number, by, self._clock(), "undo", last.subject if last else "")
            origin = self._states.origin(earlier[-1])
            # What was exported stays so.
            origin = replace(origin, exported=origin.exported or self._origin().exported)
            return self._states.switch(draft, change, origin)

    def _origin(self) -> Origin:
        return self._states.origin(self.folder) if self.edited else Origin()

    def _joined(self, folder: Path, number: int) -> Origin:
        old = self._origin()
        return Origin(self._states.keep_origin(folder, number).name, (*old.before, checksum(self.origin)))

    def _changes(self) -> list[Change]:
        return [note for state in reversed(self._states.all()) if (note := self._states.note(state))]
