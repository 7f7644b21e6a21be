"""Brings what the desk has for people to them: staff's messages and notices to users, notices to staff.

All of it stands in one outbox (notices), written in the transaction of what it tells of. Whoever sends an entry has it
for a while (a lease): after a crash another try is made, so that nothing is lost; otherwise nothing comes twice. A
user gets things in the order in which they happened: while one can't be delivered, the later ones wait.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

import structlog

from bot.desk.desk import Desk
from bot.desk.signals import Signal
from bot.desk.telling import Telling, ToUser
from bot.desk.wording import DeskWording
from qifu.errors import ChannelError, QifuError
from qifu.labels import Channel, Language
from qifu.repeating import GRACE, wound_up
from store.models import NoticeRow

__all__ = ["Deliverer", "StaffChannel", "ToUser", "UserChannel"]

log = structlog.get_logger()

SEND_TIMEOUT = 20.0
"""How long telling one thing may take, in seconds; then it is tried again."""
_EVERY = 1.0
_AT_ONCE = 8
_LONGEST_PAUSE = 600.0


class UserChannel(Protocol):
    """Shows users what they didn't ask for just now."""

    async def tell(self, conversation_id: str, message: ToUser) -> None:
        """Shows it. Raises ChannelError where it can't now: it is tried again later."""
        ...


class StaffChannel(Protocol):
    """Tells staff, besides the console, which reads the database itself."""

    async def tell_staff(
        self, staff_ids: Sequence[int], text: str, kind: str, handoff_id: int | None, appeal_id: int | None
    ) -> None:
        """Tells these members of staff, as far as the channel knows them. Raises ChannelError where it can't now."""
        ...


class Deliverer:
    """Delivers what is due. Users on a channel that isn't in `channels` wait until it is."""

    def __init__(
        self,
        desk: Desk,
        channels: Mapping[Channel, UserChannel],
        wording: DeskWording | None = None,
        *,
        staff: Sequence[StaffChannel] = (),
        districts: Mapping[str, Mapping[str, str]] | None = None,
        grace: float = GRACE,
    ) -> None:
        self._desk = desk
        self._channels = channels
        self._staff = staff
        self._wording = wording or DeskWording()
        self._telling = Telling(self._wording)
        self._districts = districts or {}
        self._grace = grace
        self._awake, self._stop = asyncio.Event(), asyncio.Event()

    async def deliver_due(self) -> int:
        """Delivers what can be delivered now; how much that was."""
        async with self._desk.store.work() as work:
            due = await work.notices.due(work.now, channels=list(self._channels))
        lanes: dict[str | int, list[NoticeRow]] = {}
        for notice in due:
            lanes.setdefault(notice.conversation_id or -notice.id, []).append(notice)
        places = asyncio.Semaphore(_AT_ONCE)

        async def run(lane: list[NoticeRow]) -> int:
            told = 0
            async with places:
                for notice in lane:
                    if self._stop.is_set() or not await self._deliver(notice):
                        break
                    told += 1
            return told

        return sum(await asyncio.gather(*(run(lane) for lane in lanes.values())))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Delivers while the block runs: at once when the desk signals something, and every second.

        What is being delivered when the block ends is brought to its end, if that doesn't take long.
        """
        self._stop.clear()
        deaf = self._desk.signals.listen(self._wake)
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            deaf()
            self._awake.set()
            await wound_up(task, self._stop, self._grace)

    def _wake(self, _signal: Signal) -> None:
        self._awake.set()

    async def _run(self) -> None:
        while not self._stop.is_set():
            self._awake.clear()
            try:
                if await self.deliver_due():
                    continue
            except Exception:
                log.exception("delivery_failed")
            try:
                await asyncio.wait_for(self._awake.wait(), _EVERY)
            except TimeoutError:
                continue

    async def _deliver(self, notice: NoticeRow) -> bool:
        """Whether it was delivered, or needs no delivery."""
        async with self._desk.store.work() as work:
            if not await work.notices.lease(notice.id, work.now + timedelta(seconds=2 * SEND_TIMEOUT)):
                return False
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                sent = await self._send(notice)
        except Exception as error:  # whatever is wrong with one entry must not hold up the others
            pause = min(_LONGEST_PAUSE, 5.0 * 2**notice.attempts)
            expected = isinstance(error, (QifuError, TimeoutError))
            log.warning(
                "notice_failed",
                notice=notice.id,
                kind=notice.kind,
                error=type(error).__name__,
                exc_info=None if expected else error,
            )
            async with self._desk.store.work() as work:
                away = isinstance(error, (ChannelError, TimeoutError))
                note = work.notices.postponed if away else work.notices.failed
                await note(notice.id, work.now + timedelta(seconds=pause))
            return False
        async with self._desk.store.work() as work:
            await work.notices.mark_delivered(notice.id)
        if sent is not None and sent.message_id is not None:
            await self._desk.talk.mark_delivered(sent.message_id, sent.edited_at)
        return True

    async def _send(self, notice: NoticeRow) -> ToUser | None:
        """Sends it; what a user was sent, if anything."""
        if notice.conversation_id is None:
            await self._tell_staff(notice)
            return None
        async with self._desk.store.work() as work:
            message = await self._telling.of(work.session, notice)
            conversation = await work.conversations.get(notice.conversation_id)
        if message is None or conversation is None:
            return None
        await self._channels[conversation.channel].tell(notice.conversation_id, message)
        return message

    async def _tell_staff(self, notice: NoticeRow) -> None:
        detail = dict(notice.detail)
        if place := detail.get("district"):
            detail["district"] = self._districts.get(str(place), {}).get(Language.ZH, place)
        text = self._wording.say(f"staff.{notice.kind}", Language.ZH, **detail)
        for channel in self._staff:
            await channel.tell_staff(notice.staff_ids or (), text, notice.kind, notice.handoff_id, notice.appeal_id)
