"""账号: the people of the console, for administrators."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from nicegui import ui

from console import parts
from console.accounts.people import People
from console.accounts.staff import Staff
from console.app import Console, Task
from console.navigation import PREFIX
from console.pages.account_editor import AccountEditor, show_password
from console.services import ConsoleServices
from console.times import SHANGHAI, moment
from qifu.errors import AccountError
from qifu.labels import StaffRole
from store.models import StaffRow

_COLUMNS = ("person", "role", "matched", "state", "last_login", "actions")


def register(console: Console) -> None:
    """Registers the page and what it has to say on the home page."""
    services, words = console.services, console.words

    @console.tasks(StaffRole.ADMINISTRATOR)
    async def tasks(staff: Staff) -> list[Task]:
        rows = [row for row in await services.people.all() if row.active]
        locked = [row for row in rows if _is_locked(row, services.clock())]
        fresh = [row for row in rows if row.last_login_at is None]
        url, found = f"{PREFIX}/accounts", []
        for key, group, icon in (("locked", locked, "lock"), ("fresh", fresh, "person_add")):
            if group:
                names = "、".join(row.name for row in group)
                title = words(f"home.{key}", n=len(group))
                found.append(Task(title, names, url, icon, "warn" if key == "locked" else "calm"))
        return found

    @console.page("accounts")
    async def accounts(staff: Staff) -> None:
        await _Accounts(services, staff).show()


class _Accounts:
    """The list with its search and its actions."""

    def __init__(self, services: ConsoleServices, staff: Staff) -> None:
        self._services = services
        self._words = services.words
        self._staff = staff
        self._wanted = ""
        self._list = ui.refreshable(self._draw)
        self._editor = AccountEditor(services, staff, self._list.refresh)

    async def show(self) -> None:
        """The page."""
        words = self._words
        with parts.heading(words("accounts.title"), words("accounts.lead")):
            ui.button(words("accounts.add"), icon="add", on_click=self._editor.add)
        with parts.box("div", "filters", role="search"):
            search = ui.input(words("accounts.search"), on_change=lambda event: self._search(event.value))
            search.props("clearable debounce=200 type=search")
        with parts.card(classes="flush"):
            await self._list()

    def _search(self, wanted: str | None) -> None:
        self._wanted = (wanted or "").strip().lower()
        self._list.refresh()

    async def _draw(self) -> None:
        words, now = self._words, self._services.clock()
        rows = [row for row in await self._services.people.all() if self._wanted in f"{row.name} {row.login}".lower()]
        if not rows:
            parts.empty(words("accounts.empty"), symbol="person_search")
            return
        columns = [words(f"accounts.{key}") for key in _COLUMNS]
        with parts.table(columns, words("accounts.title"), columns[-1:]) as line:
            for row in rows:
                with line().classes("" if row.active else "faded"):
                    self._row(row, columns, now)

    def _row(self, row: StaffRow, columns: list[str], now: datetime) -> None:
        words = self._words
        person, role, matched, state, last, actions = columns
        with parts.cell(person):
            parts.text("strong", row.name)
            parts.text("span", row.login, "under")
        parts.cell(role, words(f"role.{row.role}"), "nowrap")
        parts.cell(matched, self._matched(row), "quiet")
        with parts.cell(state), parts.box("div", "badges"):
            self._badges(row, now)
        seen = moment(row.last_login_at, now, words) if row.last_login_at else words("common.never")
        parts.cell(last, seen, "quiet nowrap")
        with parts.cell(actions, classes="end"):
            self._menu(row, now)

    def _matched(self, row: StaffRow) -> str:
        services = self._services
        districts = [services.districts.get(key, {}).get("zh", key) for key in row.districts]
        topics = [services.topics.get(key, {}).get("zh", key) for key in row.topics]
        languages = [self._words(f"language.{key}") for key in row.languages]
        if not (districts or topics or languages):
            return self._words("accounts.everything")
        return " · ".join("、".join(names) for names in (districts, topics, languages) if names)

    def _badges(self, row: StaffRow, now: datetime) -> None:
        words = self._words
        if not row.active:
            parts.badge(words("accounts.off"))
            return
        if _is_locked(row, now) and row.locked_until:
            parts.badge(words("accounts.locked", at=f"{row.locked_until.astimezone(SHANGHAI):%H:%M}"), "bad")
        elif row.must_change_password:
            parts.badge(words("accounts.one_time"), "warn")
        else:
            parts.badge(words("accounts.active"), "good")
        if row.totp_secret:
            parts.badge(words("accounts.code_on"), "calm")

    def _menu(self, row: StaffRow, now: datetime) -> None:
        words = self._words
        button = ui.button(icon="more_horiz").props("flat round dense")
        button.props["aria-label"] = words("accounts.menu", name=row.name)
        with button, ui.menu().props("auto-close"):
            ui.menu_item(words("common.edit"), lambda: self._editor.edit(row.id))
            if not row.active:
                ui.menu_item(words("accounts.turn_on"), lambda: self._do(row, "done_on", _on))
                return
            if _is_locked(row, now):
                ui.menu_item(words("accounts.unlock"), lambda: self._do(row, "done_unlock", _unlock))
            ui.menu_item(words("accounts.reset"), lambda: self._reset(row))
            if row.id != self._staff.id:
                ui.menu_item(words("accounts.turn_off"), lambda: self._turn_off(row))

    async def _do(self, row: StaffRow, said: str, act: Callable[[People, int, int], Awaitable[None]]) -> None:
        try:
            await act(self._services.people, self._staff.id, row.id)
        except AccountError as error:
            parts.failed(self._words(f"account_error.{error}"))
            return
        parts.done(self._words(f"accounts.{said}", name=row.name))
        self._list.refresh()

    async def _turn_off(self, row: StaffRow) -> None:
        words = self._words
        title = words("accounts.turn_off_title", name=row.name)
        if await parts.ask(words, title, words("accounts.turn_off_lead"), words("accounts.turn_off"), bad=True):
            await self._do(row, "done_off", _off)

    async def _reset(self, row: StaffRow) -> None:
        words = self._words
        title = words("accounts.reset_title", name=row.name)
        if not await parts.ask(words, title, words("accounts.reset_lead"), words("accounts.reset"), bad=True):
            return
        password = await self._services.people.reset(self._staff.id, row.id)
        self._list.refresh()
        show_password(words, row.name, row.login, password)


def _is_locked(row: StaffRow, now: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > now


async def _on(people: People, by: int, staff_id: int) -> None:
    await people.switch(by, staff_id, active=True)


async def _off(people: People, by: int, staff_id: int) -> None:
    await people.switch(by, staff_id, active=False)


async def _unlock(people: People, by: int, staff_id: int) -> None:
    await people.unlock(by, staff_id)
