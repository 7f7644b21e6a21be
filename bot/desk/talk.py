"""What users and staff say to each other in a handoff; no message is kept twice, and none gets lost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import case, func

from bot.desk.work import DeskStore, Work
from qifu.errors import DeskError
from qifu.labels import AppealEvent, Direction, HandoffEvent, HandoffState
from store.models import DeskMessageRow, HandoffEventRow, HandoffRow, TurnRow
from store.repositories import Kept, TurnRepository
from store.repositories.handoffs import OPEN

_IS_CLAIMED = HandoffRow.state == HandoffState.CLAIMED


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo or file as its channel knows it: `ref` fetches it there, `size` is in bytes."""

    kind: str
    ref: str
    name: str = ""
    mime: str = ""
    size: int = 0


@dataclass(frozen=True)
class Transcript:
    """All of a handoff: what was said with the bot before and meanwhile, with people, and what happened."""

    handoff: HandoffRow
    turns: Sequence[TurnRow]
    messages: Sequence[DeskMessageRow]
    events: Sequence[HandoffEventRow]


class Talk:
    """Messages both ways. `client_key` names a message in its channel; the same key is the same message."""

    def __init__(self, store: DeskStore) -> None:
        self._store = store

    async def user_message(
        self,
        conversation_id: str,
        text: str,
        client_key: str,
        attachments: Sequence[Attachment] = (),
        turn_id: int | None = None,
    ) -> Kept | None:
        """Keeps what the user says while a handoff is open; None where none is: then the bot answers.

        A message that was kept before is returned as it was, also when the handoff has ended since.
        """
        async with self._store.work() as work:
            if known := await work.messages.by_key(conversation_id, client_key):
                return Kept(known, is_new=False)
            row = await work.handoffs.open_of(conversation_id)
            # The condition holds the row until this is committed: a message is either in the handoff or the bot's.
            since = func.coalesce(HandoffRow.unanswered_since, work.now)
            waits = case((_IS_CLAIMED, since), else_=HandoffRow.unanswered_since)
            if row is None or not await work.handoffs.change(
                row.id, HandoffRow.state.in_(OPEN), unanswered_since=waits
            ):
                return None
            await work.conversations.touch(conversation_id)
            return await self._keep(
                work, row, Direction.USER, text, client_key, attachments=attachments, turn_id=turn_id
            )

    async def staff_message(
        self,
        handoff_id: int,
        staff_id: int,
        text: str,
        client_key: str | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Kept:
        """Keeps what the owner says; the first one is the first human answer.

        Raises DeskError not_owner, wrong_state (it isn't claimed any more), not_service, unknown_handoff, empty.
        """
        if not text.strip() and not attachments:
            raise DeskError("empty")
        async with self._store.work() as work:
            await work.serving(staff_id)
            row = await self._row(work, handoff_id)
            if client_key and (known := await work.messages.by_key(row.conversation_id, client_key)):
                return Kept(known, is_new=False)
            mine = (_IS_CLAIMED, HandoffRow.owner_id == staff_id)
            answered = {"unanswered_since": None, "reminded_at": None, "neglected_at": None}
            unanswered = HandoffRow.answered_at.is_(None)
            if await work.handoffs.change(row.id, *mine, unanswered, **answered, answered_at=work.now):
                await work.handoffs.log(row.id, HandoffEvent.ANSWERED, staff_id)
                work.signal("answered", handoff_id=row.id, conversation_id=row.conversation_id, staff_id=staff_id)
            elif not await work.handoffs.change(row.id, *mine, **answered):
                now = await self._row(work, handoff_id)
                raise DeskError("not_owner" if now.state == HandoffState.CLAIMED else "wrong_state")
            await self._promise_kept(work, row.conversation_id, staff_id)
            await work.conversations.touch(row.conversation_id)
            return await self._keep(
                work, row, Direction.STAFF, text, client_key, staff_id=staff_id, attachments=attachments
            )

    @staticmethod
    async def _promise_kept(work: Work, conversation_id: str, staff_id: int) -> None:
        """Who was promised an answer outside service hours has one now."""
        for appeal_id in await work.appeals.answered(conversation_id):
            await work.appeals.log(appeal_id, AppealEvent.ANSWERED, staff_id)
            work.signal("appeal_answered", appeal_id=appeal_id, conversation_id=conversation_id)

    async def note(self, handoff_id: int, staff_id: int, text: str, client_key: str | None = None) -> Kept:
        """Keeps an internal note of anybody who serves, at any time; users never see it."""
        async with self._store.work() as work:
            await work.serving(staff_id)
            row = await self._row(work, handoff_id)
            return await self._keep(work, row, Direction.NOTE, text, client_key, staff_id=staff_id)

    async def system(self, handoff_id: int, text: str, client_key: str | None = None) -> Kept:
        """Keeps what qifu itself told the user in a handoff, so that the transcript shows it."""
        async with self._store.work() as work:
            return await self._keep(work, await self._row(work, handoff_id), Direction.SYSTEM, text, client_key)

    async def edit(self, message_id: int, text: str, staff_id: int) -> DeskMessageRow:
        """Puts other words in place of one's own message or note. Raises DeskError unknown_message, not_yours."""
        async with self._store.work() as work:
            message = await work.messages.get(message_id)
            if message is not None and message.staff_id != staff_id:
                raise DeskError("not_yours")
            return await self._edit(work, message, text, staff_id)

    async def edit_by_key(
        self, conversation_id: str, client_key: str, text: str, staff_id: int | None = None
    ) -> DeskMessageRow | None:
        """The same for a message the channel knows by its key; without `staff_id` the user's. None where unknown."""
        async with self._store.work() as work:
            message = await work.messages.by_key(conversation_id, client_key)
            if message is None or message.staff_id != staff_id:
                return None
            return await self._edit(work, message, text, staff_id)

    async def _edit(
        self, work: Work, message: DeskMessageRow | None, text: str, staff_id: int | None
    ) -> DeskMessageRow:
        if message is None:
            raise DeskError("unknown_message")
        await work.messages.edit(message.id, text)
        if message.direction not in (Direction.USER, Direction.STAFF):
            await work.messages.mark_delivered(message.id, work.now)
        await work.handoffs.log(message.handoff_id, HandoffEvent.EDITED, staff_id, message=message.id)
        if message.direction == Direction.STAFF:
            await self._tell(work, message, edit=uuid4().hex)
        self._changed(work, message, "edited")
        edited = await work.messages.get(message.id)
        assert edited is not None  # noqa: S101  # it was edited just now
        return edited

    async def transcript(self, handoff_id: int, turns: int = 50) -> Transcript:
        """The handoff with the last `turns` turns of its conversation, all messages and all events."""
        async with self._store.work() as work:
            row = await self._row(work, handoff_id)
            return Transcript(
                row,
                await TurnRepository(work.session).last(row.conversation_id, turns),
                await work.messages.of_handoff(handoff_id),
                await work.handoffs.events(handoff_id),
            )

    async def messages(self, handoff_id: int, after: int = 0) -> list[DeskMessageRow]:
        """The messages of a handoff in order, from after an id on."""
        async with self._store.work() as work:
            return list(await work.messages.of_handoff(handoff_id, after))

    async def undelivered(self, direction: Direction, limit: int = 200) -> list[DeskMessageRow]:
        """STAFF: what users haven't been given yet; USER: what staff haven't. Oldest first, edited ones again.

        What is for users is delivered by the outbox (bot/desk/delivery.py); this only tells what is still under way.
        """
        async with self._store.work() as work:
            return list(await work.messages.undelivered(direction, limit))

    async def mark_delivered(self, message_id: int, edited_at: datetime | None = None) -> None:
        """The other side has the message as it was edited then; where it was edited since, it is still to be given."""
        async with self._store.work() as work:
            await work.messages.mark_delivered(message_id, edited_at)
            if message := await work.messages.get(message_id):
                self._changed(work, message, "delivered")

    async def _keep(
        self,
        work: Work,
        row: HandoffRow,
        direction: Direction,
        text: str,
        client_key: str | None,
        *,
        staff_id: int | None = None,
        attachments: Sequence[Attachment] = (),
        turn_id: int | None = None,
    ) -> Kept:
        kept = await work.messages.add(
            row.id,
            row.conversation_id,
            direction,
            text,
            client_key or uuid4().hex,
            staff_id=staff_id,
            attachments=[asdict(attachment) for attachment in attachments],
            turn_id=turn_id,
        )
        if kept.is_new:
            if direction == Direction.STAFF:
                await self._tell(work, kept.row)
            self._changed(work, kept.row, "message")
        return kept

    async def _tell(self, work: Work, message: DeskMessageRow, edit: str | None = None) -> None:
        """Puts what staff said into the outbox, so that it reaches the user in its place among the notices."""
        key = f"message:{message.id}:{edit or 'new'}"
        about: dict[str, Any] = {"message": message.id}
        if edit:
            about["edit"] = True
        await work.notices.tell_user(message.conversation_id, "message", key, handoff_id=message.handoff_id, **about)

    async def _row(self, work: Work, handoff_id: int) -> HandoffRow:
        row = await work.handoffs.get(handoff_id)
        if row is None:
            raise DeskError("unknown_handoff")
        return row

    def _changed(self, work: Work, message: DeskMessageRow, kind: str) -> None:
        work.signal(
            kind,
            handoff_id=message.handoff_id,
            conversation_id=message.conversation_id,
            message_id=message.id,
            staff_id=message.staff_id,
        )
