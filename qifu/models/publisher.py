"""Publishing: a version takes the place of the live one without a pause, and the one before comes back the same way."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from qifu.errors import ModelError, QifuError
from qifu.lines import Known
from qifu.models.knowing import known_from
from qifu.models.registry import Registry
from qifu.models.trainings import Know
from qifu.seeding import seeds_checksum
from store.models import ModelVersionRow
from store.repositories import KnowledgeRepository, ModelRepository

log = structlog.get_logger()


class Changing(Protocol):
    """Puts a version in the place of the one that answers; `Lines` of qifu/lines.py does."""

    async def change(self, model: Path, known: Known | None, publish: Callable[[], Awaitable[None]]) -> None: ...


@dataclass(frozen=True)
class _Change:
    """What is to be live, who wants it, and the knowledge that goes with it; `known` is None where that stays."""

    row: ModelVersionRow
    by: int | None
    reason: str | None
    checksum: str
    known: Known | None


class Publisher:
    """One a process."""

    def __init__(self, registry: Registry, lines: Changing, *, know: Know = known_from) -> None:
        self._registry, self._lines, self._know = registry, lines, know
        self._task: asyncio.Task[None] | None = None
        self.publishing: int | None = None
        """The version that is on its way to be live."""

    async def publish(self, number: int, by: int | None, *, reason: str | None = None, may_override: bool) -> None:
        """Makes a version live; returns once it answers and the earlier one has ended.

        What fails leaves the earlier one live. Whoever gives up waiting doesn't stop it. Raises ModelError as
        Registry.publishable does, and publishing; ServiceError, TrainingError, StoreError.
        """
        row = await self._registry.publishable(number, reason=reason, may_override=may_override)
        if self.publishing is not None:
            raise ModelError("publishing", number=self.publishing)
        self.publishing = row.id
        self._task = asyncio.create_task(self._publish(row, by, reason))
        await asyncio.shield(self._task)

    async def roll_back(self, by: int | None) -> int:
        """Makes the version live again that was before; its number. Raises like `publish`, and no_earlier."""
        row = await self._registry.before()
        await self.publish(row.id, by, may_override=False)
        return row.id

    async def fulfil(self) -> None:
        """Publishes what the command line asked for; to be called every few seconds."""
        database, clock = self._registry.database, self._registry.clock
        async with database.session() as session:
            row = await ModelRepository(session, clock).wanted()
        if row is None or self.publishing is not None:
            return
        refusal = None
        try:
            await self.publish(row.id, None, reason=row.reason, may_override=True)
        except ModelError as error:
            refusal = error.code
        except QifuError as error:
            refusal = str(error)
        if refusal:
            async with database.session() as session:
                await ModelRepository(session, clock).refuse(row.id, refusal)

    async def close(self) -> None:
        """Gives up what is on its way; the database says which version is live."""
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _publish(self, row: ModelVersionRow, by: int | None, reason: str | None) -> None:
        try:
            model, data = self._registry.model_of(row), self._registry.data_of(row)
            if model is None or data is None:
                raise ModelError("file_gone", number=row.id)
            checksum = await asyncio.to_thread(seeds_checksum, data)
            async with self._registry.database.session() as session:
                same = await KnowledgeRepository(session).checksum() == checksum
            known = None if same else await self._know(data)
            change = _Change(row, by, reason, checksum, known)
            await self._lines.change(model, known, lambda: self._write_down(change))
            log.info("model_published", version=row.id)
            with suppress(OSError):
                await self._registry.prune()
        finally:
            self.publishing = None

    async def _write_down(self, change: _Change) -> None:
        """In one transaction the version goes live and the database gets its knowledge: a crash finds both or none."""
        async with self._registry.database.session() as session:
            if change.known:
                knowledge = KnowledgeRepository(session, self._registry.clock)
                await knowledge.replace_all(change.known.knowledge.seeds, change.checksum)
            models = ModelRepository(session, self._registry.clock)
            await self._registry.publish_in(models, change.row, change.by, change.reason)
