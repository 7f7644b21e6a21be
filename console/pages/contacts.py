"""联系方式: units, windows, centres and hotlines with what is known of each, and where from."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from urllib.parse import urlencode

from fastapi import Request
from nicegui import ui

from bot.desk.contacts import LONGEST, StaffContacts
from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.desk.said import attempt
from console.names import Names
from console.navigation import PREFIX
from console.services import ConsoleServices
from console.times import SHANGHAI, moment
from qifu.errors import DeskError
from qifu.labels import District
from seeds.model import Contact
from store.models import StaffContactRow

_PAGE = 40
_KINDS = ("unit", "window", "centre", "platform", "station", "studio", "team", "hotline")
_DETAILS = ("phone", "address", "hours")


def register(console: Console) -> None:
    """Registers the page."""
    services = console.services
    if services.answering is None:
        return
    contacts = StaffContacts(services.database, services.answering.knowledge, services.clock)

    @console.page("contacts")
    async def page(staff: Staff, request: Request) -> None:
        asked = request.query_params
        chosen = {key: asked.get(key, "").strip()[:40] for key in ("q", "kind", "district", "missing")}
        await _Contacts(services, contacts, staff, chosen, asked.get("after", "")).show()


class _Contacts:
    """The register; everybody who sees it may add to it."""

    def __init__(
        self,
        services: ConsoleServices,
        contacts: StaffContacts,
        staff: Staff,
        chosen: dict[str, str],
        after: str,
    ) -> None:
        self._services = services
        self._contacts = contacts
        self._staff = staff
        self._words = services.words
        self._names = Names(services)
        self._chosen = chosen
        self._after = after
        self._list = ui.refreshable(self._draw)

    async def show(self) -> None:
        """The page."""
        words = self._words
        parts.heading(words("contacts.title"), words("contacts.lead"))
        self._filters()
        await self._list()

    def _filters(self) -> None:
        words, chosen = self._words, self._chosen
        kinds = {"": words("common.all")} | {kind: words(f"contact_kind.{kind}") for kind in _KINDS}
        districts = {"": words("common.all")} | {str(label): self._names.district(label) for label in District}
        with parts.box("div", "filters", role="search"):
            search = ui.input(words("contacts.search"), value=chosen["q"]).props("type=search clearable")
            search.on("keydown.enter", lambda: self._go(q=search.value or ""))
            search.on("clear", lambda: self._go(q=""))
            for key, options in (("kind", kinds), ("district", districts)):
                ui.select(
                    options,
                    label=words(f"contacts.{key}"),
                    value=chosen[key] if chosen[key] in options else "",
                    on_change=lambda event, key=key: self._go(**{key: event.value or ""}),
                )
            box = ui.checkbox(words("contacts.missing"), value=chosen["missing"] == "1")
            box.on_value_change(lambda event: self._go(missing="1" if event.value else ""))

    def _go(self, **changed: str) -> None:
        query = urlencode({key: value for key, value in (self._chosen | changed).items() if value})
        ui.navigate.to("/contacts" + (f"?{query}" if query else ""))

    def _rows(self) -> list[Contact]:
        """Those that are looked for, by name; the id decides between namesakes."""
        answering, chosen = self._services.answering, self._chosen
        found = []
        for contact in answering.knowledge.contacts.values() if answering else ():
            written = " ".join((contact.name, contact.name_en, *contact.aliases, contact.handles, contact.phone or ""))
            wanted = all(word in written.lower() for word in chosen["q"].lower().split())
            fits = chosen["kind"] in ("", contact.kind) and chosen["district"] in ("", contact.district)
            lacks = not (contact.phone and contact.address)
            if wanted and fits and (lacks or chosen["missing"] != "1"):
                found.append(contact)
        return sorted(
            found, key=lambda contact: (_KINDS.index(contact.kind) if contact.kind in _KINDS else 9, contact.id)
        )

    async def _draw(self) -> None:
        words = self._words
        rows = self._rows()
        start = next((place + 1 for place, row in enumerate(rows) if row.id == self._after), 0)
        page, additions = rows[start : start + _PAGE], await self._contacts.current()
        parts.text("p", words("contacts.count", n=len(rows)), "lead")
        with parts.card(classes="flush"):
            if page:
                self._table(page, additions)
            else:
                parts.empty(words("contacts.empty"), symbol="search_off")
        if len(rows) > start + _PAGE:
            query = urlencode({key: value for key, value in self._chosen.items() if value} | {"after": page[-1].id})
            with parts.box("nav", "pager"):
                parts.link(words("contacts.more"), f"{PREFIX}/contacts?{query}", "button-link")

    def _table(self, rows: Sequence[Contact], additions: dict[str, StaffContactRow]) -> None:
        name, handles, details, source, actions = (
            self._words(f"contacts.{key}") for key in ("name", "handles", "details", "source", "actions")
        )
        with parts.table((name, handles, details, source, actions), self._words("contacts.title"), [actions]) as line:
            for contact in rows:
                with line():
                    with parts.cell(name):
                        parts.text("strong", contact.name)
                        kind = self._words(f"contact_kind.{contact.kind}")
                        parts.text("span", f"{self._names.district(contact.district)} · {kind}", "under")
                    parts.cell(handles, contact.handles, "quiet")
                    with parts.cell(details):
                        self._details(contact, additions.get(contact.id))
                    with parts.cell(source, classes="quiet"):
                        self._source(contact, additions.get(contact.id))
                    with parts.cell(actions, classes="end"):
                        self._actions(contact, additions.get(contact.id))

    def _details(self, contact: Contact, added: StaffContactRow | None) -> None:
        known = [(key, getattr(contact, key)) for key in _DETAILS if getattr(contact, key)]
        if not known:
            parts.text("span", self._words("contacts.unknown"), "lead")
        for key, value in known:
            with parts.box("span", "detail"):
                parts.icon({"phone": "call", "address": "place", "hours": "schedule"}[key])
                parts.text("span", value)
                if added and getattr(added, key) == value:
                    parts.badge(self._words("contacts.by_staff"), "calm")

    def _source(self, contact: Contact, added: StaffContactRow | None) -> None:
        answering = self._services.answering
        given = answering.knowledge.seeds.contacts.get(contact.id) if answering else None
        parts.text("span", given.source if given else contact.source)
        if added:
            parts.text("span", self._words("contacts.added", source=added.source, day=added.source_date), "under")

    def _actions(self, contact: Contact, added: StaffContactRow | None) -> None:
        words = self._words
        label = words("contacts.edit_label", name=contact.name)
        ui.button(icon="edit", on_click=lambda: self._edit(contact, added)).props("flat round dense").props[
            "aria-label"
        ] = label
        button = ui.button(icon="history", on_click=lambda: self._history(contact)).props("flat round dense")
        button.props["aria-label"] = words("contacts.history_label", name=contact.name)

    def _edit(self, contact: Contact, added: StaffContactRow | None) -> None:
        words, today = self._words, self._services.clock().astimezone(SHANGHAI).date()
        answering = self._services.answering
        given = answering.knowledge.seeds.contacts.get(contact.id) if answering else None
        with parts.dialog(
            words("contacts.edit_title", name=contact.name), words("contacts.edit_lead"), "wide"
        ) as dialog:
            with parts.box("div", "fields"):
                fields = {}
                for key in _DETAILS:
                    own = getattr(given, key) if given else None
                    field = ui.input(
                        words(f"contacts.{key}"), value=own or (getattr(added, key) if added else "") or ""
                    )
                    field.props(f"maxlength={LONGEST}")
                    field.set_enabled(not own)
                    if own:
                        field.props["hint"] = words("contacts.given")
                    fields[key] = (field, bool(own))
                source = ui.input(words("contacts.field_source"), value=added.source if added else "")
                source.props(f"maxlength={LONGEST}").props["hint"] = words("contacts.source_hint")
                day = ui.input(words("contacts.source_date"), value=str(added.source_date if added else today))
                day.props("type=date stack-label")

            async def save() -> None:
                await keep(withdraw=False)

            async def keep(withdraw: bool) -> None:
                values = {
                    key: "" if own or withdraw else str(field.value or "") for key, (field, own) in fields.items()
                }
                if await attempt(
                    self._names,
                    lambda: self._keep(contact, values, source.value or "", day.value or ""),
                    words("common.saved"),
                ):
                    dialog.close()
                    self._list.refresh()

            with parts.box("div", "dialog-actions"):
                if added:
                    ui.button(words("contacts.withdraw"), on_click=lambda: keep(True)).props("flat color=negative")
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("common.save"), on_click=save)

    async def _keep(self, contact: Contact, values: dict[str, str], source: str, written: str) -> None:
        day: date | None = None
        with suppress(ValueError):
            day = date.fromisoformat(written)
        if day is None:
            raise DeskError("contact_date")
        await self._contacts.add(self._staff.id, contact.id, **values, source=source, source_date=day)

    async def _history(self, contact: Contact) -> None:
        words, people = self._words, await self._names.people()
        rows = await self._contacts.history(contact.id)
        with parts.dialog(words("contacts.history_title", name=contact.name)) as dialog:
            if not rows:
                parts.text("p", words("contacts.no_history"), "lead")
            with parts.box("ul", "lines"):
                for row in rows:
                    with parts.box("li", "line"), parts.box("div", "line-words"):
                        said = "；".join(filter(None, (row.phone, row.address, row.hours)))
                        parts.text("strong", said or words("contacts.withdrawn"))
                        source = words("contacts.added", source=row.source, day=row.source_date)
                        at = moment(row.added_at, self._services.clock(), words)
                        parts.text("span", f"{source} · {people.get(row.added_by or 0, '')} {at}")
            with parts.box("div", "dialog-actions"):
                ui.button(words("common.close"), on_click=dialog.close)
