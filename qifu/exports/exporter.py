"""Runs exports in the background of this process and tells how far they are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog

from qifu.errors import ServiceError
from qifu.exports.files import sheet
from qifu.labels import ExportForm, ExportState
from store.database import Database
from store.repositories import ExportRepository

log = structlog.get_logger(__name__)

KEPT = timedelta(days=7)
MOST_ROWS = 200_000


class Batch(NamedTuple):
    """Rows, and of how many things they tell."""

    rows: list[list[str]]
    things: int


class Source(Protocol):
    """What is written: a title, headings, rows in batches."""

    title: str
    headings: Sequence[str]

    async def total(self) -> int:
        """Of how many things there will be rows."""
        ...

    def batches(self) -> AsyncIterator[Batch]:
        """The rows."""
        ...


class ExportBusyError(ServiceError):
    """This person's last export still runs."""


class Exporter:
    """Exports below `folder`, one at a time for each person. What a stop of the process ends has failed."""

    def __init__(self, database: Database, folder: Path, clock: Callable[[], datetime], most: int = MOST_ROWS) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._most = most
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._busy: dict[int, int] = {}
        self._tidied = False

    async def start(self, staff_id: int, form: ExportForm, query: str, source: Source) -> int:
        """Begins an export; its id. Raises ExportBusyError."""
        if staff_id in self._busy:
            raise ExportBusyError
        self._busy[staff_id] = 0
        try:
            await self._tidy()
            async with self._database.session() as session:
                row = await ExportRepository(session, self._clock).begin(staff_id, form, query)
        except BaseException:
            del self._busy[staff_id]
            raise
        self._busy[staff_id] = row.id
        task = asyncio.create_task(self._run(row.id, staff_id, form, source), name=f"export-{row.id}")
        self._tasks[row.id] = task
        return row.id

    async def cancel(self, export_id: int, staff_id: int) -> None:
        """Lets an export of this person's own end with the rows it is at."""
        if self._busy.get(staff_id) == export_id:
            await self._end(export_id, ExportState.CANCELLED)

    async def wait(self, export_id: int) -> None:
        """Waits until an export has ended."""
        if task := self._tasks.get(export_id):
            await asyncio.wait([task])

    def path(self, file: str) -> Path:
        """Where a finished file stands."""
        return self._folder / Path(file).name

    async def _run(self, export_id: int, staff_id: int, form: ExportForm, source: Source) -> None:
        name = f"{export_id}.{form}"
        part = self._folder / f"{name}.part"
        try:
            state = await self._write(export_id, form, source, part)
            finished = state in (ExportState.DONE, ExportState.FULL)
            if finished:
                part.replace(self._folder / name)
            if not await self._end(export_id, state, name if finished else None) and finished:
                # It was cancelled at the last moment.
                (self._folder / name).unlink(missing_ok=True)
        except Exception as error:
            # Its words may be a user's.
            log.error("export_failed", export=export_id, exception=type(error).__name__)
            await self._end(export_id, ExportState.FAILED)
        finally:
            part.unlink(missing_ok=True)
            self._tasks.pop(export_id, None)
            self._busy.pop(staff_id, None)

    async def _write(self, export_id: int, form: ExportForm, source: Source, part: Path) -> ExportState:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        written = await asyncio.to_thread(sheet, form, part, source.title)
        done = rows = 0
        state = ExportState.DONE
        try:
            await asyncio.to_thread(written.add, [source.headings])
            total = await source.total()
            await self._advance(export_id, 0, 0, total)
            async for batch in source.batches():
                room = self._most - rows
                await asyncio.to_thread(written.add, batch.rows[:room])
                done, rows = done + batch.things, rows + min(room, len(batch.rows))
                if len(batch.rows) > room:
                    state = ExportState.FULL
                if not await self._advance(export_id, done, rows, max(total, done)):
                    return ExportState.CANCELLED
                if state is ExportState.FULL:
                    break
        finally:
            await asyncio.to_thread(written.close)
        return state

    async def _advance(self, export_id: int, done: int, rows: int, total: int) -> bool:
        async with self._database.session() as session:
            return await ExportRepository(session, self._clock).advance(export_id, done, rows, total)

    async def _end(self, export_id: int, state: ExportState, file: str | None = None) -> bool:
        async with self._database.session() as session:
            return await ExportRepository(session, self._clock).end(export_id, state, file)

    async def _tidy(self) -> None:
        """Removes what is too old, and once what an earlier process left unfinished."""
        async with self._database.session() as session:
            repository = ExportRepository(session, self._clock)
            if not self._tidied:
                await repository.interrupted(list(self._tasks))
                self._tidied = True
            old = await repository.forget(KEPT, self._clock())
        for name in old:
            await asyncio.to_thread(self.path(name).unlink, missing_ok=True)
