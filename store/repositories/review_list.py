"""The list of conversations by last activity, whatever is asked of them, page by page.

Two ways lead to a page. Where few things fulfil the filter, they are found by an index, and their conversations put in
order. Where many do, conversations are gone through in order until the page is full, which is soon. Which way it is
gets decided by counting, up to a bound; databases guess it wrong from what they know of each column by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal_column, select, text

from qifu.labels import Channel, District, Language, Outcome
from store.repositories.base import Repository
from store.repositories.review_filter import (
    Conditions,
    ReviewFilter,
    conversations,
    feedback,
    handoffs,
    labels,
    marks,
    matching,
    newer,
    older,
    places,
    reviews,
    turns,
)

MANY = 5000
"""So many finds are put in order at most."""
_ENTRIES = 200_000
"""So many entries of an index that holds all that is asked are looked through at most, to find them."""


class Key(NamedTuple):
    """A place in the list."""

    last_at: datetime
    conversation_id: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation of the list; `hit` is the newest turn that fulfils the filter, of `hits`."""

    id: str
    channel: Channel
    district: District | None
    language: Language | None
    started_at: datetime
    last_at: datetime
    turns: int
    hit: int | None = None
    hits: int = 0

    @property
    def key(self) -> Key:
        """Its place in the list."""
        return Key(self.last_at, self.id)


class _Way(NamedTuple):
    """A way to few conversations: what an index has to look through, at most how much, and the conversations found.

    `proves` is what need not be looked up again for these conversations.
    """

    entries: Select[Any]
    found: Select[Any]
    most: int = MANY
    proves: Literal["turn", "handoff", ""] = ""


