"""开关: the bot's off switch and the emergency notice."""

from contextlib import suppress

from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console, Task
from console.services import ConsoleServices
from console.switches import LONGEST_NOTICE, Standing
from console.times import moment
from qifu.errors import AccountError
from qifu.labels import StaffRole

_URL = "/console/switches"


def register(console: Console) -> None:
    """Registers the page and what it has to say on the home page."""
    services, words = console.services, console.words

    @console.tasks(StaffRole.MANAGER, StaffRole.ADMINISTRATOR)
    async def tasks(staff: Staff) -> list[Task]:
        now = await services.switches.current()
        tasks = []
        if not now.bot_on:
            detail = words("home.bot_off_detail", **await _whence(services, now))
            tasks.append(Task(words("home.bot_off"), detail, _URL, "power_settings_new", "bad"))
        if now.notice_zh:
            tasks.append(Task(words("home.notice_on"), now.notice_zh, _URL, "campaign", "warn"))
        return tasks

    @console.page("switches")
    async def switches(staff: Staff) -> None:
        parts.heading(words("switches.title"), words("switches.lead"))
        await _Bot(services, staff).show()
        await _Notice(services, staff).show()


async def _whence(services: ConsoleServices, standing: Standing) -> dict[str, str]:
    """Who set the switches and when, as words' values."""
    words, name = services.words, services.words("common.system")
    if standing.by:
        with suppress(AccountError):
            name = (await services.people.get(standing.by)).name
    return {"name": name, "at": moment(standing.at, services.clock(), words) if standing.at else ""}


class _Card:
    """A card that is drawn anew after each change."""

    def __init__(self, services: ConsoleServices, staff: Staff) -> None:
        self._services = services
        self._switches = services.switches
        self._words = services.words
        self._staff = staff

    async def show(self) -> None:
        """The card."""
        self._card = ui.refreshable(self._draw)
        await self._card()

    async def _draw(self) -> None:
        raise NotImplementedError


class _Bot(_Card):
    """The off switch."""

    async def _draw(self) -> None:
        words, now = self._words, await self._switches.current()
        state = "on" if now.bot_on else "off"
        with parts.card(words("switches.bot")), parts.box("div", "switch"):
            with parts.box("div", "switch-words"):
                parts.badge(words(f"switches.bot_{state}"), "good" if now.bot_on else "bad")
                parts.text("p", words(f"switches.bot_{state}_detail"))
                if now.at:
                    parts.text("p", words("switches.by", **await _whence(self._services, now)), "lead")
            turn = words("switches.turn_off" if now.bot_on else "switches.turn_on")
            ui.button(turn, on_click=self._turn).props("color=negative outline" if now.bot_on else "color=primary")

    async def _turn(self) -> None:
        words, on = self._words, not (await self._switches.current()).bot_on
        title, lead = words("switches.turn_off_title"), words("switches.turn_off_lead")
        if not on and not await parts.ask(words, title, lead, words("switches.turn_off"), bad=True):
            return
        await self._switches.turn_bot(self._staff.id, on)
        self._card.refresh()
        parts.done(words("switches.turned_on" if on else "switches.turned_off"))


class _Notice(_Card):
    """The emergency notice."""

    async def _draw(self) -> None:
        words, now = self._words, await self._switches.current()
        with parts.card(words("switches.notice"), words("switches.notice_detail")):
            state = "showing" if now.notice_zh else "none"
            parts.badge(words(f"switches.notice_{state}"), "warn" if now.notice_zh else "quiet")
            zh, en = (
                ui.textarea(words(f"switches.notice_{language}"), value=value).props(
                    f"autogrow counter maxlength={LONGEST_NOTICE}"
                )
                for language, value in (("zh", now.notice_zh), ("en", now.notice_en))
            )
            with parts.box("div", "form-actions"):
                if now.notice_zh:
                    ui.button(words("switches.notice_withdraw"), on_click=lambda: self._publish("", "")).props("flat")
                publish = words("switches.notice_publish")
                ui.button(publish, on_click=lambda: self._publish(zh.value or "", en.value or ""))

    async def _publish(self, zh: str, en: str) -> None:
        words = self._words
        if bool(zh.strip()) != bool(en.strip()):
            parts.failed(words("switches.notice_both"))
        elif max(len(zh), len(en)) > LONGEST_NOTICE:
            parts.failed(words("switches.notice_long", n=LONGEST_NOTICE))
        else:
            await self._switches.set_notice(self._staff.id, zh, en)
            self._card.refresh()
            parts.done(words("switches.notice_published" if zh.strip() else "switches.notice_withdrawn"))
