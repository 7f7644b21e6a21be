"""The queue: a wish for a person is registered, and where it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bot.desk.rules import DeskRules
from bot.desk.work import Work
from qifu.errors import DeskError
from qifu.labels import HandoffEvent, HandoffState, Language
from store.models import HandoffRow

_RECENT = timedelta(days=7)
_MOST_RECENT = 20
_FEWEST = 3
"""Fewer answers than these tell nothing about the next wait."""


@dataclass(frozen=True, slots=True)
class Requested:
    """What became of the wish for a person.

    Without `handoff` the desk is closed until `opens_at`: file an appeal instead. `new` is False where one was open
    already. `place` is 1 for who is next; `wait` is the expected seconds until the first answer, None where unknown.
    """

    handoff: HandoffRow | None
    new: bool
    place: int | None
    wait: float | None
    opens_at: datetime

    @property
    def closed(self) -> bool:
        """Whether the desk is closed and nothing was registered."""
        return self.handoff is None


async def register(work: Work, conversation_id: str, language: Language | None, **values: object) -> HandoffRow | None:
    """A new handoff that waits; None where the conversation has an open one. Raises DeskError unknown_conversation."""
    conversation = await work.conversations.get(conversation_id)
    if conversation is None:
        raise DeskError("unknown_conversation")
    values = {
        "channel": conversation.channel,
        "language": language or conversation.language or Language.ZH,
        "state": HandoffState.WAITING,
        "requested_at": work.now,
        "waiting_since": work.now,
        **values,
    }
    row = await work.handoffs.add(conversation_id, **values)
    if row is not None:
        await work.conversations.touch(conversation_id)
        about: dict[str, Any] = {
            name: values[name] for name in ("channel", "language", "reason", "district", "topic", "matter")
        }
        await work.handoffs.log(row.id, HandoffEvent.REQUESTED, **about)
        work.signal("requested", handoff_id=row.id, conversation_id=conversation_id)
    return row


async def standing(work: Work, row: HandoffRow | None, rules: DeskRules, new: bool) -> Requested:
    """Where a handoff stands; None stands for a desk that is closed."""
    place = await work.handoffs.ahead(row) + 1 if row and row.state == HandoffState.WAITING else None
    wait = await _expected_wait(work, rules) if place else None
    return Requested(row, new, place, wait, rules.calendar.next_opening(work.now))


async def _expected_wait(work: Work, rules: DeskRules) -> float | None:
    answers = await work.handoffs.recent_answers(work.now - _RECENT, _MOST_RECENT)
    if len(answers) < _FEWEST:
        return None
    return median(rules.calendar.service_seconds(asked, answered) for asked, answered in answers)
