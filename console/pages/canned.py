"""常用语: the texts that staff send often."""

from nicegui import ui

from bot.desk.canned import VARIABLES, fill
from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.desk.said import attempt
from console.desk.seat import Seat
from console.times import moment
from qifu.labels import Language, Topic
from store.models import CannedReplyRow

_LONGEST_TITLE, _LONGEST_TEXT = 40, 1500


def register(console: Console) -> None:
    """Registers the page."""
    services, desk = console.services, console.services.desk
    if desk is None:
        return

    @console.page("canned")
    async def canned(staff: Staff) -> None:
        await _Canned(Seat(services, desk, staff)).show()


class _Canned:
    """The list with its search, and the editor."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._words = seat.words
        self._names = seat.names
        self._canned = seat.desk.canned
        self._wanted, self._language, self._topic = "", "", ""
        self._list = ui.refreshable(self._draw)

    async def show(self) -> None:
        """The page."""
        words = self._words
        with parts.heading(words("canned.title"), words("canned.lead")):
            ui.button(words("canned.add"), icon="add", on_click=lambda: self._edit(None))
        with parts.box("div", "filters", role="search"):
            search = ui.input(words("canned.search"), on_change=lambda event: self._look(wanted=event.value or ""))
            search.props("clearable debounce=200 type=search")
            languages = {"": words("common.all")} | {str(label): words(f"language.{label}") for label in Language}
            ui.select(
                languages,
                label=words("canned.language"),
                value="",
                on_change=lambda event: self._look(language=event.value),
            )
            ui.select(
                {"": words("common.all")} | self._topics(),
                label=words("canned.topic"),
                value="",
                with_input=True,
                on_change=lambda event: self._look(topic=event.value or ""),
            )
        await self._list()

    def _topics(self) -> dict[str, str]:
        return {key: pair["zh"] for key, pair in self._seat.services.topics.items()}

    def _look(self, wanted: str | None = None, language: str | None = None, topic: str | None = None) -> None:
        self._wanted = self._wanted if wanted is None else wanted
        self._language = self._language if language is None else language
        self._topic = self._topic if topic is None else topic
        self._list.refresh()

    async def _draw(self) -> None:
        words = self._words
        language = Language(self._language) if self._language else None
        topic = Topic(self._topic) if self._topic else None
        rows = await self._canned.search(self._wanted, language, topic)
        people = await self._names.people()
        if not rows:
            with parts.card():
                parts.empty(words("canned.empty"), words("canned.empty_detail"), "quickreply")
            return
        with parts.box("ul", "canned"):
            for row in rows:
                with parts.box("li", "card"):
                    with parts.box("div", "canned-head"):
                        parts.text("strong", row.title)
                        if row.language is not Language.ZH:
                            parts.badge(words(f"language.{row.language}"), "calm")
                        if row.topic:
                            parts.badge(self._names.topic(row.topic))
                        self._menu(row)
                    parts.text("p", row.text, "canned-text")
                    at = moment(row.changed_at, self._seat.now, words)
                    parts.text("p", words("canned.changed", name=people.get(row.changed_by or 0, ""), at=at), "lead")

    def _menu(self, row: CannedReplyRow) -> None:
        words = self._words
        with parts.box("span", "canned-menu"):
            for key, icon, act in (
                ("edit", "edit", lambda: self._edit(row)),
                ("remove", "delete", lambda: self._remove(row)),
            ):
                button = ui.button(icon=icon, on_click=act).props("flat round dense size=12px")
                button.props["aria-label"] = words(f"canned.{key}_label", title=row.title)

    def _edit(self, row: CannedReplyRow | None) -> None:
        words = self._words
        with parts.dialog(words("canned.edit_title" if row else "canned.add"), classes="wide") as dialog:
            title = ui.input(words("canned.field_title"), value=row.title if row else "")
            title.props(f"maxlength={_LONGEST_TITLE} autofocus")
            text = ui.textarea(words("canned.field_text"), value=row.text if row else "")
            text.props(f"autogrow counter maxlength={_LONGEST_TEXT}")
            with parts.box("div", "badges"):
                parts.text("span", words("canned.variables"), "lead")
                for name in VARIABLES:
                    chip = parts.text("button", words(f"canned.variable_{name}"), "chip", type="button")
                    chip.on("click", lambda name=name: text.set_value(f"{text.value or ''}{{{{{name}}}}}"), args=[])
            with parts.box("div", "fields"):
                languages = {str(label): words(f"language.{label}") for label in Language}
                language = ui.select(
                    languages, label=words("canned.language"), value=str(row.language) if row else Language.ZH.value
                )
                topic = ui.select(
                    {"": words("canned.any_topic")} | self._topics(),
                    label=words("canned.topic"),
                    value=str(row.topic or "") if row else "",
                    with_input=True,
                )
            preview = parts.text("p", "", "canned-preview")

            def show() -> None:
                filled = fill(text.value or "", self._samples())
                preview.text = words("canned.preview", text=filled.text) if filled.text else ""

            text.on_value_change(show)
            show()

            async def save() -> None:
                values = (title.value or "")[:_LONGEST_TITLE], (text.value or "")[:_LONGEST_TEXT]
                chosen = Language(str(language.value)), Topic(topic.value) if topic.value else None
                if await attempt(self._names, lambda: self._keep(row, values, *chosen), words("common.saved")):
                    dialog.close()
                    self._list.refresh()

            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("common.save"), on_click=save)

    def _samples(self) -> dict[str, str | None]:
        calendar = self._seat.desk.rules.calendar
        return {
            **self._words.group("canned_sample"),
            "name": self._seat.staff.name,
            "hours": f"{calendar.opens:%H:%M}–{calendar.closes:%H:%M}",
        }

    async def _keep(
        self, row: CannedReplyRow | None, values: tuple[str, str], language: Language, topic: Topic | None
    ) -> None:
        by, note = self._seat.staff.id, self._seat.services.note
        if row is None:
            await self._canned.add(by, *values, language=language, topic=topic)
        else:
            await self._canned.change(by, row.id, *values, language=language, topic=topic)
        await note(by, "canned.change" if row else "canned.add", values[0].strip())

    async def _remove(self, row: CannedReplyRow) -> None:
        words, by = self._words, self._seat.staff.id
        title = words("canned.remove_title", title=row.title)
        if not await parts.ask(words, title, words("canned.remove_lead"), words("canned.remove"), bad=True):
            return
        if await attempt(self._names, lambda: self._canned.remove(by, row.id)):
            await self._seat.services.note(by, "canned.remove", row.title)
            self._list.refresh()
