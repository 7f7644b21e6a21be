"""The filter of the list of handoffs as its address carries it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from console.desk.appeal_query import day_in, label_in
from qifu.labels import CloseReason, HandoffReason, HandoffState
from store.repositories import HandoffFilter

ONLY = ("answered", "ended", "unresolved", "rated")
"""What figures count, as HandoffFilter has it."""


@dataclass(frozen=True)
class HandoffQuery:
    """What the address asks for; what makes no sense there is left out. Days are in Shanghai, both included."""

    state: str = ""
    reason: str = ""
    close_reason: str = ""
    owner: str = ""
    rating: str = ""
    only: str = ""
    late: str = ""
    since: str = ""
    until: str = ""
    q: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "HandoffQuery":
        """The query of an address's parameters."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value.strip()[:80] for name, value in values.items() if name in names})

    def address(self, **changed: str) -> str:
        """The query string with some values changed; empty ones are left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)} | changed
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_filtered(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, field.name) for field in fields(self))

    def chosen(self) -> HandoffFilter:
        """The filter of the store; `late` is beyond it."""
        only: Any = self.only if self.only in ONLY else None
        return HandoffFilter(
            state=label_in(HandoffState, self.state),
            reason=label_in(HandoffReason, self.reason),
            close_reason=label_in(CloseReason, self.close_reason),
            owner_id=int(self.owner) if self.owner.isdecimal() else None,
            rating=int(self.rating) if self.rating in ("1", "2", "3", "4", "5") else None,
            only=only,
            since=day_in(self.since, 0),
            until=day_in(self.until, 1),
            words=self.q,
        )
