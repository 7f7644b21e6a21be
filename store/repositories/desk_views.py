"""What lists of the desk show: the last words of chats, and handoffs and appeals that fulfil a filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, String, and_, cast, func, not_, or_, select

from qifu.labels import (
    AppealGrade,
    AppealState,
    AppealTier,
    CloseReason,
    Direction,
    District,
    HandoffReason,
    HandoffState,
    Topic,
)
from store.models import AppealRow, DeskMessageRow, HandoffRow
from store.repositories.appeals import ENDED, IS_PROMISED
from store.repositories.base import Repository

type Whom = int | Literal["nobody"]
type SomeHandoffs = Literal["answered", "ended", "unresolved", "rated"]
type SomeAppeals = Literal["done", "judged", "on_time", "late", "promised", "kept", "broken", "reopened", "rated"]


@dataclass(frozen=True, slots=True)
class HandoffFilter:
    """Which handoffs to show; None is all.

    `only` are those a figure counts: `answered` by a person after they were waited for, `ended` in whatever way,
    `unresolved` of these, `rated`.
    """

    state: HandoffState | None = None
    reason: HandoffReason | None = None
    close_reason: CloseReason | None = None
    owner_id: int | None = None
    rating: int | None = None
    only: SomeHandoffs | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter for HandoffRepository.page."""
        row = HandoffRow
        equal = {
            row.state: self.state,
            row.reason: self.reason,
            row.close_reason: self.close_reason,
            row.owner_id: self.owner_id,
            row.rating: self.rating,
        }
        found = [column == value for column, value in equal.items() if value is not None]
        found += [row.requested_at >= self.since] if self.since else []
        found += [row.requested_at < self.until] if self.until else []
        found += [_has(word, row.number, row.question) for word in self.words.split()]
        return found + self._only()

    def _only(self) -> list[ColumnElement[bool]]:
        row = HandoffRow
        match self.only:
            case "answered":
                return [row.answered_at.is_not(None), row.reason != HandoffReason.TAKEN]
            case "ended":
                return [row.closed_at.is_not(None)]
            case "unresolved":
                unresolved = or_(row.close_reason.is_(None), row.close_reason != CloseReason.RESOLVED)
                return [row.closed_at.is_not(None), unresolved]
            case "rated":
                return [row.rating.is_not(None)]
        return []


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """Which appeals to show; None is all. `open` still need somebody.

    `overdue` are open past their deadline at `now`, or unanswered past the day on which an answer was promised.
    `only` are those a figure counts: `done` are resolved; `judged` are `on_time` (resolved by their deadline) or `late`
    (resolved after it, or open past it); `promised` are `kept` (answered by the day promised) or `broken`.
    An empty `topic`, `district` or `unit` means those without one. Duplicates that were joined are never shown.
    """

    now: datetime
    state: AppealState | None = None
    open: bool = False
    grade: AppealGrade | None = None
    tier: AppealTier | None = None
    district: District | Literal[""] | None = None
    topic: Topic | Literal[""] | None = None
    unit: str | None = None
    overdue: bool = False
    only: SomeAppeals | None = None
    owner: Whom | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter for AppealRepository.page."""
        row = AppealRow
        equal = {row.state: self.state, row.grade: self.grade, row.tier: self.tier}
        found = [row.joined_to.is_(None), *(column == value for column, value in equal.items() if value is not None)]
        for column, value in ((row.district, self.district), (row.topic, self.topic), (row.unit, self.unit)):
            if value is not None:
                found.append(column == value if value else column.is_(None))
        if self.owner is not None:
            found.append(row.owner_id.is_(None) if self.owner == "nobody" else row.owner_id == self.owner)
        if self.open or self.overdue:
            found.append(row.state.not_in(ENDED))
        if self.overdue:
            found.append(or_(row.deadline < self.now, and_(IS_PROMISED, row.answer_by < self.now)))
        found += [row.created_at >= self.since] if self.since else []
        found += [row.created_at < self.until] if self.until else []
        # Not the telephone number and the contact's name: who may not see them may not find out about them either.
        columns = (row.number, row.text, row.company, row.resolution, row.hotline_number)
        found += [_has(word, *columns) for word in self.words.split()]
        return found + ([self._only()] if self.only else [])

    def _only(self) -> ColumnElement[bool]:
        row = AppealRow
        done, past = row.state.in_(ENDED), row.deadline < self.now
        on_time = and_(done, row.resolved_at <= row.deadline)
        late = or_(and_(done, row.resolved_at > row.deadline), and_(not_(done), past))
        kept = and_(row.answer_by.is_not(None), row.answered_at <= row.answer_by)
        unanswered = and_(row.answered_at.is_(None), row.answer_by < self.now)
        broken = and_(row.answer_by.is_not(None), or_(row.answered_at > row.answer_by, unanswered))
        chosen: dict[str | None, ColumnElement[bool]] = {
            "done": done,
            "judged": or_(on_time, late),
            "on_time": on_time,
            "late": late,
            "promised": or_(kept, broken),
            "kept": kept,
            "broken": broken,
            "reopened": row.reopened_at.is_not(None),
            "rated": row.rating.is_not(None),
        }
        return chosen[self.only]


def _has(word: str, *columns: Any) -> ColumnElement[bool]:
    lower = word.lower()
    return or_(*(func.lower(cast(column, String)).contains(lower, autoescape=True) for column in columns))


class DeskViewRepository(Repository):
    """Reads for lists; it changes nothing."""

    async def last_messages(self, handoff_ids: Sequence[int]) -> dict[int, DeskMessageRow]:
        """The last message between user and staff of each handoff that has one."""
        spoken = DeskMessageRow.direction.in_((Direction.USER, Direction.STAFF))
        last = (
            select(func.max(DeskMessageRow.id))
            .where(DeskMessageRow.handoff_id.in_(handoff_ids), spoken)
            .group_by(DeskMessageRow.handoff_id)
        )
        rows = await self.session.scalars(
            select(DeskMessageRow).where(DeskMessageRow.id.in_(last)), execution_options={"populate_existing": True}
        )
        return {row.handoff_id: row for row in rows}

    async def message(self, message_id: int) -> DeskMessageRow | None:
        """A message, or None."""
        return await self.session.get(DeskMessageRow, message_id, populate_existing=True)

    async def count_handoffs(self, chosen: HandoffFilter) -> int:
        """How many handoffs fulfil the filter."""
        counted = select(func.count()).select_from(HandoffRow).where(*chosen.conditions())
        return await self.session.scalar(counted) or 0

    async def count_appeals(self, chosen: AppealFilter) -> int:
        """How many appeals fulfil the filter."""
        counted = select(func.count()).select_from(AppealRow).where(and_(*chosen.conditions()))
        return await self.session.scalar(counted) or 0

    async def units(self) -> list[str]:
        """The units that appeals were given to, by name."""
        chosen = select(AppealRow.unit).where(AppealRow.unit.is_not(None)).distinct().order_by(AppealRow.unit)
        return [unit for unit in await self.session.scalars(chosen) if unit]
