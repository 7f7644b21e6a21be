"""Telegram's inbox: stored before it is acknowledged, handled once, tried again after a crash."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from store.models import UpdateRow
from store.repositories.base import Repository

MAX_ATTEMPTS = 5
"""After this many failures an update is left alone."""


class UpdateRepository(Repository):
    """Updates as Telegram sent them."""

    async def store(self, update_id: int, payload: dict[str, Any]) -> bool:
        """Keep an update; False where it came before. Commit before it is acknowledged."""
        stored = await self.session.scalar(
            self.insert(UpdateRow)
            .values(update_id=update_id, payload=payload, received_at=self.clock(), attempts=0)
            .on_conflict_do_nothing(index_elements=[UpdateRow.update_id])
            .returning(UpdateRow.update_id)
        )
        return stored is not None

    async def unhandled(self, limit: int | None = None, max_attempts: int = MAX_ATTEMPTS) -> Sequence[UpdateRow]:
        """Updates still to be handled, in the order they came, without those that failed `max_attempts` times."""
        rows = await self.session.scalars(
            select(UpdateRow)
            .where(UpdateRow.handled_at.is_(None), UpdateRow.attempts < max_attempts)
            .order_by(UpdateRow.received_at, UpdateRow.update_id)
            .limit(limit)
        )
        return rows.all()

    async def mark_handled(self, update_id: int) -> None:
        """Note that it is done."""
        await self.session.execute(
            update(UpdateRow).where(UpdateRow.update_id == update_id).values(handled_at=self.clock(), error=None)
        )

    async def mark_failed(self, update_id: int, error: str) -> None:
        """Count a failed attempt. `error` is the error's kind, not what the user wrote."""
        await self.session.execute(
            update(UpdateRow)
            .where(UpdateRow.update_id == update_id)
            .values(attempts=UpdateRow.attempts + 1, error=error)
        )
