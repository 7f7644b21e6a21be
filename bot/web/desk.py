"""The service desk on the chat page: what it tells users, and who answers now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from bot.desk.desk import Desk
from bot.desk.signals import Signal
from bot.desk.telling import ToUser
from bot.desk.times import Times
from bot.desk.wording import DeskWording
from bot.dialogue.turn import Block, Reply, Turn
from bot.web.hub import Hub, charge_event, entry_event
from bot.web.ports import Charge, Entry, Told
from qifu.labels import HandoffEvent, HandoffState, Language, Outcome

_MOVES = frozenset(map(str, (HandoffEvent.REQUESTED, HandoffEvent.CLAIMED, HandoffEvent.TRANSFERRED)))
_ENDS = frozenset(map(str, (HandoffEvent.CANCELLED, HandoffEvent.RETURNED, HandoffEvent.CLOSED)))


class WebDesk:
    """Brings what the desk has to the open pages; who opens the page later finds it in the transcript."""

    def __init__(self, hub: Hub, desk: Desk, wording: DeskWording | None = None) -> None:
        self._hub, self._desk = hub, desk
        self._times = Times(wording or DeskWording())
        self._waiting: set[str] = set()
        self._changed: set[str] = set()
        self._awake = asyncio.Event()

    async def tell(self, conversation_id: str, message: ToUser) -> None:
        """Shows it on the open pages. It stands in the transcript, so that nobody has to look just now."""
        self._hub.publish(conversation_id, entry_event(told_entry(message)))

    async def charge(self, conversation_id: str) -> Charge:
        """Who answers in a conversation now."""
        status = await self._desk.handoffs.status(conversation_id)
        if status is None or status.handoff is None:
            return Charge()
        row = status.handoff
        if row.state == HandoffState.CLAIMED and row.owner_id is not None:
            async with self._desk.store.work() as work:
                person = await work.staff.get(row.owner_id)
            return Charge("claimed", row.number, person.name if person else None)
        ahead = None if status.place is None else status.place - 1
        wait = None if status.wait is None else self._times.span(status.wait, row.language or Language.ZH)
        return Charge("waiting", row.number, None, ahead, wait)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tells the open pages who answers, whenever that changes, while the block runs."""
        stop = self._desk.signals.listen(self._heard)
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            stop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _heard(self, signal: Signal) -> None:
        if signal.conversation_id is None or signal.kind not in _MOVES | _ENDS:
            return
        # Whoever waits behind it has moved on in the queue.
        self._changed |= {signal.conversation_id, *self._waiting}
        self._awake.set()

    async def _run(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            changed, self._changed = self._changed, set()
            for conversation_id in changed:
                await self._publish(conversation_id)

    async def _publish(self, conversation_id: str) -> None:
        if not self._hub.is_watched(conversation_id):
            self._waiting.discard(conversation_id)
            return
        charge = await self.charge(conversation_id)
        (self._waiting.add if charge.state == "waiting" else self._waiting.discard)(conversation_id)
        self._hub.publish(conversation_id, charge_event(charge))


def told_entry(message: ToUser) -> Entry:
    """What was told, as an entry of the transcript."""
    by_person = message.message_id is not None
    replies = (Reply(message.text, message.buttons, (Block("text", message.text),)),) if message.text else ()
    told = Told(
        message.kind,
        message.message_id if message.message_id is not None else message.notice_id,
        message.notice_id,
        message.sender,
        message.edited,
        message.attachments,
    )
    turn = Turn("", replies, Outcome.HANDOFF if by_person else Outcome.ACT)
    return Entry(turn, message.at or datetime.now(UTC), None, "staff" if by_person else "desk", told)
