"""The list of handoffs, as the figures lead to it: of a period, by reason, end, rating or delay."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fastapi import Request
from nicegui import ui

from bot.desk.sla import PROMISE
from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.desk.clock import written
from console.desk.handoff_query import ONLY, HandoffQuery
from console.desk.seat import Seat
from console.navigation import PREFIX
from console.times import moment
from qifu.labels import CloseReason, HandoffReason, HandoffState
from store.masking import mask
from store.models import HandoffRow
from store.repositories import DeskViewRepository, HandoffRepository

_PAGE = 50
_READ = 200
_MOST_READ = 20
_PREVIEW = 40


def register(console: Console) -> None:
    """Registers the page."""
    services, desk = console.services, console.services.desk
    if desk is None:
        return

    @console.page("desk", "/handoffs", console.words("handoffs.title"))
    async def handoffs(staff: Staff, request: Request) -> None:
        await _List(Seat(services, desk, staff), request.query_params).show()


class _List:
    """Newest first; the address carries the filter and from where on it goes."""

    def __init__(self, seat: Seat, values: Mapping[str, str]) -> None:
        self._seat = seat
        self._words = seat.words
        self._names = seat.names
        self._query = HandoffQuery.of(values)
        before = values.get("before", "")
        self._before = int(before) if before.isdecimal() and len(before) <= 18 else None

    async def show(self) -> None:
        """The page."""
        words = self._words
        rows = await self._rows()
        people = await self._names.people()
        parts.heading(words("handoffs.title"), words("handoffs.lead"))
        self._filters(people, await self._count())
        with parts.card(classes="flush"):
            if rows:
                self._table(rows[:_PAGE], people)
            else:
                parts.empty(words("handoffs.empty"), symbol="search_off")
        if len(rows) > _PAGE:
            with parts.box("nav", "pager"):
                older = f"{PREFIX}/handoffs?{self._query.address()}&before={rows[_PAGE - 1].id}"
                parts.link(words("handoffs.older"), older, "button-link")

    async def _rows(self) -> list[HandoffRow]:
        """A page and one more. How late an answer was within service hours isn't stored, so it is counted here."""
        found: list[HandoffRow] = []
        before, conditions = self._before, self._query.chosen().conditions()
        async with self._seat.services.database.session() as session:
            repository = HandoffRepository(session, self._seat.services.clock)
            for _ in range(_MOST_READ):
                rows = await repository.page(*conditions, before=before, limit=_READ)
                found += [row for row in rows if self._is_meant(row)]
                if len(rows) < _READ or len(found) > _PAGE:
                    break
                before = rows[-1].id
        return found[: _PAGE + 1]

    def _is_meant(self, row: HandoffRow) -> bool:
        return not self._query.late or self._is_late(row)

    def _response(self, row: HandoffRow) -> float | None:
        if row.answered_at is None or row.reason == HandoffReason.TAKEN:
            return None
        return self._seat.desk.rules.calendar.service_seconds(row.requested_at, row.answered_at)

    def _is_late(self, row: HandoffRow) -> bool:
        if row.reason == HandoffReason.TAKEN:
            return False
        until = row.answered_at or row.closed_at or self._seat.now
        return self._seat.desk.rules.calendar.service_seconds(row.requested_at, until) > PROMISE

    async def _count(self) -> int | None:
        """How many there are in all; None where that isn't told by the database."""
        if self._query.late or not self._query.is_filtered:
            return None
        async with self._seat.services.database.session() as session:
            return await DeskViewRepository(session).count_handoffs(self._query.chosen())

    def _filters(self, people: Mapping[int, str], counted: int | None) -> None:
        words, names = self._words, self._names
        any_of = {"": words("common.all")}
        choices = {
            "state": any_of | {str(label): names.label(label) for label in HandoffState},
            "reason": any_of | {str(label): names.label(label) for label in HandoffReason},
            "close_reason": any_of | {str(label): names.label(label) for label in CloseReason},
            "rating": any_of | {str(n): words("desk.stars", n=n) for n in range(1, 6)},
            "only": any_of | {key: words(f"handoffs.only_{key}") for key in ONLY},
            "owner": any_of | {str(key): name for key, name in people.items()},
        }
        with parts.box("div", "filters tight", role="search"):
            search = ui.input(words("handoffs.search"), value=self._query.q).props("type=search clearable")
            search.on("keydown.enter", lambda: self._go(q=search.value or ""))
            search.on("clear", lambda: self._go(q=""))
            for key, options in choices.items():
                value = getattr(self._query, key)
                ui.select(
                    options,
                    label=words(f"handoffs.{key}"),
                    value=value if value in options else "",
                    on_change=lambda event, key=key: self._go(**{key: event.value or ""}),
                )
            late = ui.checkbox(words("handoffs.late"), value=bool(self._query.late))
            late.on_value_change(lambda event: self._go(late="1" if event.value else ""))
            if self._query.is_filtered:
                parts.link(words("audit.clear"), f"{PREFIX}/handoffs")
        if self._query.since or self._query.until:
            period = words("handoffs.period", since=self._query.since or "…", until=self._query.until or "…")
            parts.text("p", period, "lead")
        if counted is not None:
            parts.text("p", words("common.counted", n=counted), "lead")

    def _go(self, **changed: str) -> None:
        ui.navigate.to(f"/handoffs?{self._query.address(**changed)}")

    def _table(self, rows: Sequence[HandoffRow], people: Mapping[int, str]) -> None:
        words, now = self._words, self._seat.now
        keys = ("number", "about", "reason", "owner", "response", "end", "rating")
        columns = tuple(words(f"handoffs.{key}") for key in keys)
        with parts.table(columns, words("handoffs.title")) as line:
            for row in rows:
                with line():
                    self._row(row, columns, people, now)

    def _row(self, row: HandoffRow, columns: tuple[str, ...], people: Mapping[int, str], now: datetime) -> None:
        names, words = self._names, self._words
        number, about, reason, owner, response, end, rating = columns
        with parts.cell(number, classes="nowrap"):
            parts.link(row.number, f"{PREFIX}/desk/{row.number}", "link strong")
            parts.text("span", moment(row.requested_at, now, words), "under")
        with parts.cell(about):
            parts.text("span", names.about(row.topic, row.matter) or words("desk.no_topic"))
            parts.text("span", _short(mask(" ".join(row.question.split()))), "under")
        parts.cell(reason, names.label(row.reason), "nowrap")
        parts.cell(owner, people.get(row.owner_id or 0, "—"), "nowrap")
        seconds = self._response(row)
        with parts.cell(response):
            tone: parts.Tone = "bad" if self._is_late(row) else "good"
            if seconds is not None:
                parts.badge(written(int(seconds)), tone)
            elif self._is_late(row):
                parts.badge(words("handoffs.unanswered"), "bad")
        parts.cell(end, names.label(row.close_reason) or names.label(row.state), "nowrap")
        with parts.cell(rating):
            if row.rating:
                low = row.rating <= self._seat.desk.rules.low_rating
                parts.badge(words("desk.stars", n=row.rating), "bad" if low else "good")
                said = " ".join(mask(row.rating_text or "").split())
                parts.text("span", _short(said) or names.label(row.rating_reason), "under", title=said)


def _short(said: str) -> str:
    return said if len(said) <= _PREVIEW else said[:_PREVIEW] + "…"
