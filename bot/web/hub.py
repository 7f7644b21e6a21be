"""Live delivery inside the process: whoever has something for a conversation publishes it, open pages receive it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from bot.dialogue.turn import Turn
from bot.web.ports import Author, Charge, Entry
from bot.web.wire import ChargeOut, TurnOut

EventKind = Literal["typing", "turn", "charge", "replaced"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a conversation. `id` is the turn's id where it is a turn, `told` its place where the
    desk told it.
    """

    kind: EventKind
    data: dict[str, Any] = field(default_factory=dict)
    id: int | None = None
    told: int | None = None


def typing_event(on: bool) -> Event:
    """The bot, or a person at the desk, is writing or stopped writing."""
    return Event("typing", {"on": on})


def turn_event(
    turn: Turn, *, message_id: str | None = None, author: Author = "bot", at: datetime | None = None
) -> Event:
    """A turn that was just made, also one that no message of the user asked for (its text is empty then).

    `at` is when its message came; now where it isn't given.
    """
    return entry_event(Entry(turn, at or datetime.now(UTC), message_id, author))


def entry_event(entry: Entry) -> Event:
    """A stored turn as an event."""
    told = entry.told.place if entry.told else None
    return Event("turn", TurnOut.of(entry).model_dump(mode="json"), entry.turn.id, told)


def charge_event(charge: Charge) -> Event:
    """Who answers from now on."""
    return Event("charge", ChargeOut.of(charge).model_dump(mode="json"))


class Subscription:
    """The events of one open page, in order, until the hub ends it."""

    def __init__(self, backlog: int) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._backlog = backlog
        self._ended = False

    def offer(self, event: Event) -> bool:
        """Hands over an event; a page that no longer reads is ended (it comes back and catches up)."""
        if self._queue.qsize() >= self._backlog:
            self.end()
        if self._ended:
            return False
        self._queue.put_nowait(event)
        return True

    def end(self) -> None:
        """No more events after those already handed over."""
        if not self._ended:
            self._ended = True
            self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self._queue.get()) is not None:
            yield event


class Hub:
    """Connects publishers with the open pages of a conversation. Belongs to one event loop.

    `streams` is how many pages one conversation may hold open (the oldest gives way, told by `replaced`),
    `backlog` how many events one page may lag behind.
    """

    def __init__(self, streams: int = 4, backlog: int = 200) -> None:
        self._streams = streams
        self._backlog = backlog
        self._subscriptions: defaultdict[str, list[Subscription]] = defaultdict(list)
        self._closed = False

    def publish(self, conversation_id: str, event: Event) -> int:
        """Hands an event to all open pages of a conversation; returns how many took it (0: nobody is looking)."""
        return sum(page.offer(event) for page in list(self._subscriptions.get(conversation_id, ())))

    def is_watched(self, conversation_id: str) -> bool:
        """Whether a page of the conversation is open."""
        return bool(self._subscriptions.get(conversation_id))

    @contextmanager
    def subscribe(self, conversation_id: str) -> Iterator[Subscription]:
        """A subscription for as long as the context lasts."""
        pages = self._subscriptions[conversation_id]
        if len(pages) >= self._streams:
            oldest = pages.pop(0)
            oldest.offer(Event("replaced"))
            oldest.end()
        page = Subscription(self._backlog)
        pages.append(page)
        if self._closed:
            page.end()
        try:
            yield page
        finally:
            if page in pages:
                pages.remove(page)
            if not pages and self._subscriptions.get(conversation_id) is pages:
                del self._subscriptions[conversation_id]

    def close(self) -> None:
        """Ends every subscription, so that a server with open pages can stop; later ones end at once."""
        self._closed = True
        for pages in list(self._subscriptions.values()):
            for page in pages:
                page.end()
