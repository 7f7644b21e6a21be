"""The card of the training that runs: step, progress bar, time, log, and how to cancel it."""

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from console import parts
from console.services import ConsoleServices
from qifu.models.job import Job, Step
from qifu.models.room import ModelRoom

_SHOWN_LINES = 200


class JobCard:
    """Shows the job of this process, whoever began it and on whatever page."""

    def __init__(self, services: ConsoleServices, room: ModelRoom) -> None:
        self._services, self._room, self._words = services, room, services.words
        self._card: Element | None = None
        self._shown: tuple[int, bool] | None = None

    async def show(self) -> None:
        """Draws it where it stands; without a job there is nothing."""
        self._card = parts.box("div", "job-place")
        await self.look()

    async def look(self) -> None:
        """Brings it up to date."""
        job = self._room.trainings.job
        if job is None or self._card is None:
            return
        if self._shown != (id(job), job.running):
            # A job that ended before the page was opened is told by the list of versions.
            if not job.running and self._shown is None:
                return
            self._shown = (id(job), job.running)
            self._card.clear()
            with self._card:
                self._draw(job)
        if job.running:
            self._update(job)

    def _draw(self, job: Job) -> None:
        words = self._words
        with parts.card(words("models.job" if job.running else "models.log", n=job.number), classes="job"):
            if job.running:
                with parts.box("div", "job-line"):
                    self._step: TextElement = parts.text("span", "", "job-step")
                    self._time: TextElement = parts.text("span", "", "lead")
                    ui.button(words("models.cancel"), on_click=lambda: self._cancel(job)).props("flat dense")
                label = words("models.job", n=job.number)
                with parts.box(
                    "div", "progress", role="progressbar", aria_label=label, aria_valuemin=0, aria_valuemax=100
                ) as self._bar:
                    self._fill = parts.box("div", "progress-fill")
            with parts.box("details", "job-log"):
                parts.text("summary", words("models.log"))
                self._log = parts.text("pre", _log_of(job), "log", tabindex=0, aria_label=words("models.log_label"))

    def _update(self, job: Job) -> None:
        words, percent = self._words, round(job.done * 100)
        seconds = max(0, int((self._services.clock() - job.started_at).total_seconds()))
        elapsed = words("models.minutes", m=seconds // 60, s=seconds % 60)
        self._step.text = f"{words(f'model_step.{job.step}')} · {percent}%"
        self._time.text = words("models.elapsed", time=elapsed)
        self._bar.props["aria-valuenow"] = percent
        self._bar.update()
        self._fill.style(f"width: {percent}%")
        self._log.text = _log_of(job)

    async def _cancel(self, job: Job) -> None:
        words = self._words
        kind = "cancel" if job.step in (Step.CHECK, Step.TRAIN) else "cancel_measure"
        title, lead = words(f"models.{kind}_title"), words(f"models.{kind}_lead")
        if await parts.ask(words, title, lead, words("common.confirm"), bad=True):
            await self._room.trainings.cancel()
            parts.done(words("models.cancelled"))
            await self.look()


def _log_of(job: Job) -> str:
    return "\n".join(list(job.log)[-_SHOWN_LINES:])
