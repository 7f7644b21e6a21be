"""Training by itself: daily at a set hour, where the data have changed since they were last trained."""

from datetime import datetime, time, timedelta, timezone

import structlog

from qifu.errors import ModelError
from qifu.labels import ModelState
from qifu.models.registry import Registry
from qifu.models.trainings import Trainings
from store.repositories import AuditRepository, ScheduleRepository

log = structlog.get_logger()

# Shanghai keeps UTC+8 all year.
_SHANGHAI = timezone(timedelta(hours=8))
_WINDOW = timedelta(hours=1)
"""How late training may begin; a qifu that was off at night doesn't train in the morning rush."""


class Schedule:
    """Looks every minute; a day is looked after once."""

    def __init__(self, registry: Registry, trainings: Trainings) -> None:
        self._registry, self._trainings = registry, trainings

    async def daily_at(self) -> time | None:
        """The hour in Shanghai; None where training doesn't start by itself."""
        async with self._registry.database.session() as session:
            at = await ScheduleRepository(session, self._registry.clock).daily_at()
        return time.fromisoformat(at) if at else None

    async def set(self, by: int | None, at: time | None) -> None:
        """Changes the hour."""
        value = f"{at:%H:%M}" if at else None
        async with self._registry.database.session() as session:
            await ScheduleRepository(session, self._registry.clock).set(value)
            detail = {"daily_at": value}
            await AuditRepository(session, self._registry.clock).write(by, "model.schedule", "models", detail)

    async def look(self) -> None:
        """Begins to train where it is time and the data are new."""
        now = self._registry.clock().astimezone(_SHANGHAI)
        at = await self.daily_at()
        if at is None or not self._due(now, at):
            return
        day = now.date().isoformat()
        async with self._registry.database.session() as session:
            schedule = ScheduleRepository(session, self._registry.clock)
            if await schedule.last_day() == day:
                return
            await schedule.done(day)
        known = {row.checksum for row in await self._registry.all() if row.state is not ModelState.FAILED}
        if self._trainings.data_now() in known:
            log.info("training_not_needed")
            return
        try:
            await self._trainings.train(None)
        except ModelError as error:
            log.warning("training_not_begun", code=error.code)

    @staticmethod
    def _due(now: datetime, at: time) -> bool:
        begins = datetime.combine(now.date(), at, _SHANGHAI)
        return begins <= now < begins + _WINDOW
