"""Takes updates in: kept first, then handled, each once; one chat's in order, different chats side by side."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.telegram.minimise import minimise
from bot.telegram.pace import Pace
from bot.telegram.ports import UpdateInbox

log = structlog.get_logger(__name__)

type Payload = Mapping[str, Any]

_LARGEST_ID = 2**63 - 1  # what a database's big integer holds
_MARK_TRIES = 4


class NotAnUpdate(ValueError):
    """A JSON value that isn't an update of Telegram."""


class LeaveForLater(Exception):
    """An update can't be handled now; it stays in the inbox for the next start."""


class Intake:
    """Between receiving and handling. `handle` raises LeaveForLater, or something else if the update failed for good.

    An update is acknowledged to Telegram after `accept` has returned, so it is lost neither before nor after. A process
    killed after the answer was sent and before the inbox noted it (one short write) answers again at the next start.
    """

    def __init__(self, inbox: UpdateInbox, handle: Callable[[Payload], Awaitable[None]], pace: Pace) -> None:
        self._inbox = inbox
        self._handle = handle
        self._pace = pace
        self._slots = asyncio.Semaphore(pace.parallel)
        self._chats: dict[int, deque[Payload]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._known: set[int] = set()  # waiting or running
        self._open = False
        self._early: list[Payload] | None = None  # what comes while the inbox is read
        self._room = asyncio.Event()
        self._room.set()

    @property
    def full(self) -> bool:
        """Whether so much waits that Telegram had better keep its updates for now."""
        return len(self._known) >= self._pace.backlog

    async def room(self) -> None:
        """Waits until it isn't full."""
        await self._room.wait()

    async def accept(self, payload: Any) -> bool:
        """Keeps an update and lines it up; False where it was delivered before.

        Raises NotAnUpdate, and whatever the inbox raises: then the update must not be acknowledged.
        """
        update_id = _id(payload)
        payload = minimise(payload, keep_files=True)
        if not await self._inbox.store(update_id, payload):
            log.info("telegram_update_again", update_id=update_id)
            return False
        if self._open:
            self._line_up(payload)
        elif self._early is not None:
            self._early.append(payload)
        return True

    async def open(self) -> int:
        """Lines up what is unhandled from before, then lets new ones through; the number from before.

        The second time it does nothing.
        """
        if self._open:
            return 0
        self._early = []
        left = [update.payload for update in await self._inbox.unhandled()]
        for payload in (*left, *self._early):  # some may be in both
            self._line_up(payload)
        self._early = None
        self._open = True
        return len(left)

    async def stop(self, grace: float) -> None:
        """Lets running updates finish for `grace` seconds, then breaks them off; the rest waits for the next start."""
        self._open = False
        for waiting in self._chats.values():
            waiting.clear()
        workers = list(self._workers.values())
        if workers:
            await asyncio.wait(workers, timeout=grace)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._chats.clear()
        self._workers.clear()
        self._known.clear()
        self._room.set()

    def _line_up(self, payload: Payload) -> None:
        update_id = _id(payload)
        if update_id in self._known:
            return
        self._known.add(update_id)
        if self.full:
            self._room.clear()
        chat = _chat(payload)
        self._chats.setdefault(chat, deque()).append(payload)
        if chat not in self._workers:
            self._workers[chat] = asyncio.create_task(self._work(chat))

    async def _work(self, chat: int) -> None:
        """Handles one chat's updates until none waits."""
        waiting = self._chats[chat]
        while waiting:
            async with self._slots:
                if waiting:  # none left where the room was stopped meanwhile
                    await self._run(waiting.popleft())
        if self._chats.get(chat) is waiting:
            del self._chats[chat], self._workers[chat]

    async def _run(self, payload: Payload) -> None:
        update_id = _id(payload)
        try:
            await self._handle(payload)
        except LeaveForLater as reason:
            log.warning("telegram_update_left", update_id=update_id, reason=str(reason))
        except Exception as error:
            kind = type(error).__name__
            await self._settle(payload, lambda: self._inbox.mark_failed(update_id, kind))
        else:
            await self._settle(payload, lambda: self._inbox.mark_handled(update_id))
        self._known.discard(update_id)
        if not self.full:
            self._room.set()

    async def _settle(self, payload: Payload, mark: Callable[[], Awaitable[None]]) -> None:
        """Notes that an update is done, and forgets which files came with it."""
        update_id, less = _id(payload), minimise(dict(payload))
        await self._mark(update_id, mark)
        if less != payload:
            await self._mark(update_id, lambda: self._inbox.replace(update_id, less))

    async def _mark(self, update_id: int, mark: Callable[[], Awaitable[None]]) -> None:
        """Notes in the inbox that an update is done. Tried several times: not noted, it would be answered again."""
        for pause, _ in zip(self._pace.pauses(), range(_MARK_TRIES), strict=False):
            try:
                await mark()
            except Exception as error:
                log.error("telegram_update_not_marked", update_id=update_id, error=type(error).__name__)
                await asyncio.sleep(pause)
            else:
                return


def _id(payload: Any) -> int:
    update_id = payload.get("update_id") if isinstance(payload, Mapping) else None
    if not isinstance(update_id, int) or isinstance(update_id, bool) or not 0 <= update_id <= _LARGEST_ID:
        raise NotAnUpdate("a JSON object with update_id is expected")
    return update_id


def _chat(payload: Payload) -> int:
    """The chat whose order an update keeps; 0 for those without one."""
    query = payload.get("callback_query")
    for holder in (query, payload):
        for kind in ("message", "edited_message", "my_chat_member"):
            part = holder.get(kind) if isinstance(holder, Mapping) else None
            chat = part.get("chat") if isinstance(part, Mapping) else None
            number = chat.get("id") if isinstance(chat, Mapping) else None
            if isinstance(number, int):
                return number
    return 0
