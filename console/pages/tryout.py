"""试一试: a question, what users would be answered, how the bot came to it; kept as a test by a button."""

import asyncio
from typing import Annotated

from fastapi import Query as Param
from nicegui import ui
from nicegui.events import GenericEventArguments

from actions.services import Services
from bot.desk.rules import DeskRules
from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.inbox.proposing import labels_of
from console.training.editing import Editing
from console.training.sheet import opened
from console.tryout.keeping import Keeping
from console.tryout.rehearsal import StillDesk, rehearse
from console.tryout.shown import row_of, show, waiting
from qifu.errors import UnderstandingError
from qifu.labels import District, Language

_LONGEST = 500


def register(console: Console) -> None:
    """Registers the page."""
    workspace, answering = console.services.training, console.services.answering
    if workspace is None or answering is None:
        return
    turn = asyncio.Lock()

    @console.page("tryout")
    async def tryout(
        staff: Staff,
        q: Annotated[str, Param(max_length=_LONGEST)] = "",
        district: Annotated[str, Param(max_length=32)] = "",
    ) -> None:
        if editing := await opened(console, workspace, staff):
            ui.add_head_html(f'<link rel="stylesheet" href="{console.assets}/inbox.css">')
            page = _Tryout(editing, answering, turn)
            await page.show(q, district if district in set(District) else "")


class _Tryout:
    """The page; each question replaces the one before it."""

    def __init__(self, editing: Editing, answering: Services, turn: asyncio.Lock) -> None:
        self._editing, self._answering, self._turn = editing, answering, turn
        self._services, self._words = editing.services, editing.words
        desk = self._services.desk
        self._desk = StillDesk(desk.rules if desk else DeskRules(), self._services.clock)
        self._asked = 0

    async def show(self, text: str, district: str) -> None:
        """Draws it; a text that was given is asked at once."""
        words = self._words
        parts.heading(words("tryout.title"), words("tryout.lead"))
        with parts.card(classes="tryout-ask"), parts.box("div", "tryout-line", role="search"):
            field = ui.input(words("tryout.question"), value=text).classes("tryout-text")
            field.props(f'autofocus outlined maxlength={_LONGEST} data-question=""')
            # The browser says what stands there: the last letters may still be on their way.
            field.on(
                "keydown.enter", self._entered, js_handler="(event) => event.isComposing || emit(event.target.value)"
            )
            names = {str(key): self._services.districts[str(key)]["zh"] for key in District}
            self._district = ui.select(
                {"": words("tryout.any_district"), **names}, label=words("tryout.district"), value=district
            )
            languages = {str(key): words(f"language.{key}") for key in Language}
            self._language = ui.select(
                {"": words("tryout.any_language"), **languages}, label=words("tryout.language"), value=""
            )
            ui.button(words("tryout.ask"), icon="send", on_click=lambda: self._ask(field.value or ""))
        self._room = parts.box("div", "tryout-room", aria_live="polite")
        if text.strip():
            await self._ask(text)

    async def _entered(self, event: GenericEventArguments) -> None:
        await self._ask(str(event.args or ""))

    async def _ask(self, text: str) -> None:
        words, text = self._words, text.strip()[:_LONGEST]
        if not text:
            return
        self._asked += 1
        mine = self._asked
        self._room.clear()
        with self._room:
            waiting(words("tryout.waiting"))
        district = District(self._district.value) if self._district.value else None
        language = Language(self._language.value) if self._language.value else None
        try:
            rehearsal = await rehearse(
                self._answering,
                text,
                desk=self._desk,
                most_text=self._services.settings.max_text,
                district=district,
                language=language,
            )
        except UnderstandingError:
            self._room.clear()
            with self._room, parts.card():
                parts.empty(words("tryout.away"), words("tryout.away_detail"), "cloud_off")
            return
        if mine != self._asked:
            return
        row = row_of(rehearsal, self._editing, language)
        self._room.clear()
        with self._room:
            show(rehearsal, row, self._editing)
            if self._editing.may:
                Keeping(self._editing, self._turn, text, labels_of(row), district).show()
