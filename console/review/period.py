"""The kinds of figures as tabs, and the period they are of: both stand in the address."""

from datetime import date, timedelta
from urllib.parse import urlencode

from nicegui import ui

from console import parts
from console.navigation import PREFIX
from console.wording import Words

TALKS, DESK = "/figures/conversations", "/figures"
_PERIODS = (("today", 1), ("week", 7), ("month", 30), ("quarter", 90))


def kinds(words: Words, here: str, query: str = "") -> None:
    """Tabs that lead from one kind of figures to the other, of the same period."""
    with parts.box("nav", "tabs", aria_label=words("talks.title")):
        for path, key in ((TALKS, "tab_talks"), (DESK, "tab_desk")):
            current = {"aria_current": "page"} if path == here else {}
            with parts.box("a", "tab", href=f"{PREFIX}{path}" + (f"?{query}" if query else ""), **current):
                parts.text("span", words(f"talks.{key}"))


def period(words: Words, path: str, span: tuple[date, date], today: date) -> None:
    """The usual periods, and any two days."""
    with parts.box("div", "period", role="search"):
        with parts.box("nav", "choices", aria_label=words("figures.period")):
            for key, days in _PERIODS:
                first = today - timedelta(days=days - 1)
                current = {"aria_current": "page"} if span == (first, today) else {}
                url = f"{PREFIX}{path}?{urlencode({'since': first, 'until': today})}"
                parts.text("a", words(f"figures.{key}"), "choice", href=url, **current)

        def go() -> None:
            ui.navigate.to(f"{path}?{urlencode({'since': since.value or '', 'until': until.value or ''})}")

        since = ui.input(words("figures.since"), value=str(span[0])).props("type=date stack-label")
        until = ui.input(words("figures.until"), value=str(span[1])).props("type=date stack-label")
        since.on("change", go)
        until.on("change", go)
