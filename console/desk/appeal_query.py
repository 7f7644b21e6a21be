"""The filter of the list of appeals as its address carries it; so it can be sent to a colleague."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from console.accounts.staff import Staff
from console.times import day_of
from qifu.labels import AppealGrade, AppealState, AppealTier, District, Topic
from store.repositories import AppealFilter

NONE = "none"
"""In the address: those without a topic, district or unit."""
ONLY = ("done", "judged", "on_time", "late", "promised", "kept", "broken", "reopened", "rated")
"""What figures count, as AppealFilter has it."""
VIEWS = ("open", "unassigned", "mine", "overdue", "all")


@dataclass(frozen=True)
class AppealQuery:
    """What the address asks for; what makes no sense there is left out. Days are in Shanghai, both included."""

    view: str = ""
    state: str = ""
    grade: str = ""
    tier: str = ""
    district: str = ""
    topic: str = ""
    unit: str = ""
    owner: str = ""
    only: str = ""
    since: str = ""
    until: str = ""
    q: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "AppealQuery":
        """The query of an address's parameters."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value.strip()[:80] for name, value in values.items() if name in names})

    def address(self, **changed: str) -> str:
        """The query string with some values changed; empty ones are left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)} | changed
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the view is asked for."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "view")

    def chosen(self, staff: Staff, now: datetime) -> AppealFilter:
        """The filter for somebody. Without a view and any filter, those that are open."""
        view = self.view if self.view in VIEWS else "all" if self.is_filtered else "open"
        only: Any = self.only if self.only in ONLY else None
        owner: Any = int(self.owner) if self.owner.isdecimal() else None
        if view == "unassigned":
            owner = "nobody"
        elif view == "mine":
            owner = staff.id
        return AppealFilter(
            now,
            state=label_in(AppealState, self.state),
            open=view in ("open", "unassigned", "mine"),
            grade=label_in(AppealGrade, self.grade),
            tier=label_in(AppealTier, self.tier),
            district="" if self.district == NONE else label_in(District, self.district),
            topic="" if self.topic == NONE else label_in(Topic, self.topic),
            unit="" if self.unit == NONE else self.unit or None,
            overdue=view == "overdue",
            only=only,
            owner=owner,
            since=day_in(self.since, 0),
            until=day_in(self.until, 1),
            words=self.q,
        )


def label_in[L: StrEnum](kind: type[L], value: str) -> L | None:
    """The label of a value, or None for what is none."""
    return kind(value) if value in set(kind) else None


def day_in(written: str, which: int) -> datetime | None:
    """The first moment of a day (0) or the first one after it (1); None for what is no day."""
    with suppress(ValueError, OverflowError):
        return day_of(date.fromisoformat(written))[which]
    return None
