"""The filter of the list as it stands in the page's address, so that it can be kept and sent to a colleague."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from console.navigation import PREFIX
from console.times import SHANGHAI, day_of
from qifu.labels import Channel, District, Outcome, TurnMark
from store.repositories.review_filter import BANDS, ReviewFilter

PERIODS = {"today": (0, 1), "yesterday": (1, 1), "7d": (6, 7), "30d": (29, 30), "90d": (89, 90)}
"""How many days ago a period begins, and how many days it lasts."""
PLACE = f"{PREFIX}/conversations"
FAILED = (Outcome.NO_ANSWER, Outcome.CLARIFY, Outcome.ERROR)
"""What `outcome=failed` stands for."""
LENGTHS = (2, 5, 10, 20)
NOBODY = "none"
LONGEST_WORDS = 100
_MOST_TURNS = 60


def _one_of(known: Any) -> Callable[[str], bool]:
    return lambda value: value in known


def _number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 12


def _day(value: str) -> bool:
    with suppress(ValueError):
        return 2000 <= date.fromisoformat(value).year <= 2200
    return False


def _name(value: str) -> bool:
    return len(value) <= 80 and all(part.isidentifier() for part in value.split("/"))


def _outcomes(value: str) -> bool:
    return value == "failed" or all(part in {str(outcome) for outcome in Outcome} for part in value.split(","))


def _numbers(value: str) -> bool:
    return all(map(_number, value.split(","))) and value.count(",") < _MOST_TURNS


_KNOWN: dict[str, Callable[[str], bool]] = {
    "q": lambda value: len(value) <= LONGEST_WORDS and bool(value.strip()),
    "said": _one_of(("user", "bot")),
    "period": _one_of(PERIODS),
    "from": _day,
    "to": _day,
    "hour": lambda value: _number(value) and int(value) < 24,
    "channel": _one_of({str(channel) for channel in Channel}),
    "district": _one_of({str(district) for district in District} | {NOBODY}),
    "topic": _name,
    "matter": _name,
    "outcome": _outcomes,
    "confidence": _one_of(BANDS),
    "feedback": _one_of(("up", "down", "none")),
    "mark": _one_of({str(mark) for mark in TurnMark}),
    "handoff": _one_of(("any", "none", "open", "ended")),
    "rating": _one_of(("1", "2", "3", "4", "5", "low", "high")),
    "staff": _number,
    "longer": _number,
    "reviewed": _one_of(("yes", "no")),
    "label": _number,
    "solved": _one_of(("yes", "no")),
    "turns": _numbers,
}
KEYS = tuple(_KNOWN)
_RATINGS = {"low": (1, 2), "high": (4, 5)}


@dataclass(frozen=True)
class Query:
    """The values of a filter by the names they have in an address; what makes no sense there is left out."""

    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Query":
        """The filter of an address."""
        return cls({key: given[key] for key, holds in _KNOWN.items() if given.get(key) and holds(given[key])})

    @classmethod
    def read(cls, text: str) -> "Query":
        """The filter of a stored address."""
        return cls.of(dict(parse_qsl(text)))

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")

    def __bool__(self) -> bool:
        return bool(self.values)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def but(self, **changes: str | None) -> "Query":
        """The same with other values; `from_` stands for from, None takes a value away."""
        named = {key.rstrip("_"): value or "" for key, value in changes.items()}
        if named.get("period"):
            named |= {"from": "", "to": ""}
        elif named.get("from") or named.get("to"):
            named |= {"period": ""}
        if "topic" in named and named["topic"] != self["matter"].partition("/")[0]:
            named.setdefault("matter", "")
        return Query.of({**self.values, **named})

    @property
    def text(self) -> str:
        """As a query of an address, always in the same order."""
        return urlencode({key: self.values[key] for key in KEYS if key in self.values})

    @property
    def url(self) -> str:
        """The list with this filter."""
        return PLACE + (f"?{self.text}" if self else "")

    def link(self, number: int) -> str:
        """A conversation, read as one of this list."""
        return f"{PLACE}/{number}" + (f"?{self.text}" if self else "")

    def times(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """The bounds of time."""
        return times(self.values, now)

    def filter(self, now: datetime) -> ReviewFilter:
        """What the store is asked."""
        of = self.values.get
        since, until = self.times(now)
        outcome, rating = self["outcome"], self["rating"]
        feedback: Any = of("feedback")
        said: Any = of("said")
        handoff: Any = of("handoff")
        district = of("district")
        return ReviewFilter(
            since=since,
            until=until,
            hour=_int(of("hour")),
            channel=Channel(self["channel"]) if self["channel"] else None,
            district=None if district is None else "" if district == NOBODY else District(district),
            topic=of("topic"),
            matter=of("matter"),
            outcomes=FAILED if outcome == "failed" else tuple(map(Outcome, filter(None, outcome.split(",")))),
            confidence=of("confidence"),
            feedback=feedback,
            mark=TurnMark(self["mark"]) if self["mark"] else None,
            words=self["q"],
            said=said,
            turns=tuple(int(turn) for turn in self["turns"].split(",") if turn),
            handoff=handoff,
            rating=() if not rating else _RATINGS.get(rating) or (int(rating),),
            staff_id=_int(of("staff")),
            longer=_int(of("longer")),
            reviewed={"yes": True, "no": False}.get(self["reviewed"]),
            label_id=_int(of("label")),
            solved={"yes": True, "no": False}.get(self["solved"]),
        )


def times(given: Mapping[str, str], now: datetime) -> tuple[datetime | None, datetime | None]:
    """The bounds that a period, or days from and to (both included), name; in Shanghai's days."""
    today = now.astimezone(SHANGHAI).date()
    if found := PERIODS.get(given.get("period", "")):
        first = today - timedelta(days=found[0])
        return day_of(first)[0], day_of(first + timedelta(days=found[1] - 1))[1]
    since = day_of(date.fromisoformat(given["from"]))[0] if _day(given.get("from", "")) else None
    until = day_of(date.fromisoformat(given["to"]))[1] if _day(given.get("to", "")) else None
    return since, until


def _int(value: str | None) -> int | None:
    return int(value) if value else None
