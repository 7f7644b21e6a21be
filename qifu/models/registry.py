"""The register of versions: which there are, which is live, and which files are kept."""

import shutil
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from qifu.errors import ModelError
from qifu.labels import ModelState
from qifu.models.data import data_checksum, data_folder
from qifu.settings import ROOT, Settings
from store.database import Database
from store.models import ModelVersionRow
from store.models.base import utc_now
from store.repositories import AuditRepository, ModelRepository
from store.repositories.base import Clock

log = structlog.get_logger()

KEPT = 5
"""How many of the newest versions keep their files, besides the live one and the one before."""
_STRAY_AFTER = 24 * 3600.0
INTERRUPTED = "interrupted"


class Registry:
    """Versions in the database, their files below the folder of models."""

    def __init__(self, settings: Settings, database: Database, clock: Clock = utc_now) -> None:
        self.settings, self.database, self.clock = settings, database, clock

    async def get(self, number: int) -> ModelVersionRow:
        """A version. Raises ModelError unknown."""
        async with self.database.session() as session:
            row = await ModelRepository(session, self.clock).get(number)
        if row is None:
            raise ModelError("unknown", number=number)
        return row

    async def all(self) -> Sequence[ModelVersionRow]:
        """The newest versions, newest first."""
        async with self.database.session() as session:
            return await ModelRepository(session, self.clock).all()

    async def live(self) -> ModelVersionRow | None:
        """The version that answers; None before qifu has ever run."""
        async with self.database.session() as session:
            return await ModelRepository(session, self.clock).live()

    async def before(self) -> ModelVersionRow:
        """The version that was live before the one that is. Raises ModelError no_earlier."""
        async with self.database.session() as session:
            row = await ModelRepository(session, self.clock).before()
        if row is None:
            raise ModelError("no_earlier")
        return row

    def model_of(self, row: ModelVersionRow) -> Path | None:
        """The file of a version's model, where it is still there."""
        path = self.settings.models / row.file if row.file else None
        return path if path and path.is_file() else None

    def data_of(self, row: ModelVersionRow) -> Path | None:
        """The folder of a version's data, where it is still there."""
        path = data_folder(self.settings.models, row.checksum)
        return path if path.is_dir() else None

    async def publishable(self, number: int, *, reason: str | None, may_override: bool) -> ModelVersionRow:
        """The version of that number, if it may go live.

        One that was live before may always come back. One that breaks a floor or wasn't measured needs a manager's
        word. Raises ModelError unknown, not_ready, file_gone, is_live, below_floor, reason_missing.
        """
        row = await self.get(number)
        if row.state is ModelState.LIVE:
            raise ModelError("is_live", number=number)
        if row.state not in (ModelState.TRAINED, ModelState.RETIRED):
            raise ModelError("not_ready", number=number)
        if self.model_of(row) is None or self.data_of(row) is None:
            raise ModelError("file_gone", number=number)
        if needs_word(row):
            if not may_override:
                raise ModelError("below_floor", number=number)
            if not (reason or "").strip():
                raise ModelError("reason_missing", number=number)
        return row

    async def make_live(self, row: ModelVersionRow, by: int | None, reason: str | None) -> None:
        """Writes down that a version is live, and who made it so."""
        async with self.database.session() as session:
            await self.publish_in(ModelRepository(session, self.clock), row, by, reason)

    async def publish_in(
        self, models: ModelRepository, row: ModelVersionRow, by: int | None, reason: str | None
    ) -> None:
        """The same, as part of a larger change."""
        live = await models.live()
        reason = (reason or "").strip() or None
        await models.publish(row.id, by, data_checksum(ROOT), reason)
        detail = {"version": row.id, "version_before": live.id if live else None, "reason": reason}
        await AuditRepository(models.session, self.clock).write(by, "model.publish", f"model:{row.id}", detail)

    async def prune(self) -> int:
        """Deletes files that no version needs any more, and questions older than users were told; how many models.

        The live version, the one before and the newest keep theirs.
        """
        async with self.database.session() as session:
            models = ModelRepository(session, self.clock)
            await models.forget_changes(self.clock() - timedelta(days=self.settings.keep_days))
            rows, before = await models.all(), await models.before()
            with_files = [row for row in rows if row.file]
            kept = [row for row in rows if row.state in (ModelState.LIVE, ModelState.TRAINING)]
            kept += [*with_files[:KEPT], *([before] if before else [])]
            ids = {row.id for row in kept}
            # Files may be shared: the same data make the same model.
            files = {row.file for row in with_files} - {row.file for row in kept}
            folders = {row.checksum for row in rows} - {row.checksum for row in kept}
            await models.without_file([row.id for row in with_files if row.id not in ids])
        for file in files:
            (self.settings.models / str(file)).unlink(missing_ok=True)
            log.info("model_pruned", file=file)
        for checksum in folders:
            shutil.rmtree(data_folder(self.settings.models, checksum), ignore_errors=True)
        self._sweep()
        return len(files)

    def _sweep(self) -> None:
        """What trainings that were killed left behind."""
        for folder in self.settings.models.glob("tmp*"):
            if folder.is_dir() and time.time() - folder.stat().st_mtime > _STRAY_AFTER:
                shutil.rmtree(folder, ignore_errors=True)


def needs_word(row: ModelVersionRow) -> bool:
    """Whether only a manager can let a version go live: it wasn't measured or breaks a floor, and was never live."""
    if row.published_at is not None:
        return False
    scores = (row.report or {}).get("scores")
    return scores is None or bool(scores["falls"])
