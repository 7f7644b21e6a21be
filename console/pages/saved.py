"""保存的筛选和导出: filters under their names, and one's own files."""

from collections.abc import Sequence

from fastapi import Response
from fastapi.responses import FileResponse
from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.review.exporting import Progress, exporter_of
from console.review.names import ReviewNames
from console.review.query import PLACE, Query
from console.times import exact, moment
from qifu.exports.files import MEDIA
from qifu.labels import StaffRole
from store.models import ExportRow, SavedFilterRow
from store.repositories import AuditRepository, ExportRepository, ReviewRepository, SavedFilterRepository


def register(console: Console) -> None:
    """Registers the page and the files."""
    services, words = console.services, console.words

    @console.page("conversations", "/conversations/saved", words("saved.title"))
    async def saved(staff: Staff) -> None:
        ui.add_head_html(f'<link rel="stylesheet" href="{console.assets}/review.css">')
        await _Saved(console, staff).show()

    @console.endpoint("/conversations/exports/{export}", StaffRole.MANAGER, StaffRole.TRAINER)
    async def file(staff: Staff, export: int) -> Response:
        async with services.database.session() as session:
            row = await ExportRepository(session, services.clock).get(export, staff.id)
            path = exporter_of(services).path(row.file) if row and row.file else None
            if row is None or path is None or not path.is_file():
                return Response(status_code=404)
            await AuditRepository(session, services.clock).write(staff.id, "export.fetch", f"export:{row.id}")
        name = f"{words('export_value.name')}-{row.created_at:%Y%m%d}-{row.id}.{row.form}"
        headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return FileResponse(path, media_type=MEDIA[row.form], filename=name, headers=headers)


class _Saved:
    """Two lists: filters, and exports."""

    def __init__(self, console: Console, staff: Staff) -> None:
        self._services = console.services
        self._words = console.words
        self._staff = staff
        self._names = ReviewNames(console.services)
        self._filters = ui.refreshable(self._draw_filters)

    async def show(self) -> None:
        """The page."""
        words = self._words
        self._names.staff = await self._names.people()
        async with self._services.database.session() as session:
            self._names.labels = await ReviewRepository(session, self._services.clock).labels()
            exports = await ExportRepository(session, self._services.clock).of(self._staff.id)
        with parts.heading(words("saved.title"), words("saved.lead")):
            parts.link(words("conversation.back"), PLACE, "button-link quiet-link")
        with parts.box("section", "card flush titled"):
            parts.text("h2", words("saved.filters"))
            await self._filters()
        if self._staff.role in (StaffRole.MANAGER, StaffRole.TRAINER):
            with parts.box("section", "card flush titled"):
                parts.text("h2", words("saved.exports"))
                await self._exports(exports)

    async def _draw_filters(self) -> None:
        words = self._words
        async with self._services.database.session() as session:
            rows = await SavedFilterRepository(session, self._services.clock).of(self._staff.id)
        if not rows:
            parts.empty(words("saved.filters_none"), symbol="bookmark_border")
            return
        columns = [words(f"saved.filter_{key}") for key in ("name", "what", "whose", "actions")]
        with parts.table(columns, words("saved.filters"), columns[-1:]) as line:
            for row in rows:
                with line():
                    self._filter(row, columns)

    def _filter(self, row: SavedFilterRow, columns: Sequence[str]) -> None:
        words, mine = self._words, row.staff_id == self._staff.id
        link = f"{PLACE}?saved={row.id}"
        with parts.cell(columns[0]):
            parts.link(row.name, link, "link strong")
        parts.cell(columns[1], self._names.told(Query.read(row.query)), "quiet")
        owner = words("saved.mine") if mine and not row.shared else self._names.staff.get(row.staff_id, "")
        parts.cell(columns[2], words("saved.shared", name=owner) if row.shared else owner, "nowrap")
        with parts.cell(columns[3], classes="end nowrap"):
            copy = ui.button(icon="link", on_click=lambda: parts.done(words("saved.copied"))).props("flat round dense")
            copy.props["title"] = copy.props["aria-label"] = words("saved.copy")
            # The clipboard opens only to a click itself, so the browser copies.
            copy.on("click", js_handler=f"() => navigator.clipboard?.writeText(location.origin + '{link}')")
            if mine or (row.shared and self._staff.role is StaffRole.MANAGER):
                gone = ui.button(icon="delete", on_click=lambda: self._remove(row)).props("flat round dense")
                gone.props["title"] = gone.props["aria-label"] = words("saved.remove_label", name=row.name)

    async def _remove(self, row: SavedFilterRow) -> None:
        words = self._words
        title = words("saved.remove_title", name=row.name)
        if not await parts.ask(words, title, words("saved.remove_lead"), words("saved.remove"), bad=True):
            return
        async with self._services.database.session() as session:
            manages = self._staff.role is StaffRole.MANAGER
            repository = SavedFilterRepository(session, self._services.clock)
            if await repository.remove(row.id, self._staff.id, any_shared=manages):
                audit = AuditRepository(session, self._services.clock)
                await audit.write(self._staff.id, "filter.remove", detail={"name": row.name})
        parts.done(words("saved.removed"))
        self._filters.refresh()

    async def _exports(self, rows: Sequence[ExportRow]) -> None:
        words, now = self._words, self._services.clock()
        if not rows:
            parts.empty(words("saved.exports_none"), symbol="download")
            return
        columns = [words(f"saved.{key}") for key in ("at", "what", "form", "state")]
        with parts.table(columns, words("saved.exports")) as line:
            for row in rows:
                with line():
                    parts.cell(columns[0], moment(row.created_at, now, words), "nowrap").props["title"] = exact(
                        row.created_at
                    )
                    parts.cell(columns[1], self._names.told(Query.read(row.query)), "quiet")
                    parts.cell(columns[2], words(f"saved.form_{row.form}"), "nowrap")
                    with parts.cell(columns[3]):
                        await Progress(self._services, self._staff, row.id).show(row)
