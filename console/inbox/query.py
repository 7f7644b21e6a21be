"""What the inbox shows, as it stands in the page's address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from console.navigation import PREFIX
from console.review.query import PERIODS, times
from qifu.labels import Topic
from qifu.training.labels import ProposalReason, ProposalState
from store.repositories import GroupKey, ProposalFilter
from store.repositories.proposals import Order

PLACE = f"{PREFIX}/inbox"
ORDERS = ("newest", "biggest")
_MOST_DIGITS = 18


def _one_of(known: Any) -> Callable[[str], bool]:
    values = {str(value) for value in known}
    return lambda value: value in values


_KNOWN: dict[str, Callable[[str], bool]] = {
    "reason": _one_of(ProposalReason),
    "topic": _one_of(Topic),
    "period": _one_of(PERIODS),
    "order": _one_of(ORDERS[1:]),
    "state": _one_of(state for state in ProposalState if state is not ProposalState.OPEN),
}


@dataclass(frozen=True)
class InboxQuery:
    """The values by the names they have in an address; what makes no sense there is left out."""

    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "InboxQuery":
        """The query of an address."""
        return cls({key: given[key] for key, holds in _KNOWN.items() if given.get(key) and holds(given[key])})

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")

    def but(self, **changes: str | None) -> "InboxQuery":
        """The same with other values; None takes one away."""
        return InboxQuery.of({**self.values, **{key: value or "" for key, value in changes.items()}})

    def url(self, **more: str) -> str:
        """Its address."""
        values = {**self.values, **more}
        return PLACE + (f"?{urlencode(values)}" if values else "")

    @property
    def state(self) -> ProposalState:
        """Which proposals."""
        return ProposalState(self["state"] or ProposalState.OPEN)

    @property
    def order(self) -> Order:
        """In which order groups stand."""
        return "biggest" if self["order"] else "newest"

    def filter(self, now: datetime) -> ProposalFilter:
        """What the store is asked."""
        since, until = times(self.values, now)
        reason = ProposalReason(self["reason"]) if self["reason"] else None
        return ProposalFilter(reason=reason, topic=self["topic"] or None, since=since, until=until)


def written(key: GroupKey) -> str:
    """A place in the list of groups as it stands in an address."""
    return f"{key.day}~{key.n}~{key.group_no}"


def group_key_of(text: str) -> GroupKey | None:
    """The place in the list of groups that an address names."""
    day, _, rest = text.partition("~")
    n, _, group = rest.partition("~")
    if not all(part.isascii() and part.isdecimal() and len(part) <= _MOST_DIGITS for part in (n, group)):
        return None
    return GroupKey(day, int(n), int(group))


def written_decided(at: datetime, number: int) -> str:
    """A place in the list of decisions as it stands in an address."""
    return f"{at.isoformat()}~{number}"


def decided_key_of(text: str) -> tuple[datetime, int] | None:
    """The place in the list of decisions that an address names."""
    at, _, number = text.partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    fits = found.tzinfo and number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS
    return (found, int(number)) if fits else None
