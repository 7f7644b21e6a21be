"""The rows of an uploaded file with what was found, to choose from; and the import of those chosen."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui import ui

from console import parts
from console.training.editing import Editing
from console.training.said import finding_words
from qifu.training.exchange_preview import Line, Verdict, take

_PAGE = 50
_GROUPS: dict[str, Callable[[Line], bool]] = {
    "advised": lambda line: line.advised,
    "warned": lambda line: line.verdict is Verdict.NEW and not line.advised,
    "move": lambda line: line.verdict is Verdict.MOVE,
    "there": lambda line: line.verdict is Verdict.THERE,
    "bad": lambda line: line.verdict is Verdict.BAD,
}
"""The groups of rows; every row is in one."""
_ALL = ""


class ImportTable:
    """One file; `done` is called once it is imported or put away."""

    def __init__(self, editing: Editing, name: str, lines: Sequence[Line], done: Callable[[], Awaitable[None]]) -> None:
        self._editing, self._words, self._name, self._done = editing, editing.words, name, done
        self._lines = lines
        self._chosen = {line.row.line for line in lines if line.advised}
        self._group, self._page = _ALL, 0
        self._table = ui.refreshable(self._draw)

    async def show(self) -> None:
        """Draws it."""
        words = self._words
        with parts.card(words("exchange.preview", name=self._name), classes="import-card"):
            groups = {_ALL: words("exchange.all", n=len(self._lines))}
            for key, is_in in _GROUPS.items():
                if count := sum(map(is_in, self._lines)):
                    groups[key] = words(f"exchange.group_{key}", n=count)
            with parts.box("div", "import-head"):
                ui.select(
                    groups, label=words("exchange.shown"), value=_ALL, on_change=lambda event: self._show(event.value)
                )
                ui.button(words("exchange.choose_shown"), on_click=self._choose_shown).props("flat")
                ui.button(words("exchange.choose_none"), on_click=self._choose_none).props("flat")
            self._table()
            with parts.box("div", "import-foot"):
                self._count = parts.text("strong", "", role="status")
                ui.button(words("exchange.take"), icon="download_done", on_click=self._take)
                ui.button(words("exchange.put_away"), on_click=self._done).props("flat")
        self._tell()

    def _draw(self) -> None:
        words, lines = self._words, self._shown()
        if not lines:
            parts.empty(words("exchange.none_shown"), symbol="filter_list_off")
            return
        columns = ["", *(words(f"exchange.column_{key}") for key in ("row", "text", "intent", "found"))]
        with parts.table(columns, words("exchange.rows")) as row:
            for line in lines[self._page * _PAGE :][:_PAGE]:
                with row():
                    self._line(line, columns)
        self._pager(len(lines))

    def _line(self, line: Line, columns: Sequence[str]) -> None:
        words, names = self._words, self._editing.names
        number = line.row.line
        with parts.cell(columns[0], classes="tick"):
            box = ui.checkbox(value=number in self._chosen, on_change=partial(self._choose, number)).props("dense")
            box.props["aria-label"] = words("exchange.choose", line=number)
            box.set_enabled(line.may)
        parts.cell(columns[1], str(number), "nowrap quiet")
        with parts.cell(columns[2], classes="import-text"):
            parts.text("span", line.text or line.row.text)
            if line.held_out:
                parts.badge(words("exchange.held_out"), "calm")
        with parts.cell(columns[3]):
            parts.text("span", names.intent(line.block.intent) if line.block else line.row.intent)
            if line.block and line.block.point:
                parts.text("span", names.place(line.block.point), "under")
        with parts.cell(columns[4], classes="import-found"):
            if not line.findings:
                parts.text(
                    "p", words("exchange.there" if line.verdict is Verdict.THERE else "exchange.ok"), "finding calm"
                )
            for finding in line.findings:
                parts.text("p", finding_words(finding, words, names), f"finding {finding.tone}")

    def _pager(self, count: int) -> None:
        words, pages = self._words, (count + _PAGE - 1) // _PAGE
        if pages < 2:
            return
        with parts.box("nav", "pager review-pager"):
            earlier = ui.button(words("training.earlier"), on_click=lambda: self._turn(-1)).props("flat")
            earlier.set_enabled(self._page > 0)
            parts.text("p", words("training.page", page=self._page + 1, of=pages), "lead")
            later = ui.button(words("training.later"), on_click=lambda: self._turn(1)).props("flat")
            later.set_enabled(self._page < pages - 1)

    def _shown(self) -> list[Line]:
        is_in = _GROUPS.get(self._group)
        return [line for line in self._lines if is_in is None or is_in(line)]

    def _show(self, group: str) -> None:
        self._group, self._page = group or _ALL, 0
        self._table.refresh()

    def _turn(self, pages: int) -> None:
        self._page += pages
        self._table.refresh()

    def _choose(self, number: int, event: object) -> None:
        (self._chosen.add if getattr(event, "value", False) else self._chosen.discard)(number)
        self._tell()

    def _choose_shown(self) -> None:
        self._chosen |= {line.row.line for line in self._shown() if line.may}
        self._tell()
        self._table.refresh()

    def _choose_none(self) -> None:
        self._chosen.clear()
        self._tell()
        self._table.refresh()

    def _tell(self) -> None:
        self._count.set_text(self._words("exchange.chosen", n=len(self._chosen)))

    async def _take(self) -> None:
        """Imports what is chosen; what would leave another place is asked about first."""
        words, editing = self._words, self._editing
        lines = [line for line in self._lines if line.row.line in self._chosen and line.may]
        if not lines:
            parts.failed(words("exchange.take_none"))
            return
        if moves := sum(line.verdict is Verdict.MOVE for line in lines):
            title, lead = words("exchange.confirm_move", n=moves), words("exchange.confirm_move_lead")
            if not await parts.ask(words, title, lead, words("exchange.move_yes")):
                return
        catalogue, said = editing.catalogue, words("exchange.taken", n=len(lines))
        if await editing.make(
            lambda draft: take(draft, catalogue, lines),
            what="imported",
            subject=self._name,
            count=len(lines),
            done=said,
            moved=moves,
        ):
            await self._done()
