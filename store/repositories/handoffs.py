"""Handoffs: their rows, their events and what was said in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, select, update

from qifu.labels import Direction, HandoffEvent, HandoffState, RequestKind
from store.models import DeskMessageRow, HandoffEventRow, HandoffRow
from store.repositories.base import Repository, insert_for
from store.repositories.numbers import NumberRepository

_FRESH = {"populate_existing": True}
OPEN = (HandoffState.WAITING, HandoffState.CLAIMED)
# In so many words, as the partial indexes have it: with parameters neither database knows that they fit.
IS_OPEN: ColumnElement[bool] = literal_column("handoffs.state IN ('waiting', 'claimed')")


class HandoffRepository(Repository):
    """Who waits and who talks with whom. Every change of state is one conditional UPDATE: the first one wins."""

    async def get(self, handoff_id: int) -> HandoffRow | None:
        """The handoff, or None."""
        return await self.session.get(HandoffRow, handoff_id, populate_existing=True)

    async def by_number(self, number: str) -> HandoffRow | None:
        """The handoff of that number, as a person may write it, or None."""
        return await self._one(HandoffRow.number == number.strip().upper())

    async def open_of(self, conversation_id: str) -> HandoffRow | None:
        """The conversation's open handoff, or None: there is at most one."""
        return await self._one(HandoffRow.conversation_id == conversation_id, IS_OPEN)

    async def of_conversation(self, conversation_id: str, limit: int = 20) -> Sequence[HandoffRow]:
        """The handoffs of a conversation, newest first."""
        chosen = select(HandoffRow).where(HandoffRow.conversation_id == conversation_id)
        return await self._all(chosen.order_by(HandoffRow.id.desc()).limit(limit))

    async def waiting(self) -> Sequence[HandoffRow]:
        """The queue: who has waited longest comes first; a transfer doesn't lose the user's place."""
        chosen = select(HandoffRow).where(IS_OPEN, HandoffRow.state == HandoffState.WAITING)
        return await self._all(chosen.order_by(HandoffRow.requested_at, HandoffRow.id))

    async def claimed(self, owner_id: int | None = None) -> Sequence[HandoffRow]:
        """Handoffs somebody has, or `owner_id` has, the oldest first."""
        chosen = select(HandoffRow).where(IS_OPEN, HandoffRow.state == HandoffState.CLAIMED)
        if owner_id is not None:
            chosen = chosen.where(HandoffRow.owner_id == owner_id)
        return await self._all(chosen.order_by(HandoffRow.id))

    async def page(
        self,
        *conditions: ColumnElement[bool],
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[HandoffRow]:
        """Handoffs that fulfil the conditions, newest first, from before an id on."""
        chosen = select(HandoffRow).where(*conditions).order_by(HandoffRow.id.desc()).limit(limit)
        return await self._all(chosen if before is None else chosen.where(HandoffRow.id < before))

    async def loads(self) -> dict[int, int]:
        """How many handoffs each member of staff has now; who has none isn't listed."""
        counted = (
            select(HandoffRow.owner_id, func.count())
            .where(IS_OPEN, HandoffRow.state == HandoffState.CLAIMED)
            .group_by(HandoffRow.owner_id)
        )
        return {owner: count for owner, count in await self.session.execute(counted) if owner is not None}

    async def ahead(self, row: HandoffRow) -> int:
        """How many wait that came before this one."""
        before = (HandoffRow.requested_at < row.requested_at) | (
            (HandoffRow.requested_at == row.requested_at) & (HandoffRow.id < row.id)
        )
        chosen = select(func.count()).where(IS_OPEN, HandoffRow.state == HandoffState.WAITING, before)
        return await self.session.scalar(chosen) or 0

    async def add(self, conversation_id: str, **values: Any) -> HandoffRow | None:
        """A new handoff with its number; None where the conversation has an open one. The conversation must exist."""
        number = await NumberRepository(self.session, self.clock).next(RequestKind.HANDOFF)
        new = insert_for(self.dialect, HandoffRow).values(number=number, conversation_id=conversation_id, **values)
        handoff_id = await self.session.scalar(new.on_conflict_do_nothing().returning(HandoffRow.id))
        return None if handoff_id is None else await self.get(handoff_id)

    async def change(self, handoff_id: int, *conditions: ColumnElement[bool], **values: Any) -> HandoffRow | None:
        """Set columns where all conditions hold at that moment; None, and nothing changes, where they don't."""
        changed = update(HandoffRow).where(HandoffRow.id == handoff_id, *conditions).values(**values)
        if await self.count(changed.execution_options(synchronize_session=False)) == 0:
            return None
        return await self.get(handoff_id)

    async def log(self, handoff_id: int, kind: HandoffEvent, staff_id: int | None = None, **detail: Any) -> int:
        """Add an event, its id. `detail` holds labels, numbers and ids of staff, never words nor who the user is."""
        event = HandoffEventRow(handoff_id=handoff_id, at=self.clock(), kind=kind, staff_id=staff_id, detail=detail)
        self.session.add(event)
        await self.session.flush()
        return event.id

    async def events(self, handoff_id: int) -> Sequence[HandoffEventRow]:
        """Everything that happened to a handoff, in order."""
        chosen = select(HandoffEventRow).where(HandoffEventRow.handoff_id == handoff_id).order_by(HandoffEventRow.id)
        return (await self.session.scalars(chosen)).all()

    async def recent_answers(self, since: datetime, limit: int) -> list[tuple[datetime, datetime]]:
        """When the handoffs answered last were requested and answered, newest first."""
        chosen = (
            select(HandoffRow.requested_at, HandoffRow.answered_at)
            .where(HandoffRow.answered_at >= since, HandoffRow.requested_at >= since, HandoffRow.reason != "taken")
            .order_by(HandoffRow.requested_at.desc())
            .limit(limit)
        )
        return [(asked, answered) for asked, answered in await self.session.execute(chosen) if answered is not None]

    async def _one(self, *conditions: ColumnElement[bool]) -> HandoffRow | None:
        chosen = select(HandoffRow).where(*conditions)
        return (await self.session.scalars(chosen, execution_options=_FRESH)).one_or_none()

    async def _all(self, chosen: Any) -> Sequence[HandoffRow]:
        return (await self.session.scalars(chosen, execution_options=_FRESH)).all()


class Kept(NamedTuple):
    """A message of the desk; `is_new` is False where it had come before."""

    row: DeskMessageRow
    is_new: bool


class DeskMessageRepository(Repository):
    """What users and staff said to each other, and what staff noted."""

    async def add(
        self,
        handoff_id: int,
        conversation_id: str,
        direction: Direction,
        text: str,
        client_key: str,
        *,
        staff_id: int | None = None,
        attachments: Sequence[dict[str, Any]] = (),
        turn_id: int | None = None,
    ) -> Kept:
        """Keep a message, once however often it comes. Notes and system messages count as delivered."""
        now = self.clock()
        values = {
            "handoff_id": handoff_id,
            "conversation_id": conversation_id,
            "direction": direction,
            "staff_id": staff_id,
            "text": text,
            "attachments": list(attachments),
            "at": now,
            "turn_id": turn_id,
            "delivered_at": None if direction in (Direction.USER, Direction.STAFF) else now,
            "client_key": client_key,
        }
        once = insert_for(self.dialect, DeskMessageRow).values(values).on_conflict_do_nothing()
        message_id = await self.session.scalar(once.returning(DeskMessageRow.id))
        if message_id is not None:
            row = await self.session.get(DeskMessageRow, message_id, populate_existing=True)
            assert row is not None  # noqa: S101  # it was inserted just now
            return Kept(row, is_new=True)
        found = await self.by_key(conversation_id, client_key)
        assert found is not None  # noqa: S101  # nothing else is in conflict
        return Kept(found, is_new=False)

    async def by_key(self, conversation_id: str, client_key: str) -> DeskMessageRow | None:
        """The message of that key, or None."""
        chosen = select(DeskMessageRow).where(
            DeskMessageRow.conversation_id == conversation_id, DeskMessageRow.client_key == client_key
        )
        return (await self.session.scalars(chosen, execution_options=_FRESH)).one_or_none()

    async def get(self, message_id: int) -> DeskMessageRow | None:
        """The message, or None."""
        return await self.session.get(DeskMessageRow, message_id, populate_existing=True)

    async def all_of(self, message_ids: Sequence[int]) -> Sequence[DeskMessageRow]:
        """The messages of these ids that still are."""
        return (await self.session.scalars(select(DeskMessageRow).where(DeskMessageRow.id.in_(message_ids)))).all()

    async def edit(self, message_id: int, text: str) -> None:
        """Put other words in place of a message's; it counts as undelivered again."""
        changed = update(DeskMessageRow).where(DeskMessageRow.id == message_id)
        await self.count(changed.values(text=text, edited_at=self.clock(), delivered_at=None))

    async def of_handoff(self, handoff_id: int, after: int = 0) -> Sequence[DeskMessageRow]:
        """The messages and notes of a handoff in order, from after an id on."""
        chosen = select(DeskMessageRow).where(DeskMessageRow.handoff_id == handoff_id, DeskMessageRow.id > after)
        return (await self.session.scalars(chosen.order_by(DeskMessageRow.id), execution_options=_FRESH)).all()

    async def undelivered(self, direction: Direction, limit: int = 200) -> Sequence[DeskMessageRow]:
        """Messages the other side hasn't been given, oldest first; at the start: what a crash left behind."""
        chosen = (
            select(DeskMessageRow)
            .where(DeskMessageRow.delivered_at.is_(None), DeskMessageRow.direction == direction)
            .order_by(DeskMessageRow.id)
            .limit(limit)
        )
        return (await self.session.scalars(chosen, execution_options=_FRESH)).all()

    async def mark_delivered(self, message_id: int, edited_at: datetime | None = None) -> None:
        """Note that the other side has the message as it was edited then; the first time counts."""
        fresh = update(DeskMessageRow).where(
            DeskMessageRow.id == message_id,
            DeskMessageRow.delivered_at.is_(None),
            DeskMessageRow.edited_at.is_not_distinct_from(edited_at),
        )
        await self.count(fresh.values(delivered_at=self.clock()))
