"""Tells staff what is due: offers with a button to claim, alerts, 督办, appeals; each in their private chat."""

from collections.abc import Sequence

import structlog
from telegram.error import Forbidden, TelegramError

from bot.desk.work import SERVING
from bot.dialogue.turn import Block
from bot.telegram.address import Target
from bot.telegram.ledger import Ledger
from bot.telegram.post import Post
from bot.telegram.staff.posting import Posting
from qifu.errors import ChannelError
from qifu.labels import HandoffState
from store.models import HandoffRow, StaffRow

log = structlog.get_logger(__name__)

OFFERS = frozenset({"offered", "offered_all", "alerted", "escalated"})
"""Notices that want a claim."""
_IN_GROUP = frozenset({"alerted", "escalated"})


class Offers:
    """`tell` is the desk's way to staff on Telegram; `group` is the staff's group, or None."""

    def __init__(self, ledger: Ledger, post: Post, posting: Posting, group: int | None) -> None:
        self._ledger = ledger
        self._post = post
        self._posting = posting
        self._group = group

    async def tell(
        self, staff_ids: Sequence[int], text: str, kind: str, handoff_id: int | None, appeal_id: int | None
    ) -> None:
        """Tells those who are linked. Raises ChannelError where Telegram reached nobody."""
        async with self._ledger.page() as page:
            row = await page.work.handoffs.get(handoff_id) if handoff_id is not None else None
            people = [
                person
                for person in await page.work.staff.all(active=True, roles=SERVING)
                if person.id in staff_ids and person.telegram_id is not None
            ]
            asked = {
                person.id
                for person in people
                if row is not None and row.id in await page.telegram.offered(person.telegram_id or 0)
            }
        if kind in OFFERS and (row is None or row.state != HandoffState.WAITING):
            return  # somebody was quicker
        if kind == "offered_all":
            people = [person for person in people if person.id not in asked]
        reached, failure = 0, None
        for person in people:
            try:
                await self._one(person, text, kind, row)
                reached += 1
            except Forbidden:
                log.warning("telegram_staff_blocked", staff=person.id)
            except TelegramError as error:
                log.warning("telegram_staff_not_told", staff=person.id, error=type(error).__name__)
                failure = error
        if failure is not None and not reached:
            raise ChannelError(f"Telegram: {type(failure).__name__}")
        if row is not None and kind in _IN_GROUP:
            await self._in_group(row, text)

    async def _one(self, person: StaffRow, text: str, kind: str, row: HandoffRow | None) -> None:
        target = Target(person.telegram_id or 0)
        if row is not None and kind in OFFERS:
            await self._posting.offer(target, row, text)
            return
        posted = await self._post.blocks(target, (Block("text", text),))
        if row is not None:
            async with self._ledger.page() as page:
                for number in posted.ids:
                    await page.telegram.sent(target.chat_id, number, row.id)

    async def _in_group(self, row: HandoffRow, text: str) -> None:
        """The topic of a handoff says that it is late; that it can't must not tell everybody a second time."""
        if self._group is None:
            return
        async with self._ledger.page() as page:
            thread = await page.telegram.thread(row.id, self._group)
        if thread is None:
            return
        try:
            await self._posting.offer(Target(self._group, thread.thread_id), row, text, short=True)
        except TelegramError as error:
            log.warning("telegram_group_not_told", handoff=row.id, error=type(error).__name__)
