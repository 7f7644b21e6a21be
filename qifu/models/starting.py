"""Which version qifu serves when it starts: the one that is live, or a new one where the repository has changed."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from qifu.labels import ModelState
from qifu.models.data import data_checksum, keep_data
from qifu.models.registry import INTERRUPTED, Registry
from qifu.settings import ROOT
from store.models import ModelVersionRow
from store.repositories import ModelRepository

log = structlog.get_logger()


@dataclass(frozen=True)
class Start:
    """`home` is the folder whose data are served; `live` the version they belong to, None for a new one."""

    home: Path
    live: ModelVersionRow | None


async def start_of(registry: Registry) -> Start:
    """What is to be served. The database must be migrated.

    Without trainers' edits the repository's data count: when an update has changed them since the live version was
    published, they are served as a new version.
    """
    async with registry.database.session() as session:
        if lost := await ModelRepository(session, registry.clock).interrupted(INTERRUPTED):
            log.warning("training_interrupted", count=lost)
    live, home = await registry.live(), registry.settings.training_home
    data = registry.data_of(live) if live else None
    if live is None or data is None:
        return Start(home, None)
    if home == ROOT and live.origin != data_checksum(ROOT):
        return Start(home, None)
    return Start(data, live)


async def note_start(registry: Registry, start: Start, model: Path) -> ModelVersionRow:
    """Writes down what is served; trained anew, even from the same data, it is a new version."""
    if start.live is not None and start.live.file == model.name:
        return start.live
    data = keep_data(start.home, registry.settings.models)
    async with registry.database.session() as session:
        models = ModelRepository(session, registry.clock)
        row = await models.add(data.name.removeprefix("data-"))
        await models.trained(row.id, model.name)
        await registry.publish_in(models, row, None, None)
        fresh = await models.get(row.id)
    assert fresh is not None  # noqa: S101  # added above
    log.info("model_served", version=fresh.id, state=ModelState.LIVE)
    return fresh
