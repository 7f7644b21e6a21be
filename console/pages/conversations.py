"""会话: all conversations, the last active first, by any mix of conditions and by what was said."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query as Param
from fastapi import Request
from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console, Task
from console.review.filters import Filters
from console.review.keeping import Keeping
from console.review.listing import Page, page_of
from console.review.names import ReviewNames
from console.review.query import PLACE, Query
from console.review.templates import piece, render
from qifu.labels import StaffRole, TurnMark
from store.models import SavedFilterRow
from store.repositories import ReviewFilter, ReviewListRepository, SavedFilterRepository, SearchRepository

_KEY = Annotated[str, Param(max_length=64)]
_INDEX_EVERY = 5.0
_BATCH = 50
_MOST_BATCHES = 40
_MOST_TASKS = 100
_MOST_SAVED = 8


def register(console: Console) -> None:
    """Registers the page and what it has to say to trainers."""
    services, words = console.services, console.words

    @console.every("search_index", _INDEX_EVERY)
    async def index() -> None:
        # In small batches: on SQLite each of them holds messages up for as long as it takes.
        for _ in range(_MOST_BATCHES):
            async with services.database.session() as session:
                if await SearchRepository(session).catch_up(_BATCH) < _BATCH:
                    return

    async def tasks(staff: Staff) -> list[Task]:
        handed = ReviewFilter(mark=TurnMark.TRAINER, reviewed=False)
        async with services.database.session() as session:
            found = await ReviewListRepository(session).page(handed, _MOST_TASKS)
        if not found:
            return []
        title = words("home.for_trainer", n=len(found))
        url = Query.of({"mark": str(TurnMark.TRAINER), "reviewed": "no"}).url
        return [Task(title, words("home.for_trainer_detail"), url, "school")]

    # What trainers are to look at stands in their inbox, where there is one.
    if services.training is None:
        console.tasks(StaffRole.TRAINER)(tasks)

    @console.page("conversations")
    async def conversations(
        staff: Staff, request: Request, after: _KEY = "", before: _KEY = "", saved: Annotated[int, Param(ge=0)] = 0
    ) -> None:
        await _List(console, staff).show(Query.of(request.query_params), after, before, saved)


class _List:
    """One page of the list, with what can be done with its filter."""

    def __init__(self, console: Console, staff: Staff) -> None:
        self._console = console
        self._services = console.services
        self._words = console.words
        self._staff = staff
        self._names = ReviewNames(console.services)

    async def show(self, query: Query, after: str, before: str, saved: int) -> None:
        """Draws it; the filter saved under `saved` stands in place of the one given."""
        console, words = self._console, self._words
        ui.add_head_html(
            f'<link rel="stylesheet" href="{console.assets}/review.css">'
            f'<script defer src="{console.assets}/review.js"></script>'
        )
        self._names.staff = await self._names.people()
        async with self._services.database.session() as session:
            repository = SavedFilterRepository(session, self._services.clock)
            kept = await repository.of(self._staff.id)
            chosen = await repository.get(saved, self._staff.id) if saved else None
        query = Query.read(chosen.query) if chosen else query
        page = await page_of(self._services, self._names, query, after, before)
        self._head(query)
        self._saved(kept, query)
        Filters(self._services, self._names, query).show()
        if page.waiting:
            parts.text("p", words("conversations.index_waiting", n=page.waiting), "lead")
        with parts.card(classes="flush"):
            if page.lines:
                piece(render("list.html", lines=page.lines, words=words))
            else:
                parts.empty(words("conversations.empty"), words("conversations.empty_detail"), "search_off")
        self._pager(page, query, at_start=not (after or before))
        parts.text("p", words("conversations.keys"), "keys-hint")

    def _head(self, query: Query) -> None:
        words, keeping = self._words, Keeping(self._console, self._staff, self._names, query)
        with parts.heading(words("conversations.title"), words("conversations.lead")):
            parts.link(words("conversations.kept"), f"{PLACE}/saved", "button-link quiet-link")
            if query:
                ui.button(words("conversations.save"), icon="bookmark_add", on_click=keeping.save).props("flat")
            if self._staff.role in (StaffRole.MANAGER, StaffRole.TRAINER):
                ui.button(words("conversations.export"), icon="download", on_click=keeping.export)

    def _saved(self, kept: Sequence[SavedFilterRow], query: Query) -> None:
        if not kept:
            return
        with parts.box("nav", "saved-filters", aria_label=self._words("conversations.saved")):
            for row in kept[:_MOST_SAVED]:
                here = {"aria_current": "page"} if row.query == query.text else {}
                with parts.box("a", "saved-filter", href=f"{PLACE}?saved={row.id}", **here):
                    parts.icon("bookmark" if row.staff_id == self._staff.id else "group")
                    parts.text("span", row.name)

    def _pager(self, page: Page, query: Query, *, at_start: bool) -> None:
        words = self._words
        with parts.box("nav", "pager review-pager"):
            if page.newer:
                parts.link(words("conversations.first"), query.url)
                parts.link(words("conversations.newer"), page.newer, "button-link", data_page="newer")
            if page.older:
                parts.link(words("conversations.older"), page.older, "button-link", data_page="older")
            elif page.lines and not at_start:
                parts.text("p", words("conversations.end"), "lead")
