"""诉求: the list with its filters and exports, and each appeal as a ticket."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Path, Request, Response
from nicegui import ui

from bot.desk.desk import Desk
from bot.desk.export import table, to_csv, to_xlsx
from console import parts
from console.accounts.staff import Staff
from console.app import Console, Task
from console.desk.appeal_query import ONLY, VIEWS, AppealQuery
from console.desk.deadlines import pressing
from console.desk.files import file_of_appeal
from console.desk.seat import Seat
from console.desk.ticket import TONES, Ticket
from console.navigation import PREFIX
from console.services import ConsoleServices
from console.times import SHANGHAI, day_of, moment
from qifu.labels import AppealGrade, AppealState, AppealTier, District, StaffRole
from store.masking import mask
from store.models import AppealRow
from store.repositories import AppealFilter, AppealRepository, AuditRepository, DeskViewRepository

_SERVING = (StaffRole.SERVICE, StaffRole.MANAGER)
_PAGE = 50
_MOST_EXPORTED = 20_000
_PREVIEW = 48
_URL = f"{PREFIX}/appeals"
_KINDS = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def register(console: Console) -> None:
    """Registers the pages, the exports, files, and what they have to say on the home page."""
    services, desk = console.services, console.services.desk
    if desk is None:
        return

    @console.tasks(*_SERVING)
    async def tasks(staff: Staff) -> list[Task]:
        return await _tasks(services, desk, staff)

    @console.page("appeals")
    async def appeals(staff: Staff, request: Request) -> None:
        await _List(Seat(services, desk, staff), request.query_params).show()

    @console.page("appeals", "/appeals/{number}")
    async def ticket(staff: Staff, number: Annotated[str, Path(max_length=32)]) -> None:
        await Ticket(Seat(services, desk, staff), number).show()

    @console.endpoint("/appeals/{number}/files/{place}", *_SERVING)
    async def file(staff: Staff, number: str, place: int) -> Response:
        return await file_of_appeal(services, staff, number, place)

    @console.endpoint("/exports/appeals.{kind}", *_SERVING)
    async def export(staff: Staff, request: Request, kind: str) -> Response:
        return await _export(Seat(services, desk, staff), request.query_params, kind)


async def _tasks(services: ConsoleServices, desk: Desk, staff: Staff) -> list[Task]:
    words, now = services.words, desk.store.clock()
    manages = staff.role == StaffRole.MANAGER
    own = None if manages else staff.id
    _, tomorrow = day_of(now.astimezone(SHANGHAI).date())
    async with services.database.session() as session:
        views, appeals = DeskViewRepository(session), AppealRepository(session, services.clock)
        overdue = await views.count_appeals(AppealFilter(now, overdue=True, owner=own))
        by_tonight = AppealFilter(tomorrow, overdue=True, owner=own)
        soon = await views.count_appeals(by_tonight) - overdue
        unassigned = AppealFilter(now, open=True, owner="nobody")
        waiting = await appeals.page(*unassigned.conditions(), limit=None) if manages else []
        fresh = await views.count_appeals(AppealFilter(now, state=AppealState.ASSIGNED, owner=staff.id))
    found = []
    if overdue:
        query = "?view=overdue" + ("" if manages else f"&owner={staff.id}")
        title, detail = words("home.appeals_overdue", n=overdue), words("home.appeals_overdue_detail")
        found.append(Task(title, detail, _URL + query, "assignment_late", "bad"))
    if waiting:
        title = words("home.to_assign", n=len(waiting))
        detail = words("home.to_assign_detail", at=moment(waiting[-1].created_at, now, words))
        found.append(Task(title, detail, f"{_URL}?view=unassigned", "assignment_ind", "warn"))
    if soon:
        found.append(Task(words("home.appeals_soon", n=soon), "", f"{_URL}?view=open", "event", "warn"))
    if fresh:
        title = words("home.appeals_mine", n=fresh)
        found.append(Task(title, "", f"{_URL}?view=mine&state=assigned", "assignment", "calm"))
    return found


class _List:
    """The list; its address carries the filter and from where on it goes."""

    def __init__(self, seat: Seat, values: Mapping[str, str]) -> None:
        self._seat = seat
        self._words = seat.words
        self._names = seat.names
        self._query = AppealQuery.of(values)
        before = values.get("before", "")
        self._before = int(before) if before.isdecimal() and len(before) <= 18 else None

    async def show(self) -> None:
        """The page."""
        words, now = self._words, self._seat.now
        chosen = self._query.chosen(self._seat.staff, now)
        async with self._seat.services.database.session() as session:
            appeals, views = AppealRepository(session, self._seat.services.clock), DeskViewRepository(session)
            rows = await appeals.page(*chosen.conditions(), before=self._before, limit=_PAGE + 1)
            counts = {
                view: await views.count_appeals(AppealQuery(view=view).chosen(self._seat.staff, now))
                for view in VIEWS[:-1]
            }
            units = await views.units()
            counted = await views.count_appeals(chosen) if self._query.is_filtered else None
        people = await self._names.people()
        with parts.heading(words("appeals.title"), words("appeals.lead")):
            self._exports()
        self._views(counts)
        self._filters(people, units, counted)
        with parts.card(classes="flush"):
            if rows:
                self._table(rows[:_PAGE], people, now)
            else:
                parts.empty(words("appeals.empty"), symbol="search_off")
        with parts.box("nav", "pager"):
            if len(rows) > _PAGE:
                older = f"{_URL}?{self._query.address()}&before={rows[_PAGE - 1].id}"
                parts.link(words("appeals.older"), older, "button-link")

    def _exports(self) -> None:
        """The same filter as a file; with personal data for managers only."""
        words, query = self._words, self._query.address()
        with ui.button(words("appeals.export"), icon="download").props("outline"), ui.menu().props("auto-close"):
            for kind in _KINDS:
                url = f"{PREFIX}/exports/appeals.{kind}?{query}"
                self._export_item(words(f"appeals.export_{kind}"), url)
                if self._seat.manages:
                    self._export_item(words(f"appeals.export_{kind}_full"), f"{url}&full=1")

    @staticmethod
    def _export_item(words: str, url: str) -> None:
        item = ui.item().props("clickable tag=a download")
        item.props["href"] = url
        with item:
            parts.text("span", words, "menu-words")

    def _views(self, counts: Mapping[str, int]) -> None:
        now = self._query.view or ("all" if self._query.is_filtered else "open")
        with parts.box("nav", "tabs", aria_label=self._words("appeals.views")):
            for view in VIEWS:
                current = {"aria_current": "page"} if view == now else {}
                with parts.box("a", "tab", href=f"{_URL}?view={view}", **current):
                    parts.text("span", self._words(f"appeals.view_{view}"))
                    if counts.get(view):
                        parts.text("span", str(counts[view]), "count" + (" hot" if view == "overdue" else ""))

    def _filters(self, people: Mapping[int, str], units: Sequence[str], counted: int | None) -> None:
        words, names, services = self._words, self._names, self._seat.services
        any_of = {"": words("common.all")}
        none = {"none": words("common.none")}
        choices = {
            "state": any_of | {str(label): names.label(label) for label in AppealState},
            "grade": any_of | {str(label): names.label(label) for label in AppealGrade},
            "tier": any_of | {str(label): names.label(label) for label in AppealTier},
            "district": any_of | {str(label): names.district(label) for label in District} | none,
            "topic": any_of | {key: pair["zh"] for key, pair in services.topics.items()} | none,
            "unit": any_of | {unit: names.unit(unit) for unit in units} | none,
            "owner": any_of | {str(key): name for key, name in people.items()},
            "only": any_of | {key: words(f"appeals.only_{key}") for key in ONLY},
        }
        with parts.box("div", "filters tight", role="search"):
            search = ui.input(words("appeals.search"), value=self._query.q).props("type=search clearable")
            search.on("keydown.enter", lambda: self._go(q=search.value or ""))
            search.on("clear", lambda: self._go(q=""))
            for key, options in choices.items():
                value = getattr(self._query, key)
                ui.select(
                    options,
                    label=words(f"appeals.{key}"),
                    value=value if value in options else "",
                    with_input=len(options) > 8,
                    on_change=lambda event, key=key: self._go(**{key: event.value or ""}),
                )
            if self._query.is_filtered:
                parts.link(words("audit.clear"), _URL)
        if self._query.since or self._query.until:
            period = words("appeals.period", since=self._query.since or "…", until=self._query.until or "…")
            parts.text("p", period, "lead")
        if counted is not None:
            parts.text("p", words("common.counted", n=counted), "lead")

    def _go(self, **changed: str) -> None:
        ui.navigate.to(f"/appeals?{self._query.address(**changed)}")

    def _table(self, rows: Sequence[AppealRow], people: Mapping[int, str], now: datetime) -> None:
        keys = ("number", "what", "place", "handling", "state", "responsible", "deadline")
        number, what, place, handling, state, responsible, due = (self._words(f"appeals.{key}") for key in keys)
        names = self._names
        columns = (number, what, place, handling, state, responsible, due)
        with parts.table(columns, self._words("appeals.title")) as line:
            for row in rows:
                with line():
                    with parts.cell(number, classes="nowrap"):
                        parts.link(row.number, f"{_URL}/{row.number}", "link strong")
                        parts.text("span", moment(row.created_at, now, self._words), "under")
                    with parts.cell(what):
                        said = mask(" ".join(row.text.split()))
                        parts.text("span", said if len(said) <= _PREVIEW else said[:_PREVIEW] + "…")
                        parts.text("span", row.company or self._words("appeals.no_company"), "under")
                    with parts.cell(place, classes="nowrap"):
                        parts.text("span", names.district(row.district) or "—")
                        parts.text("span", names.topic(row.topic), "under")
                    with parts.cell(handling, classes="nowrap"):
                        parts.text("span", names.label(row.grade) or "—")
                        parts.text("span", names.label(row.tier), "under")
                    with parts.cell(state), parts.box("div", "badges"):
                        parts.badge(self._words(f"appeals.state_{row.state}"), TONES[row.state])
                        if row.rating:
                            low = row.rating <= self._seat.desk.rules.low_rating
                            parts.badge(self._words("desk.stars", n=row.rating), "bad" if low else "good")
                    with parts.cell(responsible):
                        parts.text("span", people.get(row.owner_id or 0, "—"))
                        parts.text("span", names.unit(row.unit), "under")
                    with parts.cell(due, classes="nowrap"), parts.box("div", "badges"):
                        for said, tone in pressing(row, now, self._words):
                            parts.badge(said, tone)


async def _export(seat: Seat, values: Mapping[str, str], kind: str) -> Response:
    """The list as a file. Every export is noted; one with personal data is for managers."""
    full = values.get("full") == "1"
    if kind not in _KINDS or (full and not seat.manages):
        return Response(status_code=404 if kind not in _KINDS else 403)
    services, now = seat.services, seat.now
    query = AppealQuery.of(values)
    async with services.database.session() as session:
        chosen = query.chosen(seat.staff, now).conditions()
        rows = await AppealRepository(session, services.clock).page(*chosen, limit=_MOST_EXPORTED)
        detail = {"format": kind, "masked": not full, "count": len(rows)}
        await AuditRepository(session, services.clock).write(seat.staff.id, "appeal.export", None, detail)
        session.expunge_all()
    for row in rows:
        row.matter, row.unit = seat.names.matter(row.matter) or None, seat.names.unit(row.unit) or None
    made, mime = _KINDS[kind]
    cells = table(rows, seat.names.wording, masked=not full, naming=lambda label: _named(seat, str(label)))
    name = f"appeals-{now.astimezone(SHANGHAI):%Y%m%d-%H%M}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made(cells), media_type=mime, headers=headers)


def _named(seat: Seat, label: str) -> str:
    """A district, a topic or a channel by its name."""
    services = seat.services
    known = services.districts.get(label) or services.topics.get(label)
    return known["zh"] if known else seat.words.group("channel").get(label, label)
