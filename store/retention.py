"""Forgets what is older than users were promised."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import ConversationRow, UpdateRow
from store.repositories.base import Repository


async def purge(session: AsyncSession, older_than: datetime) -> int:
    """Remove conversations without a message since `older_than`, with all that hangs on them; how many there were.

    Turns, state, feedback, requests and subscriptions go by the database's own cascade. Telegram's updates
    of that age go too: they hold what users wrote.
    """
    repository = Repository(session)
    await repository.count(delete(UpdateRow).where(UpdateRow.received_at < older_than))
    return await repository.count(delete(ConversationRow).where(ConversationRow.last_at < older_than))
