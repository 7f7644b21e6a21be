"""数据: the desk's figures of any period; each number leads to what it counts, where there is a list of it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from nicegui import ui

from bot.desk.figures import DeskFigures
from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.desk.daily import Day, daily
from console.desk.figures import Number, numbers
from console.desk.seat import Seat
from console.navigation import PREFIX
from console.public import ServiceLevels
from console.review.period import DESK, kinds
from console.times import SHANGHAI
from qifu.labels import AppealState, CloseReason, HandoffReason, HandoffState, StaffRole

_LONGEST = 366
_PERIODS = (("today", 1), ("week", 7), ("month", 30), ("quarter", 90))
_MOST_BARS = 62


def register(console: Console) -> None:
    """Registers the page, and the public one."""
    services, desk = console.services, console.services.desk
    if desk is None:
        return
    console.public(ServiceLevels(desk, console.assets).router())

    @console.page("figures")
    async def figures(
        staff: Staff,
        since: Annotated[str, Query(max_length=10)] = "",
        until: Annotated[str, Query(max_length=10)] = "",
    ) -> None:
        await _Report(Seat(services, desk, staff), since, until).show()


class _Report:
    """One period, in whole days of Shanghai."""

    def __init__(self, seat: Seat, since: str, until: str) -> None:
        self._seat = seat
        self._words = seat.words
        self._names = seat.names
        self._today = seat.now.astimezone(SHANGHAI).date()
        last = min(_day(until) or self._today, self._today)
        first = min(_day(since) or last - timedelta(days=29), last)
        self._first, self._last = max(first, last - timedelta(days=_LONGEST - 1)), last
        # Who may not open chats and appeals is not led there.
        self._leads = seat.staff.role in (StaffRole.SERVICE, StaffRole.MANAGER)

    async def show(self) -> None:
        """The page."""
        words, desk = self._words, self._seat.desk
        figures = await desk.figures.of_days(self._first, self._last)
        days = await daily(desk, self._first, self._last)
        with parts.heading(words("figures.title"), words("figures.lead")):
            parts.link(words("figures.public"), "/sla", "button-link", target="_blank")
        kinds(words, DESK, self._query())
        self._period()
        told = numbers(figures, words)
        self._numbers(words("figures.handoffs"), [number for number in told if number.group == "handoffs"])
        if len(days) > 1:
            self._bars(days[-_MOST_BARS:])
        with parts.box("div", "groups"):
            self._handoff_groups(figures)
        self._numbers(words("figures.appeals"), [number for number in told if number.group == "appeals"])
        with parts.box("div", "groups"):
            self._appeal_groups(figures)
        parts.text("p", words("figures.note"), "lead")

    def _period(self) -> None:
        words = self._words
        with parts.box("div", "period", role="search"):
            with parts.box("nav", "tabs", aria_label=words("figures.period")):
                for key, days in _PERIODS:
                    first = self._today - timedelta(days=days - 1)
                    chosen = (self._first, self._last) == (first, self._today)
                    current = {"aria_current": "page"} if chosen else {}
                    url = f"{PREFIX}/figures?{urlencode({'since': first, 'until': self._today})}"
                    with parts.box("a", "tab", href=url, **current):
                        parts.text("span", words(f"figures.{key}"))

            def go() -> None:
                ui.navigate.to(f"/figures?{urlencode({'since': since.value or '', 'until': until.value or ''})}")

            since = ui.input(words("figures.since"), value=str(self._first)).props("type=date stack-label")
            until = ui.input(words("figures.until"), value=str(self._last)).props("type=date stack-label")
            since.on("change", go)
            until.on("change", go)

    def _query(self, **more: str) -> str:
        return urlencode({"since": str(self._first), "until": str(self._last)} | more)

    def _numbers(self, title: str, told: list[Number]) -> None:
        with parts.box("section", "numbers-group"):
            parts.text("h2", title)
            with parts.box("ul", "numbers"):
                for number in told:
                    url = self._url(number)
                    with (
                        parts.box("li"),
                        parts.box("a" if url else "div", f"number {number.tone}", **({"href": url} if url else {})),
                    ):
                        parts.text("span", number.name, "number-name")
                        parts.text("strong", number.value, "number-value")
                        if number.hint:
                            parts.text("span", number.hint, "number-hint")

    def _url(self, number: Number) -> str:
        if not self._leads or number.list is None:
            return ""
        path, more = number.list
        if path == "/desk":
            return f"{PREFIX}{path}"
        if path == "/conversations":
            # That list names its days differently.
            return f"{PREFIX}{path}?{urlencode({'from': self._first, 'to': self._last} | more)}"
        return f"{PREFIX}{path}?{self._query(**more)}"

    def _bars(self, days: list[Day]) -> None:
        """Handoffs of each day, the part answered within the minute in full colour."""
        words = self._words
        most = max((day.figures.handoffs for day in days), default=0)
        with parts.card(words("figures.daily"), words("figures.daily_lead")):
            with parts.box("ul", "bars-chart"):
                for day in days:
                    found = day.figures
                    share = "—" if found.within_minute is None else f"{found.within_minute:.0%}"
                    said = words("figures.day", day=f"{day.day:%m-%d}", n=found.handoffs, share=share)
                    days_own = {"since": str(day.day), "until": str(day.day)}
                    url = f"{PREFIX}/handoffs?{urlencode(days_own)}" if self._leads and found.handoffs else ""
                    link = {"href": url} if url else {}
                    with (
                        parts.box("li"),
                        parts.box("a" if url else "span", "day-bar", title=said, aria_label=said, **link),
                    ):
                        height = found.handoffs / most if most else 0
                        with parts.box("span", "bar-all").style(f"height: {height:.1%}"):
                            parts.box("span", "bar-good").style(f"height: {found.within_minute or 0:.1%}")
            with parts.box("p", "bars-ends lead"):
                parts.text("span", f"{days[0].day:%m-%d}")
                parts.text("span", f"{days[-1].day:%m-%d}")

    def _handoff_groups(self, figures: DeskFigures) -> None:
        names, handoffs = self._names, figures.handoffs
        reasons = {str(label): names.label(label) for label in HandoffReason}
        ends = {str(label): names.label(label) for label in (*HandoffState, *CloseReason)}
        self._group("by_reason", handoffs.by_reason, reasons, lambda key: ("/handoffs", {"reason": key}))
        self._group("by_end", handoffs.by_end, ends, _end)
        stars = {str(n): self._words("desk.stars", n=n) for n in range(1, 6)}
        by_rating = {str(n): count for n, count in handoffs.by_rating.items()}
        self._group("by_rating", by_rating, stars, lambda key: ("/handoffs", {"rating": key}))

    def _appeal_groups(self, figures: DeskFigures) -> None:
        names, appeals = self._names, figures.appeals
        states = {str(label): self._words(f"appeals.state_{label}") for label in AppealState}
        self._group("by_state", appeals.by_state, states, lambda key: ("/appeals", {"state": key}))
        units = {key: names.unit(key) for key in appeals.by_unit}
        self._group("by_unit", appeals.by_unit, units, lambda key: ("/appeals", {"unit": key or "none"}))
        topics = {key: names.topic(key) for key in appeals.by_topic}
        self._group("by_topic", appeals.by_topic, topics, lambda key: ("/appeals", {"topic": key or "none"}))
        districts = {key: names.district(key) for key in appeals.by_district}
        self._group(
            "by_district", appeals.by_district, districts, lambda key: ("/appeals", {"district": key or "none"})
        )

    def _group(
        self, key: str, counted: Mapping[str, int], names: Mapping[str, str], lead: "Callable[[str], _Where]"
    ) -> None:
        total = sum(counted.values())
        with parts.card(self._words(f"figures.{key}"), classes="group"):
            if not counted:
                parts.text("p", self._words("figures.nothing"), "lead")
            with parts.box("ul", "shares"):
                for value, count in counted.items():
                    path, more = lead(value)
                    url = f"{PREFIX}{path}?{self._query(**more)}" if self._leads and path else ""
                    with (
                        parts.box("li"),
                        parts.box("a" if url else "div", "share", **({"href": url} if url else {})),
                    ):
                        parts.text("span", names.get(value) or self._words("figures.unnamed"), "share-name")
                        parts.text("span", str(count), "share-count")
                        with parts.box("span", "share-bar", aria_hidden="true"):
                            parts.box("span").style(f"width: {count / total:.1%}")


type _Where = tuple[str, dict[str, str]]


def _end(key: str) -> _Where:
    if key in set(CloseReason):
        return "/handoffs", {"close_reason": key}
    return "/handoffs", {"state": key}


def _day(written: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(written)
    return None
