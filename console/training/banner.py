"""How trainers' data stand beside the models: what was changed last, by whom, whether that is trained; and undo."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui import ui

from console import parts
from console.navigation import PREFIX
from console.services import ConsoleServices
from console.times import exact, moment
from console.training.editing import Editing
from qifu.labels import ModelState
from qifu.models.data import data_checksum
from qifu.training.workspace import Change, Workspace

UNDO = "undo"
_LOOK_EVERY = 5.0
_SHOWN = 50


@dataclass(frozen=True)
class Standing:
    """The edits kept, newest first, and how many of them no version was trained from.

    `waits` is the version that holds them all but isn't published.
    """

    changes: Sequence[Change]
    untrained: int
    waits: int | None = None


async def standing_of(services: ConsoleServices, workspace: Workspace) -> Standing:
    """How things stand now."""
    changes = await workspace.changes()
    if services.models is None:
        return Standing(changes, len(changes))
    now = await asyncio.to_thread(data_checksum, workspace.folder)
    rows = [row for row in await services.models.registry.all() if row.state is not ModelState.FAILED]
    same = next((row for row in rows if row.checksum == now), None)
    if same:
        return Standing(changes, 0, same.id if same.state is ModelState.TRAINED else None)
    since = [change for change in changes if not rows or change.at > rows[0].made_at]
    # Back at an earlier state nothing is counted, and yet another version is in use.
    return Standing(changes, len(since) or min(1, len(changes)))


class Banner:
    """The line above the page; `changed` is called when somebody has edited the data."""

    def __init__(self, editing: Editing, changed: Callable[[], Awaitable[None]]) -> None:
        self._editing, self._services, self._words = editing, editing.services, editing.words
        self._changed = changed
        self._bar = ui.refreshable(self._draw)
        self._folder = editing.workspace.folder

    async def show(self) -> None:
        """Draws it, and keeps it up to date: colleagues edit, too."""
        await self._bar()
        ui.timer(_LOOK_EVERY, self._look, immediate=False)

    async def again(self) -> None:
        """Brings it up to date after an edit."""
        self._folder = self._editing.workspace.folder
        await self._bar.refresh()

    async def _look(self) -> None:
        if self._editing.workspace.folder != self._folder:
            await self._editing.look()
            await self.again()
            await self._changed()

    async def _draw(self) -> None:
        words = self._words
        standing = await standing_of(self._services, self._editing.workspace)
        people = {row.id: row.name for row in await self._services.people.all()}
        if not standing.changes:
            return
        last = standing.changes[0]
        with parts.box("div", f"bar training-bar {'warn' if standing.untrained else 'calm'}", role="status"):
            parts.icon("edit_note")
            with parts.box("div", "training-bar-words"):
                parts.text("strong", self._state(standing))
                parts.text("span", words("training.last_change", change=self.told(last, people)))
            with parts.box("div", "training-bar-actions"):
                if self._editing.may:
                    key = "redo" if last.what == UNDO else UNDO
                    ui.button(words(f"training.{key}"), icon=key, on_click=lambda: self._undo(last, people)).props(
                        "flat dense"
                    )
                ui.button(words("training.history"), icon="history", on_click=lambda: self._history(people)).props(
                    "flat dense"
                )
                if standing.untrained or standing.waits:
                    parts.link(words("training.to_models"), f"{PREFIX}/models", "button-link")

    def _state(self, standing: Standing) -> str:
        words = self._words
        if standing.untrained:
            return words("training.untrained", n=standing.untrained)
        if standing.waits:
            return words("training.waits", n=standing.waits)
        return words("training.trained")

    def told(self, change: Change, people: dict[int, str]) -> str:
        """A change in a line: who, when, what."""
        words = self._words
        what = words.group("training_change").get(change.what, change.what).format(n=change.count)
        return words(
            "training.change_line",
            name=people.get(change.by or 0, words("common.system")),
            at=moment(change.at, self._services.clock(), words),
            what=what,
            subject=self._editing.names.intent(change.subject),
        )

    async def _undo(self, last: Change, people: dict[int, str]) -> None:
        words = self._words
        key = "redo" if last.what == UNDO else UNDO
        title, lead = words(f"training.{key}_title"), self.told(last, people)
        if await parts.ask(words, title, lead, words(f"training.{key}")) and await self._editing.undo():
            await self.again()
            await self._changed()

    async def _history(self, people: dict[int, str]) -> None:
        words = self._words
        changes = await self._editing.workspace.changes()
        with parts.dialog(words("training.history"), words("training.history_lead"), "wide") as dialog:
            with parts.box("ul", "lines"):
                for change in changes[:_SHOWN]:
                    with parts.box("li", "line"), parts.box("div", "line-words"):
                        parts.text("strong", self.told(change, people))
                        parts.text("span", exact(change.at))
            with parts.box("div", "dialog-actions"):
                ui.button(words("common.close"), on_click=dialog.close)
