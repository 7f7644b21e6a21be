"""What can be done with a version of the model, each with its confirmation."""

from collections.abc import Awaitable, Callable
from datetime import time

from nicegui import background_tasks, ui

from console import parts
from console.accounts.staff import Staff
from console.services import ConsoleServices
from qifu.errors import ModelError, QifuError
from qifu.labels import ModelState, StaffRole
from qifu.models.registry import needs_word
from qifu.models.room import ModelRoom
from store.models import ModelVersionRow


class Acting:
    """For one person on one page; `look` brings the page up to date."""

    def __init__(
        self,
        services: ConsoleServices,
        room: ModelRoom,
        staff: Staff,
        look: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._words, self._room, self._staff, self._look = services.words, room, staff, look

    def buttons(self, row: ModelVersionRow, *, plain: bool = False) -> None:
        """The buttons that a version has in its state."""
        words, there = self._words, self._room.registry.model_of(row) is not None
        style = "flat dense" if plain else ""
        if there and row.state is ModelState.TRAINED:
            if needs_word(row) and self._staff.role is not StaffRole.MANAGER:
                parts.text("span", words("models.ask_manager"), "lead")
            else:
                publish = ui.button(words("models.publish"), on_click=lambda: self._publish(row)).props(style)
                publish.props["aria-label"] = f"{words('models.publish')} {row.id}"
        elif there and row.state is ModelState.RETIRED:
            back = ui.button(words("models.restore"), on_click=lambda: self.restore(row)).props(style or "outline")
            back.props["aria-label"] = words("models.roll_back", n=row.id)
        if there and row.state in (ModelState.TRAINED, ModelState.LIVE) and not plain:
            key = "measure_again" if row.report else "measure"
            ui.button(words(f"models.{key}"), on_click=lambda: self._measure(row)).props("outline")

    async def schedule(self, at: time | None) -> None:
        """Changes when training starts by itself."""
        await self._room.schedule.set(self._staff.id, at)
        parts.done(self._words("models.schedule_saved"))

    async def train(self, same: int | None) -> None:
        """Begins to train; asks first where it would bring nothing new."""
        words = self._words
        title, lead = words("models.train_again_title"), words("models.train_again_lead", n=same)
        if same is not None and not await parts.ask(words, title, lead, words("models.train")):
            return

        async def begin() -> None:
            job = await self._room.trainings.train(self._staff.id)
            parts.done(words("models.started", n=job.number))

        await self._attempt(begin)

    async def restore(self, row: ModelVersionRow) -> None:
        """Makes an earlier version live again."""
        words = self._words
        title, lead = words("models.roll_back_title", n=row.id), words("models.roll_back_lead")
        if await parts.ask(words, title, lead, words("models.roll_back", n=row.id)):
            await self._go(row, None, "rolled_back")

    async def _publish(self, row: ModelVersionRow) -> None:
        words, reason = self._words, None
        title = words("models.publish_title", n=row.id)
        if needs_word(row):
            reason = await self._reason(title)
            if reason is None:
                return
        elif not await parts.ask(words, title, words("models.publish_lead"), words("models.publish")):
            return
        await self._go(row, reason, "published")

    async def _reason(self, title: str) -> str | None:
        """A manager's word; None where they think better of it."""
        words = self._words
        with ui.dialog() as dialog, parts.box("div", "dialog", role="document"):
            parts.text("h2", title)
            parts.text("p", words("models.publish_below_lead"), "lead")
            reason = ui.textarea(words("models.publish_reason")).props("autogrow maxlength=300 autofocus")
            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=lambda: dialog.submit(None)).props("flat")
                yes = ui.button(words("models.publish"), on_click=lambda: dialog.submit(reason.value))
                yes.props("color=negative").bind_enabled_from(
                    reason, "value", lambda value: bool((value or "").strip())
                )
        answer = await dialog
        dialog.delete()
        return str(answer) if answer else None

    async def _go(self, row: ModelVersionRow, reason: str | None, said: str) -> None:
        """Publishes while the page goes on showing how it stands."""
        client, may = ui.context.client, self._staff.role is StaffRole.MANAGER

        async def publish() -> None:
            await self._room.publisher.publish(row.id, self._staff.id, reason=reason, may_override=may)
            parts.done(self._words(f"models.{said}", n=row.id))

        async def go() -> None:
            with client:
                await self._attempt(publish)

        background_tasks.create(go(), name="model_publish")

    async def _measure(self, row: ModelVersionRow) -> None:
        async def begin() -> None:
            await self._room.trainings.measure(row.id, self._staff.id)
            parts.done(self._words("models.measure_started", n=row.id))

        await self._attempt(begin)

    async def _attempt(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except ModelError as error:
            parts.failed(self._words(f"model_error.{error.code}", **error.values))
        except QifuError as error:
            parts.failed(self._words("models.failed", error=str(error)))
        if self._look:
            await self._look()
