"""导入导出: questions brought in from a file, row by row as the trainer chooses, and taken out as files."""

import asyncio
from urllib.parse import quote, urlencode

from fastapi import Response
from nicegui import events, ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.navigation import PREFIX
from console.services import ConsoleServices
from console.training.editing import Editing
from console.training.import_table import ImportTable
from console.training.names import PLACE, IntentNames, groups, intents
from console.training.sheet import opened
from qifu.errors import EditError, SeedError
from qifu.labels import Act, StaffRole
from qifu.training.exchange import LARGEST, MOST, read_file
from qifu.training.exchange_export import FileForm, questions_file
from qifu.training.exchange_preview import Line, preview
from qifu.training.workspace import Workspace

_FILE = "/training/exchange/file"
_LONGEST_NAME = 80


def register(console: Console) -> None:
    """Registers the page and the files."""
    services, workspace = console.services, console.services.training
    if workspace is None:
        return

    @console.page("training", "/training/exchange", services.words("exchange.title"))
    async def exchange(staff: Staff, wanted: str = "") -> None:
        ui.add_head_html(f'<link rel="stylesheet" href="{console.assets}/exchange.css">')
        if editing := await opened(console, workspace, staff):
            await _Exchange(editing, wanted).show()

    @console.endpoint(_FILE, StaffRole.TRAINER, StaffRole.MANAGER)
    async def file(staff: Staff, form: FileForm, wanted: str = "", held_out: bool = False) -> Response:
        return await _file(services, workspace, staff, form, wanted, held_out)


async def _file(  # noqa: PLR0917  # what a download is made of
    services: ConsoleServices, workspace: Workspace, staff: Staff, form: FileForm, wanted: str, held_out: bool
) -> Response:
    try:
        catalogue = await workspace.read()
    except SeedError:
        return Response(status_code=409)
    if wanted and wanted not in {*groups(), *intents(catalogue)}:
        return Response(status_code=404)
    name = IntentNames(services, catalogue).intent
    content = await asyncio.to_thread(questions_file, catalogue, form, wanted, name, held_out=held_out)
    await services.note(staff.id, "training.exported", wanted or None, form=form, held_out=held_out)
    name_of_file = "-".join(filter(None, (services.words("exchange.file"), wanted.replace("/", "-")))) + f".{form}"
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(name_of_file)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=form.media, headers=headers)


class _Exchange:
    """The page."""

    def __init__(self, editing: Editing, wanted: str) -> None:
        self._editing, self._words = editing, editing.words
        self._wanted, self._form, self._held_out = wanted, FileForm.XLSX, False
        self._name, self._lines = "", list[Line]()
        self._place = ui.refreshable(self._draw)

    async def show(self) -> None:
        """Draws it."""
        words = self._words
        with parts.heading(words("exchange.title"), words("exchange.lead")):
            parts.link(words("training.back"), PLACE, "button-link quiet-link")
        if self._editing.may:
            await self._place()
        self._export()

    async def _draw(self) -> None:
        if self._lines:
            table = ImportTable(self._editing, self._name, self._lines, self._put_away)
            await table.show()
            return
        words = self._words
        with parts.card(words("exchange.import"), words("exchange.import_lead", rows=MOST, mb=LARGEST // 1024 // 1024)):
            parts.text("p", words("exchange.columns"), "lead")
            upload = ui.upload(auto_upload=True, max_file_size=LARGEST, on_upload=self._take, on_rejected=self._refuse)
            upload.props("accept=.csv,.xlsx,.yml,.yaml").classes("file-field")
            self._upload = upload
            with parts.box("div", "form-actions"):
                button = ui.button(words("exchange.choose_file"), icon="upload_file")
                # The choice of files opens only to a click itself, so the browser opens it.
                button.on("click", js_handler=f"() => getElement({upload.id}).$refs.qRef.pickFiles()")
            self._reading = parts.text("p", words("exchange.reading"), "lead", role="status")
            self._reading.set_visibility(False)

    async def _take(self, event: events.UploadEventArguments) -> None:
        """Reads and looks at a file."""
        self._reading.set_visibility(True)
        editing = self._editing
        try:
            content = await event.file.read()
            rows = await asyncio.to_thread(read_file, event.file.name, content)
            await editing.look()
            names = {editing.names.intent(str(act)): str(act) for act in Act}
            lines = await asyncio.to_thread(preview, editing.catalogue, rows, names)
        except EditError as error:
            parts.failed(self._words(f"edit_error.{error.code}", **error.values))
            self._again()
            return
        self._name, self._lines = event.file.name[:_LONGEST_NAME], lines
        await self._place.refresh()

    def _refuse(self) -> None:
        parts.failed(self._words("edit_error.file_large", most=LARGEST // 1024 // 1024))
        self._again()

    def _again(self) -> None:
        self._upload.reset()
        self._reading.set_visibility(False)

    async def _put_away(self) -> None:
        self._name, self._lines = "", []
        await self._place.refresh()

    def _export(self) -> None:
        words, names = self._words, self._editing.names
        scopes = {"": words("exchange.everything")}
        scopes |= {group: words("exchange.topic_all", name=names.group(group)) for group in groups()}
        scopes |= {intent: names.full(intent) for intent in intents(self._editing.catalogue) if intent not in scopes}
        forms = {form: words(f"exchange.form_{form}") for form in FileForm}
        with parts.card(words("exchange.export"), words("exchange.export_lead")):
            wanted = self._wanted if self._wanted in scopes else ""
            scope = ui.select(scopes, label=words("exchange.scope"), value=wanted, with_input=True)
            form = ui.select(forms, label=words("exchange.form"), value=self._form)
            held_out = ui.checkbox(words("exchange.with_held_out"))
            with parts.box("div", "form-actions"):
                link = parts.link(words("exchange.download"), self._url(), "button-link", download="")

            def change() -> None:
                self._wanted, self._form, self._held_out = scope.value or "", form.value, held_out.value
                held_out.set_enabled(form.value is not FileForm.YAML)
                link.props["href"] = self._url()
                link.update()

            for field in (scope, form, held_out):
                field.on_value_change(change)

    def _url(self) -> str:
        query = {"form": self._form, "wanted": self._wanted}
        if self._held_out and self._form is not FileForm.YAML:
            query["held_out"] = "true"
        return f"{PREFIX}{_FILE}?{urlencode({key: value for key, value in query.items() if value})}"
