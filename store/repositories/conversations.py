"""Conversations and what the dialogue remembers of them."""

from functools import cache
from typing import Any

from sqlalchemy import select, update

from qifu.labels import Channel, District, Language
from store.models import ConversationRow, DialogueStateRow
from store.repositories.base import Insert, Repository, insert_for, upsert_for


@cache
def _save(dialect: str) -> Insert:
    return upsert_for(dialect, DialogueStateRow, "conversation_id", "state", "updated_at")


class ConversationRepository(Repository):
    """Who talks with the bot."""

    async def get(self, conversation_id: str) -> ConversationRow | None:
        """The conversation, or None."""
        return await self.session.get(ConversationRow, conversation_id, populate_existing=True)

    async def get_or_create(
        self, conversation_id: str, channel: Channel, language: Language | None = None
    ) -> ConversationRow:
        """The conversation; begun now where there is none. `channel` and `language` count only then."""
        if found := await self.get(conversation_id):
            return found
        now = self.clock()
        await self.session.execute(
            insert_for(self.dialect, ConversationRow).on_conflict_do_nothing(),
            {"id": conversation_id, "channel": channel, "language": language, "started_at": now, "last_at": now},
        )
        chosen = select(ConversationRow).where(ConversationRow.id == conversation_id)
        return (await self.session.scalars(chosen)).one()

    async def touch(self, conversation_id: str) -> None:
        """Note that something happened in it just now."""
        await self._set(conversation_id, last_at=self.clock())

    async def set_language(self, conversation_id: str, language: Language | None) -> None:
        """Note the language the user reads."""
        await self._set(conversation_id, language=language)

    async def set_district(self, conversation_id: str, district: District | None) -> None:
        """Note the district the user asks about."""
        await self._set(conversation_id, district=district)

    async def _set(self, conversation_id: str, **values: Any) -> None:
        await self.session.execute(
            update(ConversationRow).where(ConversationRow.id == conversation_id).values(**values)
        )


class StateRepository(Repository):
    """The dialogue's own memory, a JSON object a conversation."""

    async def load(self, conversation_id: str) -> dict[str, Any] | None:
        """The state saved last, or None."""
        return await self.session.scalar(
            select(DialogueStateRow.state).where(DialogueStateRow.conversation_id == conversation_id)
        )

    async def save(self, conversation_id: str, state: dict[str, Any]) -> None:
        """Keep `state` in place of what was kept before. The conversation must exist.

        What no database stores is replaced: NUL and halves of surrogate pairs by U+FFFD, NaN and infinity by null.
        """
        await self.session.execute(
            _save(self.dialect),
            {"conversation_id": conversation_id, "state": state, "updated_at": self.clock()},
        )
