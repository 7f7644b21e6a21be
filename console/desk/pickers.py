"""Finds something to send: a canned reply with its variables filled in, or a measure of the plans with its citation."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from bot.desk.canned import fill
from bot.desk.measures import Found, Measures
from console import parts
from console.desk.seat import Seat
from qifu.labels import Language
from store.masking import mask
from store.models import CannedReplyRow, HandoffRow

_MASKED = re.compile(r"\[[a-z]+\]")
_LONGEST_QUERY = 60


class Pickers:
    """Both dialogs for one handoff. `insert` puts text into the composer, `send` sends it at once."""

    def __init__(
        self, seat: Seat, row: HandoffRow, insert: Callable[[str], None], send: Callable[[str], Awaitable[bool]]
    ) -> None:
        self._desk = seat.desk
        self._words = seat.words
        self._names = seat.names
        self._row = row
        self._insert = insert
        self._send = send
        self._values = variables(seat, row)
        self._measures = Measures(seat.services.answering) if seat.services.answering else None

    @property
    def has_measures(self) -> bool:
        """Whether there are plans to search."""
        return self._measures is not None

    async def canned(self) -> None:
        """Canned replies of the user's language, those of the topic and of none first."""
        words = self._words

        async def found(wanted: str) -> None:
            rows = await self._desk.canned.search(wanted)
            rows.sort(key=lambda row: (row.language != self._row.language, row.topic != self._row.topic))
            results.clear()
            with results:
                if not rows:
                    parts.text("p", words("desk.canned_none"), "lead")
                for row in rows:
                    self._canned_item(row, dialog)

        with parts.dialog(words("desk.canned_title"), classes="wide picker") as dialog:
            search = ui.input(words("desk.canned_search"), on_change=lambda event: found(event.value or ""))
            search.props("autofocus debounce=150 clearable type=search")
            results = parts.box("div", "picks")
        await found("")

    def _canned_item(self, row: CannedReplyRow, dialog: ui.dialog) -> None:
        filled = fill(row.text, self._values)
        with parts.box("button", "pick", type="button", data_pick="") as button:
            with parts.box("span", "pick-head"):
                parts.text("strong", row.title)
                if row.language is not Language.ZH:
                    parts.text("span", self._words(f"language.{row.language}"), "tag mark")
            parts.text("span", filled.text, "pick-text")
            if filled.missing:
                missing = "、".join(self._words(f"canned.variable_{name}") for name in filled.missing)
                parts.text("span", self._words("desk.canned_missing", names=missing), "pick-warn")

        def take() -> None:
            dialog.close()
            self._insert(filled.text)

        button.on("click", take, args=[])

    async def measure(self) -> None:
        """Measures of the plans: the user's district and the city's before others."""
        words, measures = self._words, self._measures
        if measures is None:
            return
        # What the user asked, without what finds nothing and is nobody else's business.
        asked = _MASKED.sub(" ", mask(self._row.question))[:_LONGEST_QUERY]

        async def found(wanted: str) -> None:
            results.clear()
            if not wanted.strip():
                with results:
                    parts.text("p", words("desk.measure_hint"), "lead")
                return
            # The first search loads a dictionary; nothing else should wait for it.
            hits = await asyncio.to_thread(measures.search, wanted, self._row.language, self._row.district)
            results.clear()
            with results:
                if not hits:
                    parts.text("p", words("desk.measure_none"), "lead")
                for hit in hits:
                    self._measure_item(hit, dialog)

        with parts.dialog(words("desk.measure_title"), classes="wide picker") as dialog:
            search = ui.input(words("desk.measure_search"), value=asked)
            search.props("autofocus debounce=250 clearable type=search").classes("picker-search")
            search.on_value_change(lambda event: found(event.value or ""))
            results = parts.box("div", "picks")
        await found(asked)

    def _measure_item(self, hit: Found, dialog: ui.dialog) -> Element:
        words = self._words
        with parts.box("div", "pick still") as item:
            parts.text("span", hit.quote, "pick-text")
            parts.text("span", hit.citation, "pick-cite")
            if self._row.district and hit.district not in (self._row.district, "shanghai"):
                district = self._names.district(hit.district)
                parts.text("span", words("desk.measure_elsewhere", district=district), "pick-warn")

            async def send() -> None:
                if await self._send(hit.text):
                    dialog.close()

            def insert() -> None:
                dialog.close()
                self._insert(hit.text)

            with parts.box("div", "pick-actions"):
                ui.button(words("desk.measure_insert"), on_click=insert).props("flat dense size=13px")
                ui.button(words("desk.measure_send"), icon="send", on_click=send).props("dense size=13px")
        return item


def variables(seat: Seat, row: HandoffRow) -> dict[str, str | None]:
    """What canned replies may name of a handoff, in the user's language where there is a name in it."""
    services, language = seat.services, row.language.value
    calendar = seat.desk.rules.calendar
    answering = services.answering
    matter = answering.knowledge.matters.get(row.matter or "") if answering else None
    named = (matter.name if language == Language.ZH else matter.name_en) if matter else None
    return {
        "district": services.districts.get(row.district or "", {}).get(language),
        "topic": services.topics.get(row.topic or "", {}).get(language),
        "matter": named or services.topics.get(row.topic or "", {}).get(language),
        "number": row.number,
        "name": seat.staff.name,
        "hours": f"{calendar.opens:%H:%M}–{calendar.closes:%H:%M}",
    }
