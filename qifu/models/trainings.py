"""Trainings: one at a time, in the background, each followed by a report on what came out."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

import structlog

from qifu.errors import ModelError, QifuError
from qifu.lines import Known
from qifu.models.child import NICENESS, share_of
from qifu.models.data import data_checksum, keep_data
from qifu.models.job import Job, Step
from qifu.models.knowing import known_from
from qifu.models.measuring import Measured, measured
from qifu.models.registry import Registry
from qifu.models.reporting import asked_questions, changes_of, report_of
from qifu.settings import Settings
from qifu.understanding_room import ensure_model
from store.models import ModelVersionRow
from store.repositories import AuditRepository, ModelRepository

log = structlog.get_logger()

CANCELLED = "cancelled"
_LONGEST_ERROR = 4000


class Train(Protocol):
    """Trains a model; `ensure_model` is one."""

    async def __call__(self, settings: Settings, *, home: Path, niceness: int, tell: Callable[[str], None]) -> Path: ...


class Measure(Protocol):
    """Measures a model; `measured` is one."""

    async def __call__(
        self, model: Path, data: Path, held_out: Path | None, questions: list[str], tell: Callable[[str], None]
    ) -> Measured: ...


class Know(Protocol):
    """Reads, checks and indexes what a version answers from; `known_from` is one."""

    async def __call__(self, data: Path) -> Known: ...


class Trainings:
    """One a process. What takes long runs in processes of its own, which tests exchange for others."""

    def __init__(
        self, registry: Registry, *, train: Train = ensure_model, measure: Measure = measured, know: Know = known_from
    ) -> None:
        self._registry, self._database = registry, registry.database
        self._clock, self._settings = registry.clock, registry.settings
        self._train, self._measure, self._know = train, measure, know
        self._starting = asyncio.Lock()
        self.job: Job | None = None
        """The job that runs, or the last one that did."""

    async def train(self, by: int | None) -> Job:
        """Begins to train what trainers' data hold now. Raises ModelError busy, ServiceError."""
        self._prove_idle()
        async with self._starting:
            data = await asyncio.to_thread(keep_data, self._settings.training_home, self._settings.models)
            async with self._database.session() as session:
                row = await ModelRepository(session, self._clock).add(data.name.removeprefix("data-"), by)
                await AuditRepository(session, self._clock).write(by, "model.train", f"model:{row.id}")
            return self._begin(Job(row.id, by, self._clock()), lambda job: self._make(job, row, data))

    async def measure(self, number: int, by: int | None) -> Job:
        """Begins to measure a version anew. Raises ModelError busy, unknown, file_gone."""
        self._prove_idle()
        async with self._starting:
            row = await self._registry.get(number)
            if self._registry.model_of(row) is None or self._registry.data_of(row) is None:
                raise ModelError("file_gone", number=number)
            return self._begin(Job(number, by, self._clock()), lambda job: self._look(job, row))

    async def cancel(self) -> None:
        """Ends the job that runs; returns once it has ended."""
        if self.job and self.job.task and self.job.running:
            self.job.task.cancel()
            await asyncio.gather(self.job.task, return_exceptions=True)

    def data_now(self) -> str:
        """The checksum of what would be trained now."""
        return data_checksum(self._settings.training_home)

    def _prove_idle(self) -> None:
        if self._starting.locked() or (self.job and self.job.running):
            raise ModelError("busy")

    def _begin(self, job: Job, work: Callable[[Job], Coroutine[Any, Any, None]]) -> Job:
        job.task = asyncio.create_task(work(job))
        self.job = job
        return job

    async def _make(self, job: Job, row: ModelVersionRow, data: Path) -> None:
        """Checks, trains, measures. However it ends, the version says so."""
        try:
            job.begin(Step.CHECK)
            await self._know(data)
            job.begin(Step.TRAIN)
            model = await self._train(self._settings, home=data, niceness=NICENESS, tell=_hearing(job))
        except asyncio.CancelledError:
            job.log.append(f"[{CANCELLED}]")
            await self._fail(row.id, CANCELLED)
            raise
        except Exception as error:
            if not isinstance(error, QifuError):
                log.exception("training_failed", version=row.id)
            said = str(error).replace(f"{data}/", "") if isinstance(error, QifuError) else type(error).__name__
            job.log.extend(said.splitlines())
            await self._fail(row.id, said)
            return
        async with self._database.session() as session:
            await ModelRepository(session, self._clock).trained(row.id, model.name)
        log.info("model_trained", version=row.id)
        await self._look(job, await self._registry.get(row.id))
        await self._registry.prune()

    async def _fail(self, number: int, error: str) -> None:
        async with self._database.session() as session:
            await ModelRepository(session, self._clock).failed(number, error[-_LONGEST_ERROR:])
        log.warning("model_not_trained", version=number)

    async def _look(self, job: Job, row: ModelVersionRow) -> None:
        """Measures a version beside the live one and keeps the report; without one it is trained all the same."""
        try:
            await self._report(job, row)
        except QifuError as error:
            job.log.extend(str(error).splitlines())
            log.warning("model_not_measured", version=row.id, error=type(error).__name__)

    async def _report(self, job: Job, row: ModelVersionRow) -> None:
        model, data = self._registry.model_of(row), self._registry.data_of(row)
        if model is None or data is None:
            raise ModelError("file_gone", number=row.id)
        questions = await asked_questions(self._database, self._clock)
        texts = [question.text for question in questions]
        job.begin(Step.MEASURE)
        own = await self._measure(model, data, self._settings.training_home, texts, _hearing(job))
        job.begin(Step.COMPARE)
        live = await self._registry.live()
        beside = await self._live_beside(job, live, own, texts) if live and live.id != row.id else None
        changes = changes_of(questions, beside.answers, own.answers) if beside else []
        report = report_of(own, beside, live.id if live and beside else None, len(questions), len(changes))
        async with self._database.session() as session:
            await ModelRepository(session, self._clock).report(row.id, report, changes)
        job.share = 1.0
        log.info("model_measured", version=row.id, changed=len(changes))

    async def _live_beside(self, job: Job, live: ModelVersionRow, own: Measured, texts: list[str]) -> Measured | None:
        """What the live version reaches; its scores on the same held-out questions aren't taken twice."""
        model, data = self._registry.model_of(live), self._registry.data_of(live)
        if model is None or data is None:
            return None
        known = (live.report or {}).get("scores") or {}
        scores = known if own.scores and known.get("held_out") == own.scores["held_out"] else None
        if scores and not texts:
            return Measured(scores, [])
        held_out = None if scores else self._settings.training_home
        found = await self._measure(model, data, held_out, texts, _hearing(job))
        return Measured(scores or found.scores, found.answers)


def _hearing(job: Job) -> Callable[[str], None]:
    """Takes the lines of a log: progress moves the bar, the rest is kept, and so are epochs."""

    def hear(line: str) -> None:
        share = share_of(line)
        if share is None or line.startswith("epoch"):
            job.log.append(line)
        if share is not None:
            job.share = share

    return hear
