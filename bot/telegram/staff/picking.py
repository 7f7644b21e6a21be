"""Something found for staff to send: canned replies and measures, offered with a button each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from bot.desk.canned import Filled, fill
from bot.desk.desk import Desk
from bot.telegram.memory import Recent
from bot.telegram.staff.show import Show
from qifu.labels import District, Language
from store.models import HandoffRow, StaffRow

MOST = 5
_QUOTE = 220


class FoundMeasure(Protocol):
    """A point of the plans: what it says, where it stands, and both as users are sent them."""

    @property
    def quote(self) -> str: ...

    @property
    def citation(self) -> str: ...

    @property
    def text(self) -> str: ...


type Search = Callable[[str, Language, District | None], Sequence[FoundMeasure]]
"""Searches the plans; bot.desk.measures.Measures.search is one."""


@dataclass(frozen=True, slots=True)
class Picks:
    """What was found for a handoff: the lines to show, and the texts to send."""

    handoff_id: int
    lines: tuple[str, ...]
    texts: tuple[str, ...]


class Picking:
    """Finds, and remembers what was found until it is sent; after a restart staff search again."""

    def __init__(self, desk: Desk, show: Show, search: Search | None) -> None:
        self._desk = desk
        self._show = show
        self._search = search
        self._found: Recent[int, Picks] = Recent(1000)
        self._tokens = count(1)

    @property
    def has_measures(self) -> bool:
        """Whether there are plans to search."""
        return self._search is not None

    def keep(self, picks: Picks) -> int:
        """Remembers what was found; the number that its buttons carry."""
        token = next(self._tokens)
        self._found.put(token, picks)
        return token

    def found(self, token: int) -> Picks | None:
        """What was found under a number."""
        return self._found.get(token)

    async def canned(self, row: HandoffRow, person: StaffRow, words: str) -> list[tuple[str, Filled]]:
        """Canned replies (title, filled in), those of the user's language and of the topic first."""
        rows = await self._desk.canned.search(words)
        rows.sort(key=lambda found: (found.language != row.language, found.topic != row.topic))
        values = self._values(row, person)
        return [(found.title, fill(found.text, values)) for found in rows[:MOST]]

    def measures(self, row: HandoffRow, words: str) -> Picks:
        """Measures of the plans, the user's district first."""
        hits = list(self._search(words, row.language, row.district))[:MOST] if self._search else []
        lines = [
            self._show.say("measure_line", n=n, quote=hit.quote[:_QUOTE], citation=hit.citation)
            for n, hit in enumerate(hits, start=1)
        ]
        return Picks(row.id, tuple(lines), tuple(hit.text for hit in hits))

    def _values(self, row: HandoffRow, person: StaffRow) -> dict[str, str | None]:
        calendar = self._desk.rules.calendar
        topic = self._show.topic(row, row.language)
        return {
            "district": self._show.place(row, row.language),
            "topic": topic,
            "matter": topic,
            "number": row.number,
            "name": person.name,
            "hours": f"{calendar.opens:%H:%M}–{calendar.closes:%H:%M}",
        }
