"""The questions of an intent by the point they ask for: filtered, chosen, moved, deleted, rewritten in place."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element

from console import parts
from console.training.editing import Editing
from console.training.moving import Moving
from console.training.rewriting import InPlace
from seeds.model import Question

_PAGE = 100
_ENOUGH_TO_FILTER = 12


class QuestionCard:
    """The card of one intent."""

    def __init__(self, editing: Editing, intent: str, moving: Moving) -> None:
        self._editing, self._words, self._intent, self._moving = editing, editing.words, intent, moving
        self._wanted, self._most = "", _PAGE
        self._chosen: dict[tuple[str | None, str], Question] = {}
        self._in_place = InPlace(editing, moving)
        self._list = ui.refreshable(self._draw)

    async def show(self) -> None:
        """Draws it where it stands."""
        words = self._words
        with parts.card(words("training.questions_title"), classes="wide-card questions"):
            if len(self._questions()) > _ENOUGH_TO_FILTER:
                search = ui.input(words("training.filter"), on_change=lambda event: self._look(event.value or ""))
                search.props("clearable debounce=200 type=search")
            self._list()
        if self._editing.may:
            with parts.box("div", "chosen-bar", role="toolbar", aria_label=words("training.chosen_label")) as self._bar:
                self._count = parts.text("strong", "")
                ui.button(words("training.move"), icon="drive_file_move", on_click=self._move).props("dense")
                ui.button(words("training.delete"), icon="delete", on_click=self._delete).props("dense outline")
                ui.button(words("training.chosen_none"), on_click=self._let_go).props("dense flat")
            self._told()

    async def again(self) -> None:
        """Draws it anew after an edit; what is chosen stays where it is still there."""
        there = {(question.point, question.text) for question in self._questions()}
        self._chosen = {key: question for key, question in self._chosen.items() if key in there}
        self._list.refresh()
        self._told()

    def _questions(self) -> Sequence[Question]:
        return self._editing.catalogue.by_intent.get(self._intent, ())

    def _look(self, wanted: str) -> None:
        self._wanted, self._most = wanted.lower(), _PAGE
        self._list.refresh()

    def _groups(self) -> dict[str | None, list[Question]]:
        """By point, in the order of the matter; those for the whole matter last."""
        matter = self._editing.catalogue.seeds.matters.get(self._intent)
        groups: dict[str | None, list[Question]] = {point: [] for point in (matter.points if matter else ())}
        whole: list[Question] = []
        for question in self._questions():
            if all(word in question.text.lower() for word in self._wanted.split()):
                groups.get(question.point, whole).append(question)
        return groups | ({None: whole} if whole or not groups else {})

    def _draw(self) -> None:
        words, left = self._words, self._most
        groups = self._groups()
        if self._wanted and not any(groups.values()):
            parts.empty(words("training.filter_none"), symbol="search_off")
            return
        for point, questions in groups.items():
            if self._wanted and not questions:
                continue
            with parts.box("section", "question-group"):
                self._group_head(point, questions)
                with parts.box("ul", "question-list"):
                    for question in questions[: max(left, 0)]:
                        self._line(parts.box("li", "question-line"), question)
            left -= len(questions)
        if left < 0:
            ui.button(words("training.more_questions", n=-left), on_click=self._more).props("outline")

    def _more(self) -> None:
        self._most += _PAGE * 5
        self._list.refresh()

    def _group_head(self, point: str | None, questions: Sequence[Question]) -> None:
        words, names = self._words, self._editing.names
        with parts.box("header", "question-group-head"):
            with parts.box("div", "point-words"):
                if point is not None:
                    parts.text("p", names.point(point), "point-text")
                    parts.text("span", names.place(point), "pick-cite")
                elif self._intent in self._editing.catalogue.seeds.matters:
                    parts.text("p", words("training.whole"), "point-text")
            with parts.box("div", "question-group-side"):
                parts.text("span", words("training.questions_n", n=len(questions)), "lead")
                if self._editing.may and questions:
                    ui.button(words("training.choose_all"), on_click=lambda: self._choose_all(questions)).props(
                        "flat dense size=13px"
                    )

    def _line(self, place: Element, question: Question) -> None:
        if not self._editing.may:
            with place:
                parts.text("span", question.text)
            return

        def plain() -> None:
            box = ui.checkbox(question.text, value=(question.point, question.text) in self._chosen).props("dense")
            box.on_value_change(lambda event: self._choose(question, there=bool(event.value)))
            rewrite = ui.button(icon="edit", on_click=lambda: self._in_place.begin(place, question, plain))
            rewrite.props("flat round dense size=11px")
            rewrite.props["aria-label"] = self._words("training.edit_label", text=question.text)

        self._in_place.draw(place, question, plain)

    def _choose(self, question: Question, *, there: bool) -> None:
        key = (question.point, question.text)
        if there:
            self._chosen[key] = question
        else:
            self._chosen.pop(key, None)
        self._told()

    def _choose_all(self, questions: Sequence[Question]) -> None:
        keys = [(question.point, question.text) for question in questions]
        if all(key in self._chosen for key in keys):
            for key in keys:
                del self._chosen[key]
        else:
            self._chosen |= dict(zip(keys, questions, strict=True))
        self._list.refresh()
        self._told()

    def _let_go(self) -> None:
        self._chosen.clear()
        self._list.refresh()
        self._told()

    def _told(self) -> None:
        if self._editing.may:
            self._count.text = self._words("training.chosen", n=len(self._chosen))
            self._bar.set_visibility(bool(self._chosen))

    def _move(self) -> None:
        self._moving.move(list(self._chosen.values()))

    async def _delete(self) -> None:
        await self._moving.delete(list(self._chosen.values()))
