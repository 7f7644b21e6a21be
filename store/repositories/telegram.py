"""The desk on Telegram: codes, threads, and which message shows what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from qifu.labels import HandoffState
from store.models import (
    DeskMessageRow,
    HandoffRow,
    TelegramCodeRow,
    TelegramMessageRow,
    TelegramThreadRow,
)
from store.repositories.base import Repository, insert_for, upsert_for
from store.repositories.handoffs import OPEN

_FRESH = {"populate_existing": True}


class TelegramRepository(Repository):
    """What qifu remembers of Telegram for the desk; conversations' own messages are elsewhere."""

    async def keep_code(self, staff_id: int, code_hash: str, expires_at: datetime) -> None:
        """Keep a person's code; an earlier one of theirs no longer counts."""
        new = upsert_for(self.dialect, TelegramCodeRow, "staff_id", "code_hash", "expires_at")
        values = {"staff_id": staff_id, "code_hash": code_hash, "expires_at": expires_at}
        await self.session.execute(new, values)

    async def use_code(self, code_hash: str) -> int | None:
        """Whose code it is, which is used up by this; None where there is no such, or it has expired."""
        used = delete(TelegramCodeRow).where(
            TelegramCodeRow.code_hash == code_hash, TelegramCodeRow.expires_at > self.clock()
        )
        return await self.session.scalar(used.returning(TelegramCodeRow.staff_id))

    async def open_thread(
        self,
        handoff_id: int,
        chat_id: int,
        *,
        thread_id: int | None = None,
        staff_id: int | None = None,
        posted_to: int,
    ) -> None:
        """A handoff is worked on in a chat from now on; one that was before goes on where it stood."""
        new = insert_for(self.dialect, TelegramThreadRow).on_conflict_do_update(
            index_elements=["handoff_id", "chat_id"],
            set_={"thread_id": thread_id, "staff_id": staff_id, "is_open": True, "chosen_at": self.clock()},
        )
        values = {
            "handoff_id": handoff_id,
            "chat_id": chat_id,
            "thread_id": thread_id,
            "staff_id": staff_id,
            "posted_to": posted_to,
            "is_open": True,
            "chosen_at": self.clock(),
        }
        await self.session.execute(new, values)

    async def change_thread(self, row_id: int, **values: Any) -> None:
        """Set columns of a thread."""
        await self.count(update(TelegramThreadRow).where(TelegramThreadRow.id == row_id).values(**values))

    async def drop_thread(self, row_id: int) -> None:
        """Forget a thread, e.g. because its topic was deleted on Telegram."""
        await self.count(delete(TelegramThreadRow).where(TelegramThreadRow.id == row_id))

    async def threads(self) -> Sequence[tuple[TelegramThreadRow, HandoffRow]]:
        """All open threads with their handoffs, the oldest first."""
        chosen = select(TelegramThreadRow, HandoffRow).join(HandoffRow, HandoffRow.id == TelegramThreadRow.handoff_id)
        chosen = chosen.where(TelegramThreadRow.is_open).order_by(TelegramThreadRow.id)
        return [(thread, row) for thread, row in await self.session.execute(chosen, execution_options=_FRESH)]

    async def threads_of(self, chat_id: int) -> Sequence[tuple[TelegramThreadRow, HandoffRow]]:
        """The open threads of a chat with their handoffs, the one turned to last first."""
        chosen = select(TelegramThreadRow, HandoffRow).join(HandoffRow, HandoffRow.id == TelegramThreadRow.handoff_id)
        chosen = chosen.where(TelegramThreadRow.is_open, TelegramThreadRow.chat_id == chat_id)
        chosen = chosen.order_by(TelegramThreadRow.chosen_at.desc(), TelegramThreadRow.id.desc())
        return [(thread, row) for thread, row in await self.session.execute(chosen, execution_options=_FRESH)]

    async def topic(self, chat_id: int, thread_id: int) -> HandoffRow | None:
        """The handoff of a topic, also one that has ended."""
        chosen = select(HandoffRow).join(TelegramThreadRow, HandoffRow.id == TelegramThreadRow.handoff_id)
        chosen = chosen.where(TelegramThreadRow.chat_id == chat_id, TelegramThreadRow.thread_id == thread_id)
        return await self.session.scalar(
            chosen.order_by(TelegramThreadRow.id.desc()).limit(1), execution_options=_FRESH
        )

    async def thread(self, handoff_id: int, chat_id: int) -> TelegramThreadRow | None:
        """The thread of a handoff in a chat."""
        chosen = select(TelegramThreadRow).where(
            TelegramThreadRow.handoff_id == handoff_id, TelegramThreadRow.chat_id == chat_id
        )
        return await self.session.scalar(chosen, execution_options=_FRESH)

    async def without_topic(self, chat_id: int) -> Sequence[HandoffRow]:
        """The open handoffs that have no topic in the staff's group, the oldest first."""
        has = select(TelegramThreadRow.handoff_id).where(TelegramThreadRow.chat_id == chat_id)
        chosen = select(HandoffRow).where(HandoffRow.state.in_(OPEN), HandoffRow.id.not_in(has)).order_by(HandoffRow.id)
        return (await self.session.scalars(chosen, execution_options=_FRESH)).all()

    async def sent(
        self,
        chat_id: int,
        message_id: int,
        handoff_id: int,
        *,
        desk_message_id: int | None = None,
        is_caption: bool = False,
        is_offer: bool = False,
        shown_at: datetime | None = None,
    ) -> None:
        """Remember what a message on Telegram belongs to."""
        values = {
            "chat_id": chat_id,
            "message_id": message_id,
            "handoff_id": handoff_id,
            "desk_message_id": desk_message_id,
            "is_caption": is_caption,
            "is_offer": is_offer,
            "shown_at": shown_at,
        }
        await self.session.execute(insert_for(self.dialect, TelegramMessageRow).on_conflict_do_nothing(), values)

    async def message(self, chat_id: int, message_id: int) -> TelegramMessageRow | None:
        """What a message on Telegram belongs to; None where nothing is known of it."""
        return await self.session.get(TelegramMessageRow, (chat_id, message_id), populate_existing=True)

    async def shows(self, desk_message_id: int, chat_id: int) -> Sequence[TelegramMessageRow]:
        """The messages of a chat that show a message of the desk, in order."""
        chosen = select(TelegramMessageRow).where(
            TelegramMessageRow.desk_message_id == desk_message_id, TelegramMessageRow.chat_id == chat_id
        )
        chosen = chosen.order_by(TelegramMessageRow.message_id)
        return (await self.session.scalars(chosen, execution_options=_FRESH)).all()

    async def shown(self, desk_message_id: int, chat_id: int, edited_at: datetime | None) -> None:
        """Note which words of a message of the desk a chat shows."""
        changed = update(TelegramMessageRow).where(
            TelegramMessageRow.desk_message_id == desk_message_id, TelegramMessageRow.chat_id == chat_id
        )
        await self.count(changed.values(shown_at=edited_at))

    async def outdated(self) -> Sequence[tuple[TelegramThreadRow, DeskMessageRow]]:
        """Messages in open threads whose words were changed since, each once per thread."""
        threads, shown, said = TelegramThreadRow, TelegramMessageRow, DeskMessageRow
        chosen = (
            select(threads, said)
            .join(said, said.handoff_id == threads.handoff_id)
            .join(shown, (shown.desk_message_id == said.id) & (shown.chat_id == threads.chat_id))
            .where(threads.is_open, said.edited_at.is_not(None))
            .where(or_(shown.shown_at.is_(None), shown.shown_at < said.edited_at))
            .distinct()
            .order_by(said.id)
        )
        return [(thread, row) for thread, row in await self.session.execute(chosen, execution_options=_FRESH)]

    async def offered(self, chat_id: int) -> set[int]:
        """The handoffs that a chat still asks staff to claim."""
        chosen = select(TelegramMessageRow.handoff_id).where(TelegramMessageRow.is_offer)
        return set((await self.session.scalars(chosen.where(TelegramMessageRow.chat_id == chat_id))).all())

    async def stale_offers(self) -> Sequence[tuple[TelegramMessageRow, HandoffRow]]:
        """Offers of handoffs that no longer wait."""
        chosen = select(TelegramMessageRow, HandoffRow).join(HandoffRow, HandoffRow.id == TelegramMessageRow.handoff_id)
        chosen = chosen.where(TelegramMessageRow.is_offer, HandoffRow.state != HandoffState.WAITING)
        chosen = chosen.order_by(TelegramMessageRow.handoff_id, TelegramMessageRow.message_id)
        return [(message, row) for message, row in await self.session.execute(chosen, execution_options=_FRESH)]

    async def settle_offer(self, chat_id: int, message_id: int) -> None:
        """Note that a message no longer asks anybody to claim."""
        changed = update(TelegramMessageRow).where(
            TelegramMessageRow.chat_id == chat_id, TelegramMessageRow.message_id == message_id
        )
        await self.count(changed.values(is_offer=False))

    async def pending(self) -> Sequence[tuple[TelegramThreadRow, DeskMessageRow]]:
        """What open threads haven't been given yet, in order; threads whose history wasn't posted are left out."""
        threads, said = TelegramThreadRow, DeskMessageRow
        chosen = (
            select(threads, said)
            .join(said, (said.handoff_id == threads.handoff_id) & (said.id > threads.posted_to))
            .where(threads.is_open, threads.posted_to >= 0)
            .order_by(said.id)
        )
        return [(thread, row) for thread, row in await self.session.execute(chosen, execution_options=_FRESH)]
