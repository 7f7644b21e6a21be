"""Telegram's inbox: stored before it is acknowledged, handled once, tried again after a crash."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.sql.dml import ReturningInsert

from store.models import UpdateRow
from store.repositories.base import Repository, insert_for, table_of

MAX_ATTEMPTS = 5
"""After this many failures an update is left alone."""

_updates = table_of(UpdateRow)
_MARK = update(_updates).where(_updates.c.update_id == bindparam("number"))
_FAIL = _MARK.values(attempts=_updates.c.attempts + 1)


@cache
def _store(dialect: str) -> ReturningInsert[Any]:
    once = insert_for(dialect, UpdateRow).on_conflict_do_nothing(index_elements=["update_id"])
    return once.returning(_updates.c.update_id)


class UpdateRepository(Repository):
    """Updates as Telegram sent them."""

    async def store(self, update_id: int, payload: dict[str, Any]) -> bool:
        """Keep an update; False where it came before. Commit before it is acknowledged."""
        values = {"update_id": update_id, "payload": payload, "received_at": self.clock(), "attempts": 0}
        return await self.session.scalar(_store(self.dialect), values) is not None

    async def unhandled(self, limit: int | None = None, max_attempts: int = MAX_ATTEMPTS) -> Sequence[UpdateRow]:
        """Updates still to be handled, in the order they came, without those that failed `max_attempts` times."""
        rows = await self.session.scalars(
            select(UpdateRow)
            .where(UpdateRow.handled_at.is_(None), UpdateRow.attempts < max_attempts)
            .order_by(UpdateRow.received_at, UpdateRow.update_id)
            .limit(limit)
            .execution_options(populate_existing=True)
        )
        return rows.all()

    async def mark_handled(self, update_id: int) -> None:
        """Note that it is done."""
        await self.session.execute(_MARK, {"number": update_id, "handled_at": self.clock(), "error": None})

    async def mark_failed(self, update_id: int, error: str) -> None:
        """Count a failed attempt. `error` is the error's kind, not what the user wrote."""
        await self.session.execute(_FAIL, {"number": update_id, "error": error})

    async def replace(self, update_id: int, payload: dict[str, Any]) -> None:
        """Keep less of an update than before."""
        await self.session.execute(_MARK, {"number": update_id, "payload": payload})
