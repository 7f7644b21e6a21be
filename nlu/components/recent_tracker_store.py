"""Keeps conversations in memory and short, so that message 200 costs what message 2 costs.

What must outlive Rasa (district, profile, half-filled forms, every turn) is kept by the main process.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import SESSION_START_METADATA_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class RecentTrackerStore(TrackerStore):
    """An in-memory store: the last `turns` turns of the last `conversations` conversations.

    Slots and the active loop outlive the turns that set them.
    """

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
        await self.stream_events(tracker)
        self._events[tracker.sender_id] = _shortened(tracker, self.turns)
        self._events.move_to_end(tracker.sender_id)
        while len(self._events) > self.conversations:
            self._events.popitem(last=False)

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


def _shortened(tracker: DialogueStateTracker, turns: int) -> list[Event]:
    """The events of the newest turns, of this session only, led by what earlier events left set."""
    events = list(tracker.events)
    start = max(_last_session(events), _turn_start(events, turns))
    if start == 0:
        return events
    return [*_left_set(tracker, events[start:]), *events[start:]]


def _last_session(events: list[Event]) -> int:
    return next((i for i in range(len(events) - 1, -1, -1) if isinstance(events[i], SessionStarted)), 0)


def _turn_start(events: list[Event], turns: int) -> int:
    """Where the newest turns begin: at the action_listen before the first of their messages."""
    said = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(said) <= turns:
        return 0
    start = said[-turns]
    while start > 0 and not isinstance(events[start], ActionExecuted):
        start -= 1
    return start


def _left_set(tracker: DialogueStateTracker, kept: list[Event]) -> list[Event]:
    """Events that set again what isn't set by the kept ones: slots, and a form that is still being filled."""
    slots = {event.key for event in kept if isinstance(event, SlotSet)} | {SESSION_START_METADATA_SLOT}
    led: list[Event] = [
        SlotSet(name, slot.value)
        for name, slot in tracker.slots.items()
        if name not in slots and slot.value != slot.initial_value
    ]
    if tracker.active_loop_name and not any(isinstance(event, ActiveLoop) for event in kept):
        led.append(ActiveLoop(tracker.active_loop_name))
    return led
