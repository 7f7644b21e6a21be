"""The outbox of notices: written together with what they tell of, delivered afterwards, each once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, select, update
from sqlalchemy.orm import aliased

from qifu.labels import Channel
from store.models import ConversationRow, NoticeRow
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

    async def handoff_of(self, unique_key: str) -> int | None:
        """The handoff of the notice with this key, or None."""
        return await self.session.scalar(select(NoticeRow.handoff_id).where(NoticeRow.unique_key == unique_key))

    async def due(
        self, now: datetime, limit: int = 100, channels: Collection[Channel] | None = None
    ) -> Sequence[NoticeRow]:
        """Notices to deliver now, oldest first; for users only those of `channels`, where given.

        While one of a conversation is under way or waits to be tried again, the later ones of it aren't due.
        """
        before = aliased(NoticeRow)
        held = exists().where(
            before.conversation_id == NoticeRow.conversation_id,
            before.id < NoticeRow.id,
            before.delivered_at.is_(None),
            before.retry_at > now,
            before.attempts < MOST_ATTEMPTS,
        )
        chosen = select(NoticeRow).where(_undelivered(now), NoticeRow.attempts < MOST_ATTEMPTS, ~held)
        if channels is not None:
            reached = select(ConversationRow.id).where(
                ConversationRow.id == NoticeRow.conversation_id, ConversationRow.channel.in_(channels)
            )
            chosen = chosen.where(NoticeRow.conversation_id.is_(None) | reached.exists())
        chosen = chosen.order_by(NoticeRow.id).limit(limit)
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def lease(self, notice_id: int, until: datetime) -> bool:
        """Have it to oneself for a while; False where somebody else has it or told it."""
        free = update(NoticeRow).where(NoticeRow.id == notice_id, _undelivered(self.clock()))
        return await self.count(free.values(retry_at=until)) > 0

    async def told(self, conversation_id: str, after: int = 0, limit: int = 500) -> Sequence[NoticeRow]:
        """The newest `limit` notices for a user whose id is greater than `after`, told or not, oldest first."""
        chosen = select(NoticeRow).where(NoticeRow.conversation_id == conversation_id, NoticeRow.id > after)
        rows = await self.session.scalars(chosen.order_by(NoticeRow.id.desc()).limit(limit))
        return list(reversed(rows.all()))

    async def mark_delivered(self, notice_id: int) -> None:
        """Note that it was told."""
        await self.count(update(NoticeRow).where(NoticeRow.id == notice_id).values(delivered_at=self.clock()))

    async def postponed(self, notice_id: int, retry_at: datetime) -> None:
        """Note that its channel is away, and when to try again: that is never a reason to give a notice up."""
        waits = update(NoticeRow).where(NoticeRow.id == notice_id)
        attempts = case((NoticeRow.attempts + 1 < MOST_ATTEMPTS, NoticeRow.attempts + 1), else_=NoticeRow.attempts)
        await self.count(waits.values(attempts=attempts, retry_at=retry_at))

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
