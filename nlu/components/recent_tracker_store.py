"""Keeps conversations in memory and short, so that message 200 costs what message 2 costs.

What must outlive Rasa (district, profile, half-filled forms, every turn) is kept by the main process.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class RecentTrackerStore(TrackerStore):
    """An in-memory store: the last `turns` turns of the last `conversations` conversations."""

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        turns: int = 2,
        conversations: int = 5000,
        **kwargs: Any,
    ) -> None:
        """`turns` and `conversations` bound the memory; the rest is Rasa's."""
        self.turns, self.conversations = turns, conversations
        self._events: OrderedDict[str, list[Event]] = OrderedDict()
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the tracker's newest turns."""
        self._events[tracker.sender_id] = self._recent(list(tracker.events))
        self._events.move_to_end(tracker.sender_id)
        while len(self._events) > self.conversations:
            self._events.popitem(last=False)

    def _recent(self, events: list[Event]) -> list[Event]:
        said = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
        if len(said) <= self.turns:
            return events
        # A turn starts with the action_listen before its message.
        start = said[-self.turns]
        while start > 0 and not isinstance(events[start], ActionExecuted):
            start -= 1
        return events[start:]

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation's tracker, or None where it is unknown or was dropped."""
        events = self._events.get(sender_id)
        if events is None:
            return None
        return DialogueStateTracker.from_events(sender_id, events, slots=self.domain.slots, domain=self.domain)

    async def keys(self) -> list[str]:
        """The conversations that are kept."""
        return list(self._events)

    async def delete(self, sender_id: str) -> None:
        """Forgets a conversation."""
        self._events.pop(sender_id, None)
