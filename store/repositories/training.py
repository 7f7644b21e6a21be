"""Versions of the model, what they change, and the training schedule."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from qifu.labels import Channel, ModelState
from store.models import ConversationRow, ModelChangeRow, ModelVersionRow, TrainingScheduleRow, TurnRow
from store.repositories.base import Repository, upsert_for

_FRESH = {"populate_existing": True}
_ONLY = 1


class Asked(NamedTuple):
    """A question as users typed it, and how often."""

    text: str
    times: int


class ModelRepository(Repository):
    """Versions of the model; which one is live is kept by the database: two at once are refused."""

    async def add(self, checksum: str, made_by: int | None = None) -> ModelVersionRow:
        """A new version in training."""
        row = ModelVersionRow(
            state=ModelState.TRAINING, checksum=checksum, made_by=made_by, made_at=self.clock(), report=None
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def get(self, number: int) -> ModelVersionRow | None:
        """The version of that number."""
        return await self.session.get(ModelVersionRow, number, populate_existing=True)

    async def all(self, most: int = 200) -> Sequence[ModelVersionRow]:
        """The newest versions, newest first."""
        chosen = select(ModelVersionRow).order_by(ModelVersionRow.id.desc()).limit(most)
        return (await self.session.scalars(chosen, execution_options=_FRESH)).all()

    async def live(self) -> ModelVersionRow | None:
        """The version that answers."""
        chosen = select(ModelVersionRow).where(ModelVersionRow.state == ModelState.LIVE)
        return await self.session.scalar(chosen, execution_options=_FRESH)

    async def before(self) -> ModelVersionRow | None:
        """The version that was live before the one that is."""
        chosen = (
            select(ModelVersionRow)
            .where(ModelVersionRow.state == ModelState.RETIRED)
            .order_by(ModelVersionRow.retired_at.desc(), ModelVersionRow.id.desc())
            .limit(1)
        )
        return await self.session.scalar(chosen, execution_options=_FRESH)

    async def trained(self, number: int, file: str) -> bool:
        """Note that the training is done; False where the version isn't in training any more."""
        mine = self._in_training(number).values(state=ModelState.TRAINED, file=file, finished_at=self.clock())
        return await self.count(mine) > 0

    async def failed(self, number: int, error: str) -> bool:
        """Note why there is no model; False where the version isn't in training any more."""
        mine = self._in_training(number).values(state=ModelState.FAILED, error=error, finished_at=self.clock())
        return await self.count(mine) > 0

    async def interrupted(self, error: str) -> int:
        """Fail what a qifu that is gone was training; how many."""
        theirs = update(ModelVersionRow).where(ModelVersionRow.state == ModelState.TRAINING)
        return await self.count(theirs.values(state=ModelState.FAILED, error=error, finished_at=self.clock()))

    async def report(self, number: int, report: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> None:
        """Keep the report of a version, in place of an earlier one."""
        await self.session.execute(
            update(ModelVersionRow).where(ModelVersionRow.id == number).values(report=dict(report))
        )
        await self.session.execute(delete(ModelChangeRow).where(ModelChangeRow.version_id == number))
        if changes:
            rows = [{**change, "version_id": number} for change in changes]
            await self.session.execute(insert(ModelChangeRow), rows)

    async def changes(
        self, number: int, after: tuple[int, int] | None = None, most: int = 50
    ) -> Sequence[ModelChangeRow]:
        """Answers that a version changes, those asked most first; or those after (asked, id) of the last one shown."""
        chosen = select(ModelChangeRow).where(ModelChangeRow.version_id == number)
        if after is not None:
            asked, row_id = after
            same = (ModelChangeRow.asked == asked) & (ModelChangeRow.id > row_id)
            chosen = chosen.where((ModelChangeRow.asked < asked) | same)
        chosen = chosen.order_by(ModelChangeRow.asked.desc(), ModelChangeRow.id).limit(most)
        return (await self.session.scalars(chosen)).all()

    async def publish(self, number: int, by: int | None, origin: str, reason: str | None = None) -> None:
        """Make a version the live one and retire the one that was."""
        now = self.clock()
        was = update(ModelVersionRow).where(ModelVersionRow.state == ModelState.LIVE, ModelVersionRow.id != number)
        await self.session.execute(was.values(state=ModelState.RETIRED, retired_at=now))
        new = update(ModelVersionRow).where(ModelVersionRow.id == number)
        values = {"state": ModelState.LIVE, "published_by": by, "published_at": now, "origin": origin}
        await self.session.execute(new.values(**values, reason=reason, retired_at=None, wanted_at=None, refusal=None))

    async def want(self, number: int, reason: str | None) -> None:
        """Ask the running qifu to publish a version."""
        mine = update(ModelVersionRow).where(ModelVersionRow.id == number)
        await self.session.execute(mine.values(wanted_at=self.clock(), reason=reason, refusal=None))

    async def wanted(self) -> ModelVersionRow | None:
        """The version that was asked for first and isn't live yet."""
        chosen = select(ModelVersionRow).where(ModelVersionRow.wanted_at.is_not(None))
        return await self.session.scalar(chosen.order_by(ModelVersionRow.wanted_at).limit(1), execution_options=_FRESH)

    async def refuse(self, number: int, refusal: str) -> None:
        """Note why a version that was asked for isn't published."""
        mine = update(ModelVersionRow).where(ModelVersionRow.id == number)
        await self.session.execute(mine.values(wanted_at=None, refusal=refusal))

    async def without_file(self, numbers: Sequence[int]) -> None:
        """Note that the files of these versions are gone."""
        if numbers:
            theirs = update(ModelVersionRow).where(ModelVersionRow.id.in_(numbers))
            await self.session.execute(theirs.values(file=None))

    async def forget_changes(self, before: datetime) -> int:
        """Delete the questions of reports that are older; how many."""
        old = select(ModelVersionRow.id).where(ModelVersionRow.made_at < before)
        return await self.count(delete(ModelChangeRow).where(ModelChangeRow.version_id.in_(old)))

    async def asked_since(self, since: datetime, most: int) -> list[Asked]:
        """What users have typed, each text once, the most frequent first; presses and batch runs don't count."""
        times = func.count()
        chosen = (
            select(TurnRow.text, times)
            .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
            .where(
                TurnRow.accepted_at >= since,
                TurnRow.is_payload.is_(False),
                TurnRow.text != "",
                ConversationRow.channel != Channel.BATCH,
            )
            .group_by(TurnRow.text)
            .order_by(times.desc(), func.max(TurnRow.id).desc())
            .limit(most)
        )
        return [Asked(*row) for row in await self.session.execute(chosen)]

    @staticmethod
    def _in_training(number: int) -> Any:
        return update(ModelVersionRow).where(ModelVersionRow.id == number, ModelVersionRow.state == ModelState.TRAINING)


class ScheduleRepository(Repository):
    """When training starts by itself."""

    async def daily_at(self) -> str | None:
        """HH:MM in Shanghai; None where it doesn't."""
        return await self.session.scalar(select(TrainingScheduleRow.daily_at).where(TrainingScheduleRow.id == _ONLY))

    async def last_day(self) -> str | None:
        """The last day on which it was looked at, in ISO form."""
        return await self.session.scalar(select(TrainingScheduleRow.last_day).where(TrainingScheduleRow.id == _ONLY))

    async def set(self, daily_at: str | None) -> None:
        """Change the hour."""
        values = {"id": _ONLY, "daily_at": daily_at}
        await self.session.execute(upsert_for(self.dialect, TrainingScheduleRow, "id", "daily_at"), values)

    async def done(self, day: str) -> None:
        """Note that a day's training was looked after."""
        mine = update(TrainingScheduleRow).where(TrainingScheduleRow.id == _ONLY)
        await self.session.execute(mine.values(last_day=day))
