"""我的账号: password, one-time codes, and where I am logged in."""

import re
from collections.abc import Sequence
from datetime import datetime

from nicegui import ui

from console import parts
from console.accounts.codes import new_secret, picture
from console.accounts.staff import Staff
from console.app import Console, Task
from console.navigation import PREFIX
from console.pages.mine_telegram import TelegramCard
from console.services import ConsoleServices
from console.times import moment
from qifu.errors import AccountError
from qifu.labels import StaffRole
from store.models import StaffSessionRow
from store.repositories import AuditRepository, StaffSessionRepository

_BROWSERS = (
    ("Edg", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Saf", "Safari"),
)
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
_MORE_SYSTEMS = (("Mac OS", "macOS"), ("Linux", "Linux"))


def register(console: Console) -> None:
    """Registers the page."""
    words = console.words

    @console.tasks(StaffRole.ADMINISTRATOR)
    async def tasks(staff: Staff) -> list[Task]:
        if (await console.services.people.get(staff.id)).totp_secret:
            return []
        return [Task(words("home.no_code"), words("home.no_code_detail"), f"{PREFIX}/mine", "phonelink_lock")]

    @console.page("mine")
    async def mine(staff: Staff) -> None:
        parts.heading(words("mine.title"))
        with parts.card(words("mine.me"), words("mine.me_hint")), parts.box("dl", "facts"):
            row = await console.services.people.get(staff.id)
            facts = {"field_login": row.login, "field_name": row.name, "field_role": words(f"role.{row.role}")}
            for key, value in facts.items():
                with parts.box("div"):
                    parts.text("dt", words(f"accounts.{key}"))
                    parts.text("dd", value)
        with parts.card(words("mine.password"), words("mine.password_lead")):
            parts.link(words("mine.password_change"), f"{PREFIX}/password", "button-link")
        await _Codes(console.services, staff).show()
        await TelegramCard(console.services, staff).show()
        await _Sessions(console.services, staff).show()


class _Codes:
    """Turning one-time codes on and off."""

    def __init__(self, services: ConsoleServices, staff: Staff) -> None:
        self._services = services
        self._words = services.words
        self._staff = staff

    async def show(self) -> None:
        """The card."""
        self._card = ui.refreshable(self._draw)
        await self._card()

    async def _draw(self) -> None:
        words = self._words
        on = (await self._services.people.get(self._staff.id)).totp_secret is not None
        with parts.card(words("mine.codes"), words("mine.codes_on" if on else "mine.codes_off")):
            if on:
                ui.button(words("mine.codes_stop"), on_click=self._stop).props("color=negative outline")
            else:
                ui.button(words("mine.codes_start"), on_click=self._start)

    async def _start(self) -> None:
        words, secret = self._words, new_secret()
        with ui.dialog() as dialog, parts.box("div", "dialog", role="document"):
            parts.text("h2", words("mine.codes_title"))
            parts.text("p", words("mine.codes_scan"), "lead")
            source = picture(secret, self._staff.login, words("name"))
            parts.box("img", "qr", src=source, alt=words("mine.codes_picture"), width=215, height=215)
            parts.text("p", words("mine.codes_secret"), "lead")
            parts.text("code", " ".join(re.findall(".{1,4}", secret)), "secret")
            code = ui.input(words("mine.codes_code")).props("autofocus inputmode=numeric autocomplete=one-time-code")

            async def confirm() -> None:
                try:
                    await self._services.people.set_codes(self._staff.id, secret, code.value or "")
                except AccountError as error:
                    code.props["error"] = True
                    code.props["error-message"] = words(f"account_error.{error}")
                    return
                dialog.close()
                parts.done(words("mine.codes_done"))
                self._card.refresh()

            code.on("keydown.enter", confirm)
            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("mine.codes_start"), on_click=confirm)
        dialog.open()

    async def _stop(self) -> None:
        words = self._words
        with ui.dialog() as dialog, parts.box("div", "dialog", role="document"):
            parts.text("h2", words("mine.codes_stop_title"))
            password = ui.input(words("mine.codes_stop_password"), password=True)
            password.props("autofocus autocomplete=current-password")

            async def confirm() -> None:
                if not await self._services.login.proves(self._staff.id, password.value or ""):
                    password.props["error"] = True
                    password.props["error-message"] = words("password.wrong_current")
                    return
                await self._services.people.drop_codes(self._staff.id)
                dialog.close()
                parts.done(words("mine.codes_stopped"))
                self._card.refresh()

            password.on("keydown.enter", confirm)
            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("mine.codes_stop"), on_click=confirm).props("color=negative")
        dialog.open()


class _Sessions:
    """Where a person is logged in."""

    def __init__(self, services: ConsoleServices, staff: Staff) -> None:
        self._services = services
        self._words = services.words
        self._staff = staff

    async def show(self) -> None:
        """The card."""
        self._card = ui.refreshable(self._draw)
        await self._card()

    async def _rows(self) -> Sequence[StaffSessionRow]:
        async with self._services.database.session() as session:
            sessions = StaffSessionRepository(session, self._services.clock)
            return await sessions.of_staff(self._staff.id, self._services.clock() - self._services.sessions.idle)

    async def _draw(self) -> None:
        words, sessions, now = self._words, self._services.sessions, self._services.clock()
        idle, longest = sessions.idle.total_seconds() / 60, sessions.longest.total_seconds() / 3600
        rows = await self._rows()
        with parts.card(words("mine.sessions"), words("mine.sessions_lead", idle=f"{idle:g}", longest=f"{longest:g}")):
            with parts.box("ul", "lines"):
                for row in rows:
                    self._line(row, now)
            if len(rows) > 1:
                ui.button(words("mine.sessions_end_others"), on_click=self._end_others).props("color=negative outline")

    def _line(self, row: StaffSessionRow, now: datetime) -> None:
        words, device = self._words, self._device(row.agent)
        with parts.box("li", "line"):
            parts.icon("smartphone" if "Mobile" in row.agent else "computer")
            with parts.box("div", "line-words"):
                parts.text("strong", device)
                seen, created = moment(row.seen_at, now, words), moment(row.created_at, now, words)
                parts.text("span", words("mine.session_line", address=row.address, seen=seen, created=created))
            if row.id == self._staff.session_id:
                parts.badge(words("mine.session_here"), "good")
            else:
                button = ui.button(words("mine.session_end"), on_click=lambda: self._end(row.id)).props("flat")
                button.props["aria-label"] = words("mine.session_end_label", device=device)

    async def _end(self, session_id: int) -> None:
        await self._services.sessions.end(self._staff.id, session_id)
        await self._ended(1)

    async def _end_others(self) -> None:
        await self._ended(await self._services.sessions.end_all(self._staff.id, but=self._staff.session_id))

    async def _ended(self, count: int) -> None:
        async with self._services.database.session() as session:
            audit = AuditRepository(session, self._services.clock)
            await audit.write(self._staff.id, "session.end", f"staff:{self._staff.id}", {"count": count})
        parts.done(self._words("mine.session_ended"))
        self._card.refresh()

    def _device(self, agent: str) -> str:
        browser = next((name for mark, name in _BROWSERS if mark in agent), "")
        system = next((name for mark, name in (*_SYSTEMS, *_MORE_SYSTEMS) if mark in agent), "")
        if browser and system:
            return self._words("mine.device", browser=browser, system=system)
        return browser or system or self._words("mine.unknown_device")
