"""意图与事项: every topic, matter and act with its questions, held-out score, trend and what it is confused with."""

from fastapi import Request
from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.training.banner import Banner
from console.training.editing import Editing
from console.training.figures import Figures, read_figures
from console.training.names import ACTS, PLACE, groups
from console.training.new_matter import NewMatter
from console.training.rows import PAGE, SORTS, STATES, Query, Table
from console.training.sheet import opened
from console.training.table import show_table
from qifu.labels import OUT_OF_SCOPE
from qifu.training.workspace import Workspace

_EXCHANGE = "/training/exchange"


def register(console: Console) -> None:
    """Registers the pages."""
    services, workspace = console.services, console.services.training
    if workspace is None:
        return

    @console.page("training")
    async def listing(staff: Staff, request: Request) -> None:
        if editing := await opened(console, workspace, staff):
            await _Listing(console, workspace, editing, Query.of(request.query_params)).show()

    @console.page("training", "/training/new", services.words("training.new_title"))
    async def new(staff: Staff, topic: str = "") -> None:
        if editing := await opened(console, workspace, staff):
            await NewMatter(editing, topic).show()


class _Listing:
    """The page."""

    def __init__(self, console: Console, workspace: Workspace, editing: Editing, query: Query) -> None:
        self._console, self._services, self._words = console, console.services, console.words
        self._workspace, self._editing, self._query = workspace, editing, query
        self._list = ui.refreshable(self._draw)

    async def show(self) -> None:
        """Draws it."""
        words = self._words
        with parts.heading(words("training.title"), words("training.lead")):
            if _EXCHANGE in self._console.registered.get("training", ()):
                parts.link(words("training.exchange"), f"{PLACE}/exchange", "button-link quiet-link")
            if self._editing.may:
                topic = self._query.topic if self._query.topic not in (ACTS, OUT_OF_SCOPE) else ""
                url = f"/training/new?topic={topic}" if topic else "/training/new"
                ui.button(words("training.new"), icon="add", on_click=lambda: ui.navigate.to(url))
        await self._outdated()
        await Banner(self._editing, self._again).show()
        self._filters()
        await self._list()
        parts.text("p", words("training.keys"), "keys-hint")

    async def _outdated(self) -> None:
        """Whether the program has brought data that trainers' own lack."""
        words, workspace = self._words, self._workspace
        if await workspace.outdated():
            with parts.box("div", "bar warn training-bar", role="status"):
                parts.icon("update")
                with parts.box("div", "training-bar-words"):
                    parts.text("strong", words("exchange.outdated"))
                    parts.text("span", words("exchange.outdated_lead", folder=workspace.source))

    async def _again(self) -> None:
        await self._list.refresh()

    def _filters(self) -> None:
        words, query = self._words, self._query
        names = self._editing.names
        topics = {"": words("training.all_topics")} | {group: names.group(group) for group in groups()}
        states = {"": words("common.all")} | {key: words(f"training.state_{key}") for key in STATES}
        sorts = {"": words("training.sort_file")} | {key: words(f"training.sort_{key}") for key in SORTS}
        with parts.box("div", "filters tight", role="search"):
            search = ui.input(words("training.search"), value=query.q)
            search.props('clearable type=search maxlength=60 data-search=""')
            search.on(
                "keydown.enter",
                lambda event: self._go(q=str(event.args or "").strip()),
                js_handler="(event) => emit(event.target.value)",
            )
            search.on("clear", lambda: self._go(q=""))
            for key, options in (("topic", topics), ("state", states), ("sort", sorts)):
                ui.select(
                    options,
                    label=words(f"training.{key}_filter"),
                    value=getattr(query, key),
                    with_input=key == "topic",
                    on_change=lambda event, key=key: self._go(**{key: event.value or ""}),
                )

    def _go(self, **changes: object) -> None:
        ui.navigate.to(self._query.url(**changes).removeprefix("/console"))

    async def _draw(self) -> None:
        words, query, editing = self._words, self._query, self._editing
        figures = await read_figures(self._services.models, editing.catalogue)
        self._unmeasured(figures)
        table = Table(editing.catalogue, figures, editing.names)
        rows = table.found(query) if query else table.topics()
        with parts.box("div", "list-line"):
            if query:
                parts.link(words("training.all_topics"), PLACE, "link back")
                parts.text("p", words("training.found", n=len(rows)), "lead")
            else:
                catalogue = editing.catalogue
                counts = {"n": len(catalogue.seeds.matters), "questions": len(catalogue.seeds.questions)}
                parts.text("p", words("training.counts", held_out=len(catalogue.held_out), **counts), "lead")
        shown = rows[(query.page - 1) * PAGE : query.page * PAGE]
        with parts.card(classes="flush"):
            if shown:
                show_table(shown, words, grouped=bool(query.topic))
            else:
                parts.empty(words("training.none_found"), words("training.none_found_detail"), "search_off")
        self._pager(len(rows))

    def _unmeasured(self, figures: Figures) -> None:
        if figures.live is None or figures.scored:
            return
        with parts.box("p", "lead unmeasured"):
            parts.text("span", self._words("training.unmeasured", n=figures.live))
            parts.link(self._words("training.measure"), f"/console/models/{figures.live}")

    def _pager(self, count: int) -> None:
        words, query = self._words, self._query
        if count <= PAGE:
            return
        with parts.box("nav", "pager review-pager"):
            if query.page > 1:
                url = query.url(page=query.page - 1)
                parts.link(words("training.earlier"), url, "button-link", data_page="newer")
            pages = (count + PAGE - 1) // PAGE
            parts.text("p", words("training.page", page=query.page, of=pages), "lead")
            if query.page < pages:
                parts.link(words("training.later"), query.url(page=query.page + 1), "button-link", data_page="older")
