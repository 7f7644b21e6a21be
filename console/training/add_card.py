"""Adds questions to an intent: several at once, one a line, looked at while they are typed."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from console import parts
from console.training.editing import Editing
from console.training.lines import Line, Lines
from qifu.training.questions import Block, add_questions

_WHOLE = ""
_LONGEST = 50


class AddCard:
    """The card of one intent; `changed` is called after an edit."""

    def __init__(self, editing: Editing, intent: str, changed: Callable[[], Awaitable[None]]) -> None:
        self._editing, self._words, self._intent, self._changed = editing, editing.words, intent, changed
        self._point = ""
        self._lines = Lines(editing, self._block)

    def show(self) -> None:
        """Draws it where it stands."""
        words = self._words
        with parts.card(words("training.add_title"), words("training.add_lead"), "wide-card add-card"):
            self._points()
            self._lines.show(words("training.add_field"), words("training.lines_hint"))
            self._lines.field.props('data-add-lines=""')
            with parts.box("div", "form-actions"):
                ui.button(words("training.add"), icon="add", on_click=self._add).props('data-add=""')
                self._rest = ui.button(words("training.add_good"), on_click=self._add_good).props("outline")
                self._rest.set_visibility(False)

    def _points(self) -> None:
        words, names = self._words, self._editing.names
        matter = self._editing.catalogue.seeds.matters.get(self._intent)
        points = matter.points if matter else ()
        self._point = points[0] if len(points) == 1 else _WHOLE
        if len(points) > 1:
            options = {_WHOLE: words("training.whole")} | {
                point: text if len(text := names.point(point)) <= _LONGEST else f"{text[:_LONGEST]}…"
                for point in points
            }
            ui.select(
                options, label=words("training.asks_for"), value=_WHOLE, on_change=lambda event: self._aim(event.value)
            )

    async def _aim(self, point: str) -> None:
        self._point = point or _WHOLE
        await self._lines.look()

    def _block(self) -> Block:
        return Block(self._intent, self._point or None)

    async def _add(self) -> None:
        """All lines, or none where one can't be saved."""
        words, lines = self._words, await self._lines.looked()
        bad = [number for number, line in enumerate(lines, 1) if line.tone == "bad"]
        if not lines:
            parts.failed(words("check.empty"))
        elif bad:
            self._rest.set_visibility(len(bad) < len(lines))
            parts.failed(words("training.bad_numbers", numbers="、".join(map(str, bad))))
            await self._lines.look()
        else:
            await self._keep(lines, [])

    async def _add_good(self) -> None:
        """The lines that can be saved; the others stay in the field."""
        lines = await self._lines.looked()
        good = [line for line in lines if line.tone != "bad"]
        await self._keep(good, [line.text for line in lines if line.tone == "bad"])

    async def _keep(self, lines: list[Line], left: list[str]) -> None:
        words, block, texts = self._words, self._block(), [line.text for line in lines]
        rest = self._lines.texts[len(lines) + len(left) :]
        if await self._editing.make(
            lambda draft: add_questions(draft, block, texts),
            what="questions_added",
            subject=self._intent,
            count=len(texts),
            done=words("training.added", n=len(texts)),
        ):
            self._rest.set_visibility(False)
            self._lines.forget()
            self._lines.keep([*left, *rest])
            await self._lines.look()
            await self._changed()