class ReviewListRepository(Repository):
    """Reads the list; it changes nothing."""

    async def page(
        self, chosen: ReviewFilter, limit: int, after: Key | None = None, before: Key | None = None
    ) -> list[Listed]:
        """Conversations, the last active first: those next to `after`, or those right before `before`."""
        await self._prepare()
        conditions = Conditions(chosen, self.dialect)
        if chosen.words.strip() and conditions.texts is None:
            return []
        column = conversations.c
        way = await self._few(conditions)
        wanted = [older(*after)] if after else [newer(*before)] if before else []
        wanted += self._wanted(conditions, way)
        last_at = literal_column("+conversations.last_at") if way and self.dialect == "sqlite" else column.last_at
        order = (last_at, column.id) if before else (last_at.desc(), column.id.desc())
        picked = (
            column.id,
            column.channel,
            column.district,
            column.language,
            column.started_at,
            column.last_at,
            column.turns,
        )
        rows = await self.session.execute(select(*picked).where(*wanted).order_by(*order).limit(limit))
        listed = [Listed(*row) for row in rows]
        return listed[::-1] if before else listed

    async def with_hits(self, chosen: ReviewFilter, listed: Sequence[Listed]) -> list[Listed]:
        """The same with the turns that fulfil the filter; without words on turns, the last thing that was typed."""
        if not listed:
            return []
        ids = [row.id for row in listed]
        if chosen.looks_at_turns:
            rows = await self.session.execute(matching(Conditions(chosen, self.dialect), ids))
        else:
            typed = (turns.c.is_payload.is_(False), turns.c.text != "")
            last = select(turns.c.conversation_id, func.max(turns.c.id), func.count())
            rows = await self.session.execute(
                last.where(turns.c.conversation_id.in_(ids), *typed).group_by(turns.c.conversation_id)
            )
        found = {row[0]: (row[1], row[2]) for row in rows}
        return [
            Listed(
                row.id,
                row.channel,
                row.district,
                row.language,
                row.started_at,
                row.last_at,
                row.turns,
                *found.get(row.id, (None, 0)),
            )
            for row in listed
        ]

    async def how_many(self, chosen: ReviewFilter, most: int | None = None) -> int:
        """How many conversations fulfil the filter, counted up to `most`; counting all may take seconds."""
        await self._prepare()
        conditions = Conditions(chosen, self.dialect)
        if chosen.words.strip() and conditions.texts is None:
            return 0
        way = await self._few(conditions)
        return await self._count(select(conversations.c.id).where(*self._wanted(conditions, way)), most)

    async def _prepare(self) -> None:
        """Plans are made for the values at hand, and compiling them costs more than it saves."""
        if self.dialect == "postgresql":
            await self.session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
            await self.session.execute(text("SET LOCAL jit = off"))

    def _wanted(self, conditions: Conditions, way: _Way | None) -> list[ColumnElement[bool]]:
        wanted = conditions.of_conversation()
        if way is not None:
            hits = select(way.found.distinct().subquery("found")).cte("hits")
            if self.dialect == "postgresql":
                hits = hits.prefix_with("MATERIALIZED")
            wanted.append(conversations.c.id.in_(select(hits.c[0])))
        # The way was chosen by one of the conditions; all of them must hold.
        return [*wanted, *self._probes(conditions, way)]

    def _probes(self, conditions: Conditions, way: _Way | None) -> list[ColumnElement[bool]]:
        """What is looked up for each conversation by itself."""
        chosen, found = conditions.chosen, []
        proven = way.proves if way else ""
        if chosen.looks_at_turns and proven != "turn":
            turn = self._hinted(select(turns.c.id), "talk")
            turn = turn.where(turns.c.conversation_id == conversations.c.id, *conditions.of_turn())
            found.append(self._apart(turn))
        if chosen.about_handoffs and proven != "handoff":
            handoff = select(handoffs.c.id).where(handoffs.c.conversation_id == conversations.c.id)
            found.append(self._apart(handoff.where(*conditions.of_handoff())))
        return found

    def _apart(self, looked_up: Select[Any]) -> ColumnElement[bool]:
        """EXISTS that PostgreSQL answers row by row: as a join it would find all before it takes the first."""
        return (looked_up.offset(0) if self.dialect == "postgresql" else looked_up).correlate(conversations).exists()

    async def _few(self, conditions: Conditions) -> _Way | None:
        """The way that looks through the fewest entries, where that leads to few conversations."""
        best, least = None, _ENTRIES + 1
        for way in self._ways(conditions):
            entries = await self._count(way.entries, min(least, way.most + 1))
            if entries < least and entries <= way.most:
                best, least = way, entries
            if least <= MANY // 10:
                break
        if best is None or (least > MANY and await self._count(best.found, MANY + 1) > MANY):
            return None
        return best

    async def _count(self, chosen: Select[Any], most: int | None) -> int:
        return await self.session.scalar(select(func.count()).select_from(chosen.limit(most).subquery())) or 0

    def _ways(self, conditions: Conditions) -> list[_Way]:
        chosen, of = conditions.chosen, turns.c.conversation_id
        ways: list[_Way] = []
        if chosen.label_id is not None:
            ways.append(_plain(select(labels.c.conversation_id).where(labels.c.label_id == chosen.label_id)))
        if chosen.reviewed:
            ways.append(_plain(select(reviews.c.conversation_id)))
        if chosen.about_handoffs:
            found = select(handoffs.c.conversation_id).where(*conditions.of_handoff())
            ways.append(_Way(found, found, proves="handoff"))
        if chosen.longer:
            ways.append(_plain(select(conversations.c.id).where(conversations.c.turns >= chosen.longer)))
        if chosen.mark:
            ways.append(_plain(select(marks.c.conversation_id).where(marks.c.mark == chosen.mark)))
        if value := {"up": 1, "down": -1}.get(chosen.feedback or ""):
            found = select(feedback.c.conversation_id).where(feedback.c.value == value)
            ways.append(_Way(found, found, proves="turn" if chosen.only("feedback") else ""))
        if chosen.turns:
            found = select(of).where(*conditions.of_turn())
            ways.append(_Way(found, found, proves="turn"))
        if conditions.texts is not None:
            entries = select(places.c.turn_id).where(*conditions.of_place())
            said = select(of).where(turns.c.id == places.c.turn_id, *conditions.of_place())
            ways.append(_Way(entries, said, proves="turn" if chosen.only("words", "said") else ""))
        if conditions.of_index():
            ways.append(self._by_turns(conditions, "outcome", conditions.of_index()))
        if chosen.looks_at_turns and chosen.has_times:
            ways.append(self._by_turns(conditions, "time", conditions.times(turns.c.accepted_at)))
        return ways

    def _by_turns(self, conditions: Conditions, index: str, narrowed: list[ColumnElement[bool]]) -> _Way:
        known = [turns.c.outcome.is_not(None)]
        if index == "outcome" and not conditions.chosen.outcomes:
            # The index begins with the outcome: naming all of them lets it be used all the same.
            known.append(turns.c.outcome.in_(tuple(Outcome)))
        entries = self._hinted(select(turns.c.conversation_id).where(*known, *narrowed), index)
        found = self._hinted(select(turns.c.conversation_id).where(*known, *conditions.of_turn()), index)
        # What was said doesn't stand in these indexes.
        return _Way(entries, found, _ENTRIES if conditions.texts is None else MANY, "turn")

    @staticmethod
    def _hinted(chosen: Select[Any], index: str) -> Select[Any]:
        """SQLite knows nothing of how often values occur; it is told which index."""
        return chosen.with_hint(turns, f"INDEXED BY ix_turns_{index}", "sqlite")


def _plain(found: Select[Any]) -> _Way:
    return _Way(found, found)
