"""Keeps a filter under a name, and lets it be exported: the dialogs of the list."""

from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.review.exporting import Progress, exporter_of
from console.review.names import ReviewNames
from console.review.query import Query
from console.review.rows import ConversationRows
from qifu.exports.exporter import ExportBusyError
from qifu.labels import ExportForm
from store.repositories import AuditRepository, SavedFilterRepository
from store.repositories.saved import LONGEST_NAME


class Keeping:
    """What somebody does with the present filter."""

    def __init__(self, console: Console, staff: Staff, names: ReviewNames, query: Query) -> None:
        self._services = console.services
        self._words = console.words
        self._staff = staff
        self._names = names
        self._query = query

    def save(self) -> None:
        """Asks for a name and saves the filter."""
        words = self._words
        with parts.dialog(words("saved.save_title"), words("saved.save_lead")) as dialog:
            parts.text("p", self._names.told(self._query), "told")
            name = ui.input(words("saved.filter_name")).props(f"autofocus maxlength={LONGEST_NAME}")
            shared = ui.checkbox(words("saved.share"))

            async def save() -> None:
                if not (name.value or "").strip():
                    return
                async with self._services.database.session() as session:
                    repository = SavedFilterRepository(session, self._services.clock)
                    await repository.save(self._staff.id, name.value, self._query.text, bool(shared.value))
                    await AuditRepository(session, self._services.clock).write(
                        self._staff.id, "filter.save", detail={"name": name.value.strip()[:LONGEST_NAME]}
                    )
                dialog.close()
                ui.navigate.to(self._query.url.removeprefix("/console"))

            name.on("keydown.enter", save)
            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("common.save"), on_click=save)

    def export(self) -> None:
        """Asks for the form, begins an export and shows how far it is."""
        words = self._words
        with parts.dialog(words("saved.export_title"), words("saved.export_lead")) as dialog:
            parts.text("p", self._names.told(self._query), "told")
            forms = {form: words(f"saved.form_{form}") for form in ExportForm}
            form = ui.radio(forms, value=ExportForm.XLSX).props("inline")
            state = parts.box("div", "export-state", role="status")
            with parts.box("div", "dialog-actions"):
                ui.button(words("common.close"), on_click=dialog.close).props("flat")
                start = ui.button(words("saved.export_start"), icon="download")

            async def begin() -> None:
                start.disable()
                try:
                    number = await self._begin(ExportForm(form.value))
                except ExportBusyError:
                    start.enable()
                    parts.failed(words("saved.busy"))
                    return
                form.disable()
                start.set_visibility(False)
                with state:
                    parts.text("p", words("saved.window"), "lead")
                    await Progress(self._services, self._staff, number).show()

            start.on_click(begin)

    async def _begin(self, form: ExportForm) -> int:
        source = ConversationRows(self._services, self._names, self._query)
        number = await exporter_of(self._services).start(self._staff.id, form, self._query.text, source)
        told = {"form": form.value, "filter": self._names.told(self._query)}
        await self._services.note(self._staff.id, "export.make", f"export:{number}", **told)
        return number
