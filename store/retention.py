"""Forgets what is older than users were promised."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import AppealRow, ConversationRow, HandoffRow, UpdateRow
from store.repositories.appeals import IS_OPEN as STILL_OPEN
from store.repositories.base import Repository
from store.repositories.handoffs import IS_OPEN
from store.repositories.search import SearchRepository


async def purge(session: AsyncSession, older_than: datetime) -> int:
    """Remove conversations without a message since `older_than`, with all that hangs on them; how many there were.

    Turns, state, feedback, subscriptions, handoffs with their messages and notes, appeals with what was written about
    them, staff's labels and remarks, and notices go by the database's own cascade; what only they said leaves search,
    too. Telegram's updates of that age go too: they hold what users
    wrote. Two things stay:

    - handoff_events and appeal_events, so that figures of any period remain what they were. They name no user, no
      conversation and no words, only labels, moments, units and staff; nothing that is left leads back to a person.
    - a conversation in which somebody still waits for the desk, until its handoff or appeal has ended: forgetting it
      would drop what the user asked for. What the desk sends counts as a message, so that there is time to read it.
    """
    repository = Repository(session)
    await repository.count(delete(UpdateRow).where(UpdateRow.received_at < older_than))
    waits = select(HandoffRow.conversation_id).where(IS_OPEN)
    asks = select(AppealRow.conversation_id).where(STILL_OPEN)
    gone = await repository.count(
        delete(ConversationRow).where(
            ConversationRow.last_at < older_than, ConversationRow.id.not_in(waits), ConversationRow.id.not_in(asks)
        )
    )
    if gone:
        await SearchRepository(session).forget()
    return gone
