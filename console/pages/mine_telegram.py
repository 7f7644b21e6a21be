"""我的账号: the card that links a member of staff to their Telegram account."""

from nicegui import ui

from bot.desk.work import SERVING
from bot.telegram.staff.linking import GOOD_FOR, Linking
from console import parts
from console.accounts.staff import Staff
from console.services import ConsoleServices

_MINUTE = 60


class TelegramCard:
    """Shown to those who talk with users, where Telegram is in use."""

    def __init__(self, services: ConsoleServices, staff: Staff) -> None:
        self._services = services
        self._words = services.words
        self._staff = staff
        self._linking = Linking(services.database, services.clock)

    async def show(self) -> None:
        """The card."""
        if self._staff.role in SERVING and self._services.settings.telegram_bot_token is not None:
            self._card = ui.refreshable(self._draw)
            await self._card()

    async def _draw(self) -> None:
        words = self._words
        linked = (await self._services.people.get(self._staff.id)).telegram_id is not None
        with parts.card("Telegram", words("mine.telegram_on" if linked else "mine.telegram_off")):
            ui.button(words("mine.telegram_again" if linked else "mine.telegram_link"), on_click=self._link)
            if linked:
                ui.button(words("mine.telegram_unlink"), on_click=self._unlink).props("color=negative outline")

    async def _link(self) -> None:
        words, code = self._words, await self._linking.issue_code(self._staff.id)
        with ui.dialog() as dialog, parts.box("div", "dialog", role="document"):
            parts.text("h2", words("mine.telegram_title"))
            minutes = int(GOOD_FOR.total_seconds()) // _MINUTE
            parts.text("p", words("mine.telegram_how", minutes=minutes), "lead")
            parts.text("code", f"/staff {code.text}", "secret")
            with parts.box("div", "dialog-actions"):
                ui.button(words("mine.telegram_close"), on_click=dialog.close)
        dialog.on("hide", self._card.refresh)
        dialog.open()

    async def _unlink(self) -> None:
        await self._linking.unlink(self._staff.id)
        parts.done(self._words("mine.telegram_unlinked"))
        self._card.refresh()
