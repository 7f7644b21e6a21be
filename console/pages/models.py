"""模型: the versions of the model; training with its progress, publishing and rolling back."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time

from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console, Task
from console.models.acting import Acting
from console.models.job_card import JobCard
from console.models.report_page import ReportPage
from console.navigation import PREFIX
from console.services import ConsoleServices
from console.times import moment
from qifu.labels import ModelState, StaffRole
from qifu.models.registry import INTERRUPTED, needs_word
from qifu.models.room import ModelRoom
from qifu.models.trainings import CANCELLED
from store.models import ModelVersionRow

_URL = f"{PREFIX}/models"
_COLUMNS = ("number", "state", "made", "quality", "changed", "actions")
_TONES: dict[ModelState, parts.Tone] = {
    ModelState.TRAINING: "calm",
    ModelState.TRAINED: "warn",
    ModelState.LIVE: "good",
    ModelState.RETIRED: "quiet",
    ModelState.FAILED: "bad",
}
_LOOK_EVERY = 1.0


def register(console: Console) -> None:
    """Registers the pages and what they have to say on the home page."""
    services, room = console.services, console.services.models
    if room is None:
        return

    @console.tasks(StaffRole.TRAINER, StaffRole.MANAGER)
    async def tasks(staff: Staff) -> list[Task]:
        return await _tasks(services, room, staff)

    @console.page("models")
    async def versions(staff: Staff) -> None:
        await _Versions(services, room, staff).show()

    @console.page("models", "/models/{number}")
    async def report(staff: Staff, number: int) -> None:
        await ReportPage(services, room, number, lambda row: Acting(services, room, staff).buttons(row)).show()


async def _tasks(services: ConsoleServices, room: ModelRoom, staff: Staff) -> list[Task]:
    """The newest version, where it waits for somebody."""
    rows, words = await room.registry.all(), services.words
    if not rows or rows[0].state not in (ModelState.TRAINED, ModelState.FAILED) or rows[0].error == CANCELLED:
        return []
    row, key, tone = rows[0], "ready", "calm"
    if row.state is ModelState.FAILED:
        key, tone = "failed", "warn"
    elif needs_word(row) and staff.role is StaffRole.MANAGER:
        key, tone = "below", "warn"
    detail = _error(services, row) or words("place.models")
    symbol = "model_training"
    return [Task(words(f"home.model_{key}", n=row.id), detail, f"{_URL}/{row.id}", symbol, tone)]  # type: ignore[arg-type]


def _error(services: ConsoleServices, row: ModelVersionRow) -> str:
    """Why a version failed, in one line."""
    words = services.words
    known = {INTERRUPTED: words("models.interrupted"), CANCELLED: words("models.cancelled_state")}
    return known.get(row.error or "", (row.error or "").partition("\n")[0])


class _Versions:
    """The page."""

    def __init__(self, services: ConsoleServices, room: ModelRoom, staff: Staff) -> None:
        self._services, self._room, self._words = services, room, services.words
        self._acting = Acting(services, room, staff, self._again)
        self._job = JobCard(services, room)
        self._head = ui.refreshable(self._draw_head)
        self._list = ui.refreshable(self._draw_list)
        self._stamp: object = None
        self._now = ""

    async def show(self) -> None:
        """Draws it, and keeps it up to date."""
        await self._look_up()
        await self._head()
        await self._job.show()
        with parts.card(self._words("models.versions"), self._words("models.versions_lead"), "flush titled"):
            await self._list()
        await self._draw_schedule()
        ui.timer(_LOOK_EVERY, self._look, immediate=False)

    async def _look_up(self) -> bool:
        """Reads how things stand; whether anything changed."""
        self._rows: Sequence[ModelVersionRow] = await self._room.registry.all()
        job = self._room.trainings.job
        running = bool(job and job.running)
        rows = tuple((row.id, row.state, row.file, row.refusal, row.report is None) for row in self._rows)
        stamp = (rows, running, self._room.publisher.publishing)
        changed, self._stamp = stamp != self._stamp, stamp
        return changed

    async def _look(self) -> None:
        await self._job.look()
        if await self._look_up():
            self._head.refresh()
            self._list.refresh()

    async def _again(self) -> None:
        self._stamp = None
        await self._look()

    async def _draw_head(self) -> None:
        words = self._words
        job, publishing = self._room.trainings.job, self._room.publisher.publishing
        now = await asyncio.to_thread(self._room.trainings.data_now)
        same = next((row.id for row in self._rows if row.checksum == now and row.state is not ModelState.FAILED), None)
        with parts.heading(words("models.title"), words("models.lead")):
            before = self._before()
            if before and publishing is None:
                back = ui.button(words("models.roll_back", n=before.id), icon="undo").props("outline")
                back.on_click(lambda: self._acting.restore(before))
            train = ui.button(words("models.train"), icon="model_training", on_click=lambda: self._acting.train(same))
            train.set_enabled(not (job and job.running))
        if publishing is not None:
            with parts.box("p", "bar calm", role="status"):
                ui.spinner(size="20px")
                parts.text("span", words("models.publishing", n=publishing))
        elif same is None and self._rows:
            with parts.box("p", "bar warn", role="status"):
                parts.icon("edit_note")
                parts.text("span", words("models.data_new"))

    def _before(self) -> ModelVersionRow | None:
        """The version that was live before, where it can be live again."""
        retired = [row for row in self._rows if row.state is ModelState.RETIRED and row.retired_at]
        last = max(retired, key=lambda row: (row.retired_at, row.id), default=None)
        return last if last and self._room.registry.model_of(last) else None

    async def _draw_list(self) -> None:
        words, now = self._words, self._services.clock()
        if not self._rows:
            parts.empty(words("models.empty"), symbol="model_training")
            return
        people = {row.id: row.name for row in await self._services.people.all()}
        columns = [words(f"models.{key}") for key in _COLUMNS]
        with parts.table(columns, words("models.versions"), columns[-1:]) as line:
            for row in self._rows:
                with line().classes("" if row.state is not ModelState.FAILED else "faded"):
                    self._row(row, columns, people, now)

    def _row(self, row: ModelVersionRow, columns: Sequence[str], people: dict[int, str], now: datetime) -> None:
        words = self._words
        number, state, made, quality, changed, actions = columns
        with parts.cell(number, classes="nowrap"):
            parts.link(words("models.version", n=row.id), f"{_URL}/{row.id}", "link strong")
        with parts.cell(state):
            parts.badge(words(f"model_state.{row.state}"), _TONES[row.state])
            if row.state is ModelState.LIVE and row.published_at:
                parts.text("span", words("models.live_since", at=moment(row.published_at, now, words)), "under")
            if row.refusal:
                refusal = words.group("model_error").get(row.refusal, row.refusal)
                parts.text("span", words("models.refused", error=refusal), "under")
        with parts.cell(made, classes="quiet"):
            name = people.get(row.made_by or 0, words("common.system"))
            parts.text("span", words("models.by", name=name, at=moment(row.made_at, now, words)))
        with parts.cell(quality):
            self._quality(row)
        report = row.report or {}
        counted = words("models.changes", n=report["changed"], of=report["asked"]) if report.get("against") else ""
        parts.cell(changed, counted, "quiet")
        with parts.cell(actions, classes="end"):
            if self._room.publisher.publishing is None:
                self._acting.buttons(row, plain=True)

    def _quality(self, row: ModelVersionRow) -> None:
        words, scores = self._words, (row.report or {}).get("scores")
        if row.state is ModelState.FAILED:
            parts.text("span", _error(self._services, row), "under")
        elif scores is None:
            if row.state is not ModelState.TRAINING:
                parts.badge(words("models.unmeasured"))
        elif scores["falls"]:
            parts.badge(words("models.below", n=len(scores["falls"])), "bad")
        else:
            parts.badge(words("models.holds"), "good")

    async def _draw_schedule(self) -> None:
        words, at = self._words, await self._room.schedule.daily_at()
        options = {"": words("models.schedule_off")} | {
            f"{hour:02}:{minute:02}": words("models.schedule_at", at=f"{hour:02}:{minute:02}")
            for hour in (*range(20, 24), *range(8))
            for minute in (0, 30)
        }
        value = f"{at:%H:%M}" if at else ""
        options.setdefault(value, words("models.schedule_at", at=value))

        async def save() -> None:
            await self._acting.schedule(time.fromisoformat(chosen.value) if chosen.value else None)

        with parts.card(words("models.schedule"), words("models.schedule_lead")):
            chosen = ui.select(options, label=words("models.schedule_label"), value=value, on_change=save)
