"""Shows staff what happens in handoffs: in the private chat of who has one, and in the group, where each has a topic.

What is to be shown is read from the database, so that it survives a restart; a signal of the desk says when to look.
Each chat has a lane of its own: a group that has to wait for Telegram's limit doesn't hold up private chats.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

import structlog
from telegram.error import TelegramError

from bot.desk.desk import Desk
from bot.desk.signals import Signal
from bot.telegram.ledger import Ledger
from bot.telegram.pace import Pace
from bot.telegram.staff.posting import Posting, TopicGone
from store.models import DeskMessageRow, HandoffRow, TelegramMessageRow, TelegramThreadRow

log = structlog.get_logger(__name__)

type Job = Callable[[], Awaitable[None]]

NEW = -1
"""`posted_to` of a thread whose history wasn't posted yet."""


class Mirror:
    """`group` is the chat id of the staff's group, or None."""

    def __init__(self, desk: Desk, ledger: Ledger, posting: Posting, pace: Pace, group: int | None) -> None:
        self._desk = desk
        self._ledger = ledger
        self._posting = posting
        self._pace = pace
        self._group = group
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self._not_before: dict[int, float] = {}
        self._failures: dict[int, int] = defaultdict(int)
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._stop_listening: Callable[[], None] | None = None

    def start(self) -> None:
        """Shows what is due now, and from then on what comes."""
        if self._task is None:
            self._stop_listening = self._desk.signals.listen(self._wake)
            self._task = asyncio.create_task(self._run())

    async def stop(self, grace: float = 2.0) -> None:
        """Ends after what is being shown, or after `grace` seconds; the rest is shown at the next start."""
        if self._stop_listening is not None:
            self._stop_listening()
        self._stopping = True
        self._awake.set()
        tasks = [task for task in (self._task, *self._lanes.values()) if task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._task = None

    def _wake(self, _signal: Signal | None = None) -> None:
        self._awake.set()

    async def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            try:
                await self._look()
            except Exception:
                log.exception("telegram_desk_not_read")
            try:
                await asyncio.wait_for(self._awake.wait(), self._pace.look)
            except TimeoutError:
                continue

    async def _look(self) -> None:
        """Starts a lane for each chat that has something to be shown and isn't at it already."""
        now = asyncio.get_running_loop().time()
        # A lane that ends while this reads has done part of what is read: its chat waits for the next look.
        busy = set(self._lanes)
        for chat_id, jobs in (await self._due()).items():
            if chat_id not in busy and self._not_before.get(chat_id, 0.0) <= now:
                lane = asyncio.create_task(self._work(chat_id, jobs))
                self._lanes[chat_id] = lane

    async def _due(self) -> dict[int, list[Job]]:
        """What is to be done in which chat, in order."""
        async with self._ledger.page() as page:
            offers = await page.telegram.stale_offers()
            threads = await page.telegram.threads()
            pending = await page.telegram.pending()
            outdated = await page.telegram.outdated()
            missing = await page.telegram.without_topic(self._group) if self._group is not None else []
            offered = await page.telegram.offered(self._group) if self._group is not None else set()
        jobs: dict[int, list[Job]] = defaultdict(list)
        for row in missing:
            jobs[self._group or 0].append(self._topic(row))
        for offer, row in offers:
            jobs[offer.chat_id].append(self._settle(offer, row))
        handoffs: Mapping[int, HandoffRow] = {row.id: row for _, row in threads}
        for thread, row in threads:
            if thread.posted_to == NEW:
                jobs[thread.chat_id].append(self._history(thread, row))
        for thread, message in pending:
            jobs[thread.chat_id].append(self._message(thread, handoffs[thread.handoff_id], message))
        for thread, message in outdated:
            jobs[thread.chat_id].append(self._edit(thread, handoffs[thread.handoff_id], message))
        for thread, row in threads:
            jobs[thread.chat_id] += self._state(thread, row, row.id in offered)
        return {chat_id: found for chat_id, found in jobs.items() if found}

    def _topic(self, row: HandoffRow) -> Job:
        return lambda: self._posting.topic(self._group or 0, row)

    def _settle(self, offer: TelegramMessageRow, row: HandoffRow) -> Job:
        return lambda: self._posting.settle(offer, row)

    def _history(self, thread: TelegramThreadRow, row: HandoffRow) -> Job:
        return lambda: self._posting.history(thread, row)

    def _message(self, thread: TelegramThreadRow, row: HandoffRow, message: DeskMessageRow) -> Job:
        return lambda: self._posting.message(thread, row, message)

    def _edit(self, thread: TelegramThreadRow, row: HandoffRow, message: DeskMessageRow) -> Job:
        return lambda: self._posting.edit(thread, row, message)

    def _state(self, thread: TelegramThreadRow, row: HandoffRow, offered: bool) -> list[Job]:
        """What the handoff's state wants of a thread."""
        if thread.thread_id is None:
            left = not row.is_open or row.owner_id != thread.staff_id
            return [lambda: self._posting.leave(thread, row)] if left else []
        if not row.is_open:
            return [lambda: self._posting.close(thread, row)]
        if row.owner_id is None and not offered:
            return [lambda: self._posting.offer_in(thread, row)]
        return []

    async def _work(self, chat_id: int, jobs: list[Job]) -> None:
        """Does a chat's jobs in order; what fails stops the lane for a while, and what is due is read anew."""
        try:
            for job in jobs:
                if self._stopping:
                    break
                await job()
            self._failures.pop(chat_id, None)
        except TopicGone:
            pass
        except TelegramError as error:
            self._failures[chat_id] += 1
            pause = min(self._pace.longest_pause, self._pace.first_pause * 2 ** self._failures[chat_id])
            self._not_before[chat_id] = asyncio.get_running_loop().time() + pause
            log.warning("telegram_not_shown", chat_id=chat_id, error=type(error).__name__, pause=pause)
        except Exception:
            self._not_before[chat_id] = asyncio.get_running_loop().time() + self._pace.longest_pause
            log.exception("telegram_not_shown", chat_id=chat_id)
        finally:
            self._lanes.pop(chat_id, None)
            self._awake.set()
