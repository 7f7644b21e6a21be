"""Makes a conversation test of a conversation: what the user said, and what the bot must do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import ui
from nicegui.element import Element

from console import parts
from console.inbox.wordings import without_masks
from console.review.speech import answer_of
from console.training.editing import Editing
from console.training.said import tell
from qifu.errors import SeedError
from qifu.evaluation.conversations import read_conversations, squeezed
from qifu.labels import Outcome
from qifu.training.catalogue import Catalogue
from qifu.training.draft import Draft
from qifu.training.held_out import add_conversation
from qifu.training.questions import clean
from seeds.check import bare
from store.masking import mask
from store.models import TurnRow
from store.repositories import ReviewRepository

if TYPE_CHECKING:
    from console.review.reader import Reader

MOST = 12
"""So many messages make a test at most: the last ones."""
_CLAUSE = re.compile(r"[，。；、：！？,;（）]")
_FIGURE = re.compile(r"\d")
_SHORTEST, _LONGEST = 3, 20
_LONGEST_MESSAGE, _LONGEST_ABOUT = 500, 100
_OR = "|"


@dataclass
class Expected:
    """A message of the test: `must` has a line for each thing the answer must hold, with ways to put it between |."""

    user: str
    outcome: str
    must: str
    points: Sequence[str]
    taken: bool = True

    @property
    def bot(self) -> dict[str, Any]:
        """What the bot must do, as tests/dialogue has it."""
        lines = [[way.strip() for way in line.split(_OR) if way.strip()] for line in self.must.splitlines()]
        must = [ways for ways in lines if ways]
        return {**({"outcome": self.outcome} if self.outcome else {}), **({"must": must} if must else {})}


def expected(turns: Sequence[TurnRow], texts: Mapping[str, str]) -> list[Expected]:
    """What was typed with what the bot did, to be corrected; `texts` are those of the points."""
    typed = [turn for turn in turns if not turn.is_payload and turn.text.strip()]
    return [_expected(turn, texts) for turn in typed[-MOST:]]


def _expected(turn: TurnRow, texts: Mapping[str, str]) -> Expected:
    quoted = [texts[point] for point in turn.points or () if point in texts]
    phrase = phrase_of(quoted[0], answer_of(turn.replies)) if quoted else ""
    # What is quoted says more than that something is.
    outcome = "" if turn.outcome in (None, Outcome.ERROR) or phrase else str(turn.outcome)
    return Expected(without_masks(mask(turn.text.strip())), outcome, phrase, quoted)


def phrase_of(point: str, reply: str) -> str:
    """A short piece of a point that stands in the reply, one with a figure before others; empty where none does."""
    said = squeezed(reply)
    clauses = [clause.strip() for clause in _CLAUSE.split(point)]
    fitting = [c for c in clauses if _SHORTEST <= len(c) <= _LONGEST and squeezed(c) in said]
    figures = [clause for clause in fitting if _FIGURE.search(clause)]
    return next(iter(figures), max(fitting, key=len, default=""))


def trained_on(catalogue: Catalogue, text: str) -> str | None:
    """The intent in whose training questions a message stands, which makes it a poor test."""
    question = catalogue.by_words.get(bare(clean(text)))
    return question.intent if question else None


class ConversationTest:
    """The dialog in which a trainer makes it."""

    def __init__(self, reader: "Reader", editing: Editing) -> None:
        self._reader, self._editing, self._words = reader, editing, editing.words
        self._rows: list[Expected] = []
        self._told: Element

    @classmethod
    async def begin(cls, reader: "Reader") -> "ConversationTest | None":
        """For a conversation that somebody reads; None where the data can't be read, which is told."""
        workspace = reader.services.training
        if workspace is None:
            return None
        try:
            return cls(reader, await Editing.begin(reader.services, workspace, reader.staff))
        except SeedError as error:
            parts.failed(error.findings[0])
            return None

    async def open(self) -> None:
        """Opens it."""
        words, reader = self._words, self._reader
        async with reader.services.database.session() as session:
            review = ReviewRepository(session, reader.services.clock)
            turns = await review.turns(await review.turn_ids(reader.row.id))
        texts = {key: point.text for key, point in self._editing.catalogue.seeds.points.items()}
        self._rows = expected(turns, texts)
        if not self._rows:
            parts.failed(words("talk_test.nothing"))
            return
        with parts.dialog(words("talk_test.title"), words("talk_test.lead"), "wide talk-test") as dialog:
            about = ui.input(words("talk_test.about"), value=words("talk_test.about_value", n=reader.number))
            about.props(f"maxlength={_LONGEST_ABOUT}")
            with parts.box("ol", "test-turns"):
                for row in self._rows:
                    self._turn(row)
            self._told = parts.box("ul", "findings", role="alert")
            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=dialog.close).props("flat")
                ui.button(words("talk_test.save"), on_click=lambda: self._save(dialog, about.value or ""))

    def _turn(self, row: Expected) -> None:
        words = self._words
        outcomes = {"": words("talk_test.any_outcome")} | {str(label): words(f"outcome.{label}") for label in Outcome}
        with parts.box("li", "test-turn"):
            with parts.box("div", "test-user"):
                tick = ui.checkbox().bind_value(row, "taken").props("dense")
                tick.props["aria-label"] = words("talk_test.take", text=row.user)
                field = ui.input(words("talk_test.user")).bind_value(row, "user").classes("test-text")
                field.props(f'dense maxlength={_LONGEST_MESSAGE} data-user=""')
            if intent := trained_on(self._editing.catalogue, row.user):
                name = self._editing.names.intent(intent)
                parts.text("p", words("talk_test.trained_on", name=name), "finding warn")
            with parts.box("div", "test-bot"):
                ui.select(outcomes, label=words("talk_test.outcome")).bind_value(row, "outcome").props("dense")
                must = ui.textarea(words("talk_test.must")).bind_value(row, "must").classes("test-text")
                must.props('dense autogrow maxlength=1000 data-must=""')
            for point in row.points:
                parts.text("p", words("talk_test.quoted", text=point), "lead")

    async def _save(self, dialog: ui.dialog, about: str) -> None:
        words = self._words
        rows = [row for row in self._rows if row.taken]
        if reason := self._against(rows, about):
            self._told.clear()
            with self._told:
                parts.text("li", reason, "finding bad")
            return
        number = f"trainers-{self._reader.number}"
        turns = [(clean(row.user), row.bot) for row in rows]

        def edit(draft: Draft) -> None:
            add_conversation(draft, number, clean(about), turns)
            # What can't be read back would break every evaluation.
            read_conversations(draft.root / "tests" / "dialogue")

        try:
            made = await self._editing.make(
                edit, what="conversation_added", subject=number, count=len(turns), done=words("talk_test.saved")
            )
        except SeedError as error:
            tell(error, words, self._editing.names)
            return
        if made:
            dialog.close()

    def _against(self, rows: Sequence[Expected], about: str) -> str:
        """Why it can't be saved like this; empty where it can."""
        words = self._words
        if not rows or not all(clean(row.user) for row in rows):
            return words("talk_test.empty")
        if not clean(about):
            return words("talk_test.about_missing")
        if not any(row.bot for row in rows):
            return words("talk_test.expects_nothing")
        for text in (about, *(part for row in rows for part in (row.user, row.must))):
            if (masked := mask(text)) != text:
                return words("check.personal", text=masked)
        return ""
