"""A new matter in one form: names, points, contacts, keywords, first questions, with advice while it is written."""

from collections.abc import Callable, Sequence

from nicegui import ui

from console import parts
from console.training.advice import Advice
from console.training.editing import Editing
from console.training.fields import MatterFields
from console.training.lines import Lines
from console.training.names import PLACE, url_of
from console.training.sheet import only_trainers
from qifu.training.matters import add_matter
from qifu.training.questions import Block

_NOT_YET = frozenset({"steals", "too_few"})
"""The live model can't know a matter that doesn't exist; how many questions are enough is told by the advice."""


class FirstQuestions:
    """A field of lines for each point, and one for the whole matter where it has several points or none."""

    def __init__(self, editing: Editing, fields: MatterFields, changed: Callable[[], None]) -> None:
        self._editing, self._fields, self._words = editing, fields, editing.words
        self._lines: dict[str | None, Lines] = {}
        self._changed = changed

    def show(self) -> None:
        """Draws its place."""
        self._place = parts.box("div", "first-questions")
        self.look()

    def look(self) -> None:
        """Brings the fields in line with the points; what was typed stays."""
        points = self._fields.points
        wanted: list[str | None] = [*points] if len(points) == 1 else [*points, None]
        if wanted == list(self._lines):
            return
        typed = {point: lines.texts for point, lines in self._lines.items()}
        # What was typed for a point that is no longer there is for what is.
        left = [text for point, texts in typed.items() if point not in wanted for text in texts]
        self._lines = {}
        self._place.clear()
        with self._place:
            for point in wanted:
                self._lines[point] = self._field(point, [*typed.get(point, []), *(left if point == wanted[-1] else [])])

    def _field(self, point: str | None, texts: Sequence[str]) -> Lines:
        words, names = self._words, self._editing.names
        label = words("training.whole") if point is None else names.point(point)
        label = label if len(label) <= 40 else f"{label[:40]}…"
        lines = Lines(
            self._editing,
            lambda: Block(self._fields.matter_id, point),
            without=_NOT_YET,
            others=lambda: [text for other, field in self._lines.items() if other != point for text in field.texts],
        )
        lines.show(label, words("training.lines_hint"))
        lines.keep(texts)
        lines.field.on_value_change(self._changed)
        return lines

    @property
    def texts(self) -> list[str]:
        """All questions written."""
        return [text for lines in self._lines.values() for text in lines.texts]

    @property
    def questions(self) -> list[tuple[str | None, str]]:
        """All questions written, each with its point."""
        return [(point, text) for point, lines in self._lines.items() for text in lines.texts]

    async def bad(self) -> int:
        """How many can't be saved."""
        looked = [line for lines in self._lines.values() for line in await lines.looked()]
        return sum(line.tone == "bad" for line in looked)


class NewMatter:
    """The page."""

    def __init__(self, editing: Editing, topic: str) -> None:
        self._editing, self._words = editing, editing.words
        self._fields = MatterFields(editing, topic=topic)
        self._advice = Advice(editing, lambda: (self._fields.name.value or "", self._fields.points, self._first.texts))
        self._first = FirstQuestions(editing, self._fields, self._advice.soon)

    async def show(self) -> None:
        """Draws it."""
        words = self._words
        parts.link(words("training.back"), PLACE, "link back")
        parts.heading(words("training.new_title"), words("training.new_lead"))
        if only_trainers(self._editing):
            return
        with parts.card(words("training.names_title"), classes="wide-card"):
            self._fields.show_names()
        with parts.card(words("training.content_title"), words("training.content_lead"), "wide-card"):
            self._fields.show_points()
            self._fields.show_contacts()
        with parts.card(words("training.first_title"), words("training.first_lead"), "wide-card"):
            self._first.show()
        self._advice.show()
        with parts.box("div", "form-actions"):
            ui.button(words("training.create"), icon="check", on_click=self._save).props('data-save-form=""')
            ui.button(words("common.cancel"), on_click=lambda: ui.navigate.to("/training")).props("flat")
        self._fields.on_change(self._first.look)
        self._fields.on_change(self._advice.soon)

    async def _save(self) -> None:
        words, fields = self._words, self._fields
        problem = fields.problem() or ("" if self._first.texts else "need_questions")
        if problem:
            parts.failed(words(f"training.{problem}"))
            return
        if bad := await self._first.bad():
            parts.failed(words("training.bad_lines", n=bad))
            return
        matter, questions = fields.matter(), self._first.questions
        if await self._editing.make(
            lambda draft: add_matter(draft, matter, questions),
            what="matter_added",
            subject=matter.id,
            count=len(questions),
            done=words("training.created", name=matter.name),
        ):
            ui.navigate.to(url_of(matter.id).removeprefix("/console"))
