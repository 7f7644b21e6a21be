"""Exports as a page sees them: one exporter for each database, and how far an export is."""

from weakref import WeakKeyDictionary

from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.navigation import PREFIX
from console.services import ConsoleServices
from console.wording import Words
from qifu.exports.exporter import Exporter
from qifu.labels import ExportState
from store.database import Database
from store.models import ExportRow
from store.repositories import ExportRepository

_LOOK_EVERY = 0.7
_TONES: dict[ExportState, parts.Tone] = {
    ExportState.DONE: "good",
    ExportState.FULL: "warn",
    ExportState.FAILED: "bad",
}
_exporters: WeakKeyDictionary[Database, Exporter] = WeakKeyDictionary()


def exporter_of(services: ConsoleServices) -> Exporter:
    """The exporter of this process for the services' database."""
    if services.database not in _exporters:
        folder = services.settings.home / "exports"
        _exporters[services.database] = Exporter(services.database, folder, services.clock)
    return _exporters[services.database]


class Progress:
    """How far an export is, until it has ended; then the way to its file."""

    def __init__(self, services: ConsoleServices, staff: Staff, export_id: int) -> None:
        self._services = services
        self._words = services.words
        self._staff = staff
        self._id = export_id
        self._shown: tuple[ExportState, int, int, int | None] | None = None
        self._timer: ui.timer | None = None

    async def show(self, row: ExportRow | None = None) -> None:
        """Draws it where it stands, and anew while it runs."""
        self._room = parts.box("div", "export-progress")
        await self._look(row)
        if self._shown and self._shown[0] == ExportState.RUNNING:
            self._timer = ui.timer(_LOOK_EVERY, self._look)

    async def _look(self, row: ExportRow | None = None) -> None:
        if row is None:
            async with self._services.database.session() as session:
                row = await ExportRepository(session, self._services.clock).get(self._id, self._staff.id)
        if row is None:
            return
        now = (row.state, row.done, row.rows, row.total)
        if now == self._shown:
            return
        self._shown = now
        self._room.clear()
        with self._room:
            self._draw(row)
        if row.state != ExportState.RUNNING and self._timer:
            self._timer.deactivate()

    def _draw(self, row: ExportRow) -> None:
        words = self._words
        if row.state == ExportState.RUNNING:
            share = row.done / row.total if row.total else 0.0
            ui.linear_progress(share, show_value=False, size="8px").props("rounded")
            told = words("saved.counting")
            if row.total is not None:
                told = words("saved.progress", done=row.done, total=row.total, rows=row.rows)
            parts.text("span", told, "lead")
            ui.button(words("saved.cancel"), on_click=self._cancel).props("flat dense size=13px")
            return
        parts.text("span", state_of(words, row), "badge " + tone_of(row))
        if row.file:
            parts.link(words("saved.download"), f"{PREFIX}/conversations/exports/{row.id}", "button-link", download="")

    async def _cancel(self) -> None:
        await exporter_of(self._services).cancel(self._id, self._staff.id)
        await self._look()


def state_of(words: Words, row: ExportRow) -> str:
    """How an export stands, in words."""
    return words(f"saved.{row.state}", rows=row.rows) if row.state != ExportState.RUNNING else words("saved.running")


def tone_of(row: ExportRow) -> parts.Tone:
    """How good that is."""
    return _TONES.get(row.state, "quiet")
