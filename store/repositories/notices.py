"""The outbox of notices: written together with what they tell of, delivered afterwards, each once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from store.models import NoticeRow
from store.repositories.base import Repository, insert_for

MOST_ATTEMPTS = 12
"""After so many failures, over an hour apart in all, a notice is given up: the user is no longer there."""


def _undelivered(now: datetime) -> ColumnElement[bool]:
    return NoticeRow.delivered_at.is_(None) & (NoticeRow.retry_at.is_(None) | (NoticeRow.retry_at <= now))


class NoticeRepository(Repository):
    """What is to be told to users and staff."""

    async def tell_user(
        self,
        conversation_id: str,
        kind: str,
        unique_key: str,
        *,
        handoff_id: int | None = None,
        appeal_id: int | None = None,
        **detail: Any,
    ) -> bool:
        """Put a notice for a user into the outbox; False where this occasion is in it already."""
        return await self._add(
            kind,
            unique_key,
            conversation_id=conversation_id,
            staff_ids=None,
            handoff_id=handoff_id,
            appeal_id=appeal_id,
            detail=detail,
        )

    async def tell_staff(
        self,
        staff_ids: Sequence[int],
        kind: str,
        unique_key: str,
        *,
        handoff_id: int | None = None,
        appeal_id: int | None = None,
        **detail: Any,
    ) -> bool:
        """Put a notice for staff into the outbox; False where this occasion is in it already or nobody is meant."""
        if not staff_ids:
            return False
        return await self._add(
            kind,
            unique_key,
            conversation_id=None,
            staff_ids=list(staff_ids),
            handoff_id=handoff_id,
            appeal_id=appeal_id,
            detail=detail,
        )

    async def due(self, now: datetime, limit: int = 100) -> Sequence[NoticeRow]:
        """Notices to deliver now, oldest first."""
        chosen = (
            select(NoticeRow)
            .where(_undelivered(now), NoticeRow.attempts < MOST_ATTEMPTS)
            .order_by(NoticeRow.id)
            .limit(limit)
        )
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def lease(self, notice_id: int, until: datetime) -> bool:
        """Have it to oneself for a while; False where somebody else has it or told it."""
        free = update(NoticeRow).where(NoticeRow.id == notice_id, _undelivered(self.clock()))
        return await self.count(free.values(retry_at=until)) > 0

    async def mark_delivered(self, notice_id: int) -> None:
        """Note that it was told."""
        await self.count(update(NoticeRow).where(NoticeRow.id == notice_id).values(delivered_at=self.clock()))

    async def failed(self, notice_id: int, retry_at: datetime) -> None:
        """Note that it couldn't be told, and when to try again."""
        failed = update(NoticeRow).where(NoticeRow.id == notice_id)
        await self.count(failed.values(attempts=NoticeRow.attempts + 1, retry_at=retry_at))

    async def _add(
        self,
        kind: str,
        unique_key: str,
        *,
        conversation_id: str | None,
        staff_ids: list[int] | None,
        handoff_id: int | None,
        appeal_id: int | None,
        detail: dict[str, Any],
    ) -> bool:
        values = {
            "conversation_id": conversation_id,
            "staff_ids": staff_ids,
            "handoff_id": handoff_id,
            "appeal_id": appeal_id,
            "kind": kind,
            "detail": detail,
            "unique_key": unique_key,
            "created_at": self.clock(),
            "attempts": 0,
        }
        once = insert_for(self.dialect, NoticeRow).values(values).on_conflict_do_nothing()
        return await self.session.scalar(once.returning(NoticeRow.id)) is not None
