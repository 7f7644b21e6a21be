"""The pages that change a matter's content or split it: the form of a matter with what it has."""

from nicegui import ui

from console import parts
from console.training.advice import Advice
from console.training.editing import Editing
from console.training.fields import MatterFields
from console.training.moving import block_of
from console.training.names import url_of
from console.training.sheet import only_trainers
from qifu.training.matters import change_matter, split_matter
from seeds.model import Matter, Question


class ChangeMatter:
    """Names, points, contacts and keywords of a matter."""

    def __init__(self, editing: Editing, matter: Matter) -> None:
        self._editing, self._words, self._matter = editing, editing.words, matter
        self._fields = MatterFields(editing, matter, fixed=True)

    async def show(self) -> None:
        """Draws it."""
        words, matter = self._words, self._matter
        parts.link(matter.name, url_of(matter.id), "link back")
        parts.heading(words("training.change_title", name=matter.name), words("training.change_lead"))
        if only_trainers(self._editing):
            return
        with parts.card(words("training.names_title"), classes="wide-card"):
            self._fields.show_names()
        with parts.card(words("training.content_title"), words("training.content_lead"), "wide-card"):
            self._fields.show_points()
            self._fields.show_contacts()
        with parts.box("div", "form-actions"):
            ui.button(words("common.save"), icon="check", on_click=self._save).props('data-save-form=""')
            ui.button(words("common.cancel"), on_click=lambda: _open(matter.id)).props("flat")

    async def _save(self) -> None:
        words, fields = self._words, self._fields
        if problem := fields.problem():
            parts.failed(words(f"training.{problem}"))
            return
        matter = fields.matter()
        if await self._editing.make(
            lambda draft: change_matter(draft, matter), what="matter_changed", subject=matter.id
        ):
            _open(matter.id)


class SplitMatter:
    """A new matter takes over points of another, the questions for these, and further ones."""

    def __init__(self, editing: Editing, matter: Matter) -> None:
        self._editing, self._words, self._matter = editing, editing.words, matter
        self._fields = MatterFields(editing, topic=str(matter.topic))
        self._taken: set[str] = set()
        self._further: dict[tuple[str | None, str], Question] = {}
        self._list = ui.refreshable(self._draw_further)
        self._advice = Advice(
            editing,
            lambda: (self._fields.name.value or "", [], [question.text for question in self._going()]),
            but=matter.id,
        )

    async def show(self) -> None:
        """Draws it."""
        words, matter = self._words, self._matter
        parts.link(matter.name, url_of(matter.id), "link back")
        parts.heading(words("training.split_title", name=matter.name), words("training.split_lead"))
        if only_trainers(self._editing):
            return
        if len(matter.points) < 2:
            parts.empty(words("training.split_one"), words("training.split_one_detail"), "call_split")
            return
        with parts.card(words("training.split_points"), words("training.split_points_lead"), "wide-card"):
            for point in matter.points:
                self._point(point)
        with parts.card(words("training.split_names"), classes="wide-card"):
            self._fields.show_names()
            self._fields.show_contacts()
        with parts.card(words("training.split_questions"), words("training.split_questions_lead"), "wide-card"):
            self._list()
        self._advice.show()
        with parts.box("div", "form-actions"):
            ui.button(words("training.split"), icon="call_split", on_click=self._save).props('data-save-form=""')
            ui.button(words("common.cancel"), on_click=lambda: _open(matter.id)).props("flat")
        self._fields.on_change(self._advice.soon)

    def _point(self, point: str) -> None:
        names = self._editing.names
        count = sum(question.point == point for question in self._questions())

        def take(there: bool) -> None:
            (self._taken.add if there else self._taken.discard)(point)
            self._list.refresh()
            self._advice.soon()

        with parts.box("div", "split-point"):
            box = ui.checkbox(names.point(point)).props("dense")
            box.on_value_change(lambda event: take(bool(event.value)))
            parts.text("span", f"{names.place(point)} · {self._words('training.questions_n', n=count)}", "pick-cite")

    def _questions(self) -> list[Question]:
        return list(self._editing.catalogue.by_intent.get(self._matter.id, ()))

    def _going(self) -> list[Question]:
        """The questions that the new matter gets."""
        further = [question for question in self._further.values() if question.point not in self._taken]
        return [question for question in self._questions() if question.point in self._taken] + further

    def _draw_further(self) -> None:
        words = self._words
        left = [question for question in self._questions() if question.point not in self._taken]
        parts.text("p", words("training.split_going", n=len(self._questions()) - len(left)), "lead")
        with parts.box("ul", "question-list"):
            for question in left:
                with parts.box("li", "question-line"):
                    key = (question.point, question.text)
                    box = ui.checkbox(question.text, value=key in self._further).props("dense")
                    box.on_value_change(lambda event, q=question: self._choose(q, there=bool(event.value)))

    def _choose(self, question: Question, *, there: bool) -> None:
        key = (question.point, question.text)
        if there:
            self._further[key] = question
        else:
            self._further.pop(key, None)
        self._advice.soon()

    async def _save(self) -> None:
        words, fields, old = self._words, self._fields, self._matter
        points = [point for point in old.points if point in self._taken]
        fields.points = points
        problem = fields.problem() or ("" if self._going() else "need_questions")
        if problem:
            parts.failed(words(f"training.{problem}"))
            return
        new, going = fields.matter(points), self._going()
        further = [(block_of(question), question.text) for question in going if question.point not in self._taken]
        if await self._editing.make(
            lambda draft: split_matter(draft, old.id, new, further),
            what="matter_split",
            subject=new.id,
            count=len(going),
            done=words("training.splitted", name=new.name, n=len(going)),
            before=old.id,
        ):
            _open(new.id)


def _open(intent: str) -> None:
    ui.navigate.to(url_of(intent).removeprefix("/console"))
