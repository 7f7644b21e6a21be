"""Appeals: their rows, their events and the words that go with them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update

from qifu.labels import AppealEvent, AppealState, RequestKind
from store.models import AppealEventRow, AppealNoteRow, AppealRow
from store.repositories.base import Repository
from store.repositories.numbers import NumberRepository

_FRESH = {"populate_existing": True}
ENDED = (AppealState.RESOLVED, AppealState.RATED)
# In so many words, as the partial index has it: with parameters neither database knows that they fit.
IS_OPEN: ColumnElement[bool] = literal_column(
    "appeals.joined_to IS NULL AND appeals.state NOT IN ('resolved', 'rated')"
)
IS_PROMISED: ColumnElement[bool] = literal_column("appeals.answer_by IS NOT NULL AND appeals.answered_at IS NULL")


class Recorded(NamedTuple):
    """An event with the words that were written with it."""

    event: AppealEventRow
    text: str | None


class AppealRepository(Repository):
    """What users asked the authorities to do."""

    async def get(self, appeal_id: int) -> AppealRow | None:
        """The appeal, or None."""
        return await self.session.get(AppealRow, appeal_id, populate_existing=True)

    async def by_number(self, number: str) -> AppealRow | None:
        """The appeal of that number, as a person may write it, or None."""
        return await self._one(AppealRow.number == number.strip().upper())

    async def by_key(self, conversation_id: str, client_key: str) -> AppealRow | None:
        """The appeal a channel's message filed, or None."""
        return await self._one(AppealRow.conversation_id == conversation_id, AppealRow.client_key == client_key)

    async def of_conversation(self, conversation_id: str, since: datetime | None = None) -> Sequence[AppealRow]:
        """The appeals of a conversation, newest first, duplicates included."""
        chosen = select(AppealRow).where(AppealRow.conversation_id == conversation_id).order_by(AppealRow.id.desc())
        return await self._all(chosen if since is None else chosen.where(AppealRow.created_at >= since))

    async def page(
        self, *conditions: ColumnElement[bool], before: int | None = None, limit: int | None = 50
    ) -> Sequence[AppealRow]:
        """Appeals that fulfil the conditions, newest first, from before an id on."""
        chosen = select(AppealRow).where(*conditions).order_by(AppealRow.id.desc()).limit(limit)
        return await self._all(chosen if before is None else chosen.where(AppealRow.id < before))

    async def overdue(self, now: datetime, today: date) -> Sequence[AppealRow]:
        """Open appeals that weren't found overdue today yet, the most pressing first.

        Overdue are those past their deadline, and those unanswered past the day on which an answer was promised.
        """
        chosen = select(AppealRow).where(
            IS_OPEN,
            or_(AppealRow.deadline < now, and_(IS_PROMISED, AppealRow.answer_by < now)),
            or_(AppealRow.overdue_on.is_(None), AppealRow.overdue_on < today),
        )
        return await self._all(chosen.order_by(AppealRow.deadline, AppealRow.id))

    async def add(self, **values: Any) -> AppealRow:
        """A new appeal under a new number. The conversation must exist."""
        number = await NumberRepository(self.session, self.clock).next(RequestKind.APPEAL)
        row = AppealRow(number=number, created_at=self.clock(), **values)
        self.session.add(row)
        await self.session.flush()
        return row

    async def change(self, appeal_id: int, *conditions: ColumnElement[bool], **values: Any) -> AppealRow | None:
        """Set columns where all conditions hold at that moment; None, and nothing changes, where they don't."""
        changed = update(AppealRow).where(AppealRow.id == appeal_id, *conditions).values(**values)
        if await self.count(changed.execution_options(synchronize_session=False)) == 0:
            return None
        return await self.get(appeal_id)

    async def answered(self, conversation_id: str) -> Sequence[int]:
        """A person has written to that user: note it on the open appeals to which an answer was promised; their ids."""
        theirs = (AppealRow.conversation_id == conversation_id, IS_OPEN, IS_PROMISED)
        noted = update(AppealRow).where(*theirs).values(answered_at=self.clock()).returning(AppealRow.id)
        return (await self.session.scalars(noted.execution_options(synchronize_session=False))).all()

    async def log(
        self,
        appeal_id: int,
        kind: AppealEvent,
        staff_id: int | None = None,
        words: str | None = None,
        **detail: Any,
    ) -> int:
        """Add an event, its id. `detail` is kept for good: labels only; `words` go when the appeal goes."""
        event = AppealEventRow(appeal_id=appeal_id, at=self.clock(), kind=kind, staff_id=staff_id, detail=detail)
        self.session.add(event)
        await self.session.flush()
        if words:
            self.session.add(AppealNoteRow(event_id=event.id, appeal_id=appeal_id, text=words))
            await self.session.flush()
        return event.id

    async def history(self, appeal_id: int) -> list[Recorded]:
        """Everything that happened to an appeal, in order."""
        chosen = (
            select(AppealEventRow, AppealNoteRow.text)
            .outerjoin(AppealNoteRow, AppealNoteRow.event_id == AppealEventRow.id)
            .where(AppealEventRow.appeal_id == appeal_id)
            .order_by(AppealEventRow.id)
        )
        return [Recorded(event, text) for event, text in await self.session.execute(chosen)]

    async def count_since(self, conversation_id: str, since: datetime) -> int:
        """How many appeals a conversation has filed since then."""
        chosen = select(func.count()).where(AppealRow.conversation_id == conversation_id, AppealRow.created_at >= since)
        return await self.session.scalar(chosen) or 0

    async def _one(self, *conditions: ColumnElement[bool]) -> AppealRow | None:
        chosen = select(AppealRow).where(*conditions)
        return (await self.session.scalars(chosen, execution_options=_FRESH)).one_or_none()

    async def _all(self, chosen: Any) -> Sequence[AppealRow]:
        return (await self.session.scalars(chosen, execution_options=_FRESH)).all()
