"""Deleting, rewriting and moving questions, with the dialogs that ask where to."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from console import parts
from console.training.editing import Editing
from console.training.pickers import pick_intent
from qifu.training.draft import Draft
from qifu.training.questions import Block, change_question, delete_questions, move_questions
from seeds.model import Question

_WHOLE = ""
_LONGEST = 60


def block_of(question: Question) -> Block:
    """Where a question stands."""
    return Block(question.intent, question.point)


class Moving:
    """For one page; `changed` is called after each edit."""

    def __init__(self, editing: Editing, changed: Callable[[], Awaitable[None]]) -> None:
        self._editing, self._words, self._changed = editing, editing.words, changed

    async def rewrite(self, question: Question, text: str) -> bool:
        """Writes a question another way."""
        made = await self._editing.make(
            lambda draft: change_question(draft, block_of(question), question.text, text),
            what="question_changed",
            subject=question.intent,
            count=1,
        )
        if made:
            await self._changed()
        return made

    async def delete(self, questions: Sequence[Question]) -> None:
        """Deletes, having asked."""
        words, count = self._words, len(questions)
        title = words("training.delete_title", n=count)
        lead = "；".join(question.text for question in questions[:3]) + ("……" if count > 3 else "")
        if not await parts.ask(words, title, lead, words("training.delete"), bad=True):
            return

        def edit(draft: Draft) -> None:
            for block, texts in _blocks(questions).items():
                delete_questions(draft, block, texts)

        subject = questions[0].intent
        if await self._editing.make(
            edit, what="questions_deleted", subject=subject, count=count, done=words("training.deleted", n=count)
        ):
            await self._changed()

    def move(self, questions: Sequence[Question]) -> None:
        """Asks where to, and moves."""
        words = self._words
        pick_intent(
            self._editing,
            words("training.move_title", n=len(questions)),
            lambda intent: self._move_to(questions, intent),
        )

    async def _move_to(self, questions: Sequence[Question], intent: str) -> None:
        """Where the intent has several points, asks for which the questions are."""
        matter = self._editing.catalogue.seeds.matters.get(intent)
        points = matter.points if matter else ()
        if len(points) <= 1:
            await self._go(questions, Block(intent, points[0] if points else None))
            return
        words, names = self._words, self._editing.names
        options = {point: _short(names.point(point)) for point in points} | {_WHOLE: words("training.whole")}
        with parts.dialog(words("training.move_point", name=names.intent(intent)), classes="wide") as dialog:
            chosen = ui.radio(options, value=points[0]).classes("choices")

            async def go() -> None:
                if await self._go(questions, Block(intent, chosen.value or None)):
                    dialog.close()

            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("training.move"), on_click=go)

    async def _go(self, questions: Sequence[Question], to: Block) -> bool:
        words, names = self._words, self._editing.names
        moved = [question for question in questions if block_of(question) != to]

        def edit(draft: Draft) -> None:
            for block, texts in _blocks(moved).items():
                move_questions(draft, block, texts, to)

        if not moved:
            parts.failed(words("training.moved_nothing"))
            return False
        said = words("training.moved", n=len(moved), name=names.intent(to.intent))
        made = await self._editing.make(
            edit, what="questions_moved", subject=moved[0].intent, count=len(moved), done=said, to=to.intent
        )
        if made:
            await self._changed()
        return made


def _blocks(questions: Sequence[Question]) -> dict[Block, list[str]]:
    found: defaultdict[Block, list[str]] = defaultdict(list)
    for question in questions:
        found[block_of(question)].append(question.text)
    return found


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
