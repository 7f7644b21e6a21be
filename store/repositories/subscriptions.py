"""Who wants to hear of new measures."""

from collections.abc import Sequence

from sqlalchemy import delete

from qifu.labels import District, Topic
from store.models import SubscriptionRow
from store.repositories.base import Repository, upsert_for


class SubscriptionRepository(Repository):
    """Who wants to hear of new measures."""

    async def subscribe(
        self, conversation_id: str, district: District | None = None, topics: Sequence[Topic] = ()
    ) -> None:
        """Keep this wish in place of an earlier one; without topics it is for all. The conversation must exist."""
        await self.session.execute(
            upsert_for(self.dialect, SubscriptionRow, "conversation_id", "district", "topics"),
            {
                "conversation_id": conversation_id,
                "district": district,
                "topics": list(topics),
                "created_at": self.clock(),
            },
        )

    async def unsubscribe(self, conversation_id: str) -> bool:
        """Forget the wish; False where there was none."""
        gone = delete(SubscriptionRow).where(SubscriptionRow.conversation_id == conversation_id)
        return await self.count(gone) > 0

    async def of_conversation(self, conversation_id: str) -> SubscriptionRow | None:
        """The wish of a conversation, or None."""
        return await self.session.get(SubscriptionRow, conversation_id, populate_existing=True)
