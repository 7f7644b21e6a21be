"""A question that is written another way in its place; what was typed outlives a drawing anew, as after other edits."""

from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element

from console import parts
from console.training.editing import Editing
from console.training.lines import say
from console.training.moving import Moving, block_of
from qifu.errors import SeedError
from qifu.training.checks import Finding
from qifu.training.questions import clean
from seeds.model import Question

_VALUE = "(event) => emit(event.target.value)"

type Key = tuple[str, str | None, str]


def key_of(question: Question) -> Key:
    """What a question is known by, wherever in a file it stands."""
    return question.intent, question.point, question.text


class InPlace:
    """Draws questions of one card: as they are, or with a field where one is being rewritten."""

    def __init__(self, editing: Editing, moving: Moving) -> None:
        self._editing, self._moving = editing, moving
        self._typed: dict[Key, str] = {}

    def draw(self, place: Element, question: Question, plain: Callable[[], None]) -> None:
        """Draws a question into its place; `plain` draws it as it is."""
        with place:
            if key_of(question) in self._typed:
                _Field(self._editing, self._moving, self._typed, question, lambda: self._leave(place, plain)).show()
            else:
                plain()

    def begin(self, place: Element, question: Question, plain: Callable[[], None]) -> None:
        """Puts a field in the place of a question."""
        self._typed[key_of(question)] = question.text
        place.clear()
        self.draw(place, question, plain)

    @staticmethod
    def _leave(place: Element, plain: Callable[[], None]) -> None:
        place.clear()
        with place:
            plain()


class _Field:
    """The field with what is said of its wording, and its buttons."""

    def __init__(
        self,
        editing: Editing,
        moving: Moving,
        typed: dict[Key, str],
        question: Question,
        left: Callable[[], None],
    ) -> None:
        self._editing, self._words, self._moving = editing, editing.words, moving
        self._typed, self._question, self._left = typed, question, left
        self._turn = 0

    def show(self) -> None:
        """Draws it where it stands."""
        words = self._words
        with parts.box("div", "rewriting"):
            self._field = ui.input(words("training.rewrite"), value=self._typed[key_of(self._question)])
            self._field.props("autofocus debounce=350")
            self._field.on_value_change(self._look)
            self._field.on("keydown.enter", lambda event: self._save(str(event.args or "")), js_handler=_VALUE)
            self._field.on("keydown.escape", self._leave, args=[])
            self._said = parts.box("div", "lines-said", aria_live="polite")
            with parts.box("div", "rewriting-actions"):
                ui.button(words("common.save"), on_click=lambda: self._save(None)).props("dense")
                ui.button(words("common.cancel"), on_click=self._leave).props("flat dense")

    def _leave(self) -> None:
        self._typed.pop(key_of(self._question), None)
        self._left()

    async def _look(self) -> list[Finding]:
        self._turn += 1
        turn, text = self._turn, str(self._field.value or "")
        if key_of(self._question) in self._typed:
            self._typed[key_of(self._question)] = text
        findings = await self._findings(text)
        if turn == self._turn and not self._said.is_deleted:
            self._said.clear()
            with self._said:
                say(self._editing, [finding for finding in findings if finding.code != "too_few"])
        return findings

    async def _findings(self, text: str) -> list[Finding]:
        question = self._question
        if clean(text) == question.text:
            return []
        try:
            return await self._editing.checks.question(block_of(question), text, instead_of=question.text)
        except SeedError:
            return []

    async def _save(self, typed: str | None) -> None:
        # The browser says what stands there: the last letters may still be on their way.
        if typed is not None and typed != self._field.value:
            self._field.set_value(typed)
        text = clean(str(self._field.value or ""))
        if any(finding.tone == "bad" for finding in await self._look()):
            parts.failed(self._words("training.rewrite_bad"))
        elif text == self._question.text:
            self._leave()
        elif await self._moving.rewrite(self._question, text):
            self._typed.pop(key_of(self._question), None)
