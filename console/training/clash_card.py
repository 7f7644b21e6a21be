"""The sentences that clash with those of an intent, side by side, to be rewritten, moved or deleted."""

import asyncio
from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element

from console import parts
from console.training.clashes import Clash, Pair, Side, clashes_of
from console.training.editing import Editing
from console.training.figures import Figures
from console.training.moving import Moving
from console.training.names import url_of
from console.training.rewriting import InPlace
from seeds.model import Question

_SHOWN = 3
_SHOWN_PAIRS = 4


class ClashCard:
    """The card of one intent; empty where it clashes with nothing."""

    def __init__(self, editing: Editing, figures: Figures, intent: str, moving: Moving) -> None:
        self._editing, self._words, self._figures = editing, editing.words, figures
        self._intent, self._moving = intent, moving
        self._all = False
        self._in_place = InPlace(editing, moving)
        self._card = ui.refreshable(self._draw)

    async def show(self) -> None:
        """Draws it where it stands."""
        await self._card()

    async def again(self) -> None:
        """Draws it anew after an edit."""
        await self._card.refresh()

    async def _draw(self) -> None:
        clashes = await asyncio.to_thread(clashes_of, self._editing.catalogue, self._figures, self._intent)
        if not clashes:
            return
        words = self._words
        with parts.card(words("training.clashes"), words("training.clashes_lead"), "clashes"):
            for clash in clashes if self._all else clashes[:_SHOWN]:
                self._clash(clash)
            if len(clashes) > _SHOWN and not self._all:
                more = words("training.clashes_more", n=len(clashes) - _SHOWN)
                ui.button(more, on_click=self._show_all).props("flat dense")

    async def _show_all(self) -> None:
        self._all = True
        await self._card.refresh()

    def _clash(self, clash: Clash) -> None:
        words, names = self._words, self._editing.names
        with parts.box("article", "clash"):
            with parts.box("header", "clash-head"):
                parts.link(names.full(clash.intent), url_of(clash.intent), "link strong")
                if clash.lost:
                    parts.badge(words("training.lost", n=clash.lost), "bad")
                if clash.won:
                    parts.badge(words("training.won", n=clash.won), "warn")
                near = sum(not pair.missed for pair in clash.pairs)
                if near:
                    parts.badge(words("training.near", n=near))
            for pair in clash.pairs[:_SHOWN_PAIRS]:
                self._pair(pair)

    def _pair(self, pair: Pair) -> None:
        with parts.box("div", "clash-pair"):
            for key, side in (("own", pair.own), ("other", pair.other)):
                if side.text:
                    self._side(parts.box("section", f"clash-side {key}"), side, pair)

    def _side(self, place: Element, side: Side, pair: Pair) -> None:
        question = side.question

        def plain() -> None:
            self._sentence(side, pair)
            if question is not None and self._editing.may:
                self._actions(question, lambda: self._in_place.begin(place, question, plain))

        if question is None:
            with place:
                plain()
        else:
            self._in_place.draw(place, question, plain)

    def _sentence(self, side: Side, pair: Pair) -> None:
        words = self._words
        with parts.box("div", "clash-kind"):
            parts.text("h4", self._editing.names.intent(side.intent))
            if side.question is None:
                parts.badge(words("training.is_held_out"), "bad")
            elif side is pair.other and not pair.missed:
                parts.text("span", words("training.alike", percent=round(100 * pair.share)), "lead")
        parts.text("p", side.text, "clash-text")

    def _actions(self, question: Question, rewrite: Callable[[], None]) -> None:
        with parts.box("div", "clash-actions"):
            for key, act in (
                ("edit", rewrite),
                ("move", lambda: self._moving.move([question])),
                ("delete", lambda: self._moving.delete([question])),
            ):
                button = ui.button(self._words(f"training.{key}_short"), on_click=act).props("flat dense size=13px")
                button.props["aria-label"] = self._words(f"training.{key}_label", text=question.text)
