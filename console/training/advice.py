"""Advice on a matter that is being made: which other one it lies close to, with the sentences of both."""

import asyncio
from collections.abc import Callable, Sequence

from nicegui import background_tasks

from console import parts
from console.training.editing import Editing
from console.training.names import url_of
from console.training.said import finding_words
from qifu.errors import SeedError
from qifu.training.checks import Finding

_DELAY = 0.6
_NEAR = 0.2
_LOOKED = 40
_SHOWN = 4


class Advice:
    """Looks at a matter when it changes; `told` gives its name, points and questions."""

    def __init__(
        self, editing: Editing, told: Callable[[], tuple[str, Sequence[str], Sequence[str]]], but: str | None = None
    ) -> None:
        self._editing, self._told, self._but = editing, told, but
        self._turn = 0

    def show(self) -> None:
        """Draws its place."""
        self._place = parts.box("div", "advice-place", aria_live="polite")

    def soon(self) -> None:
        """Looks a moment after the last change."""
        background_tasks.create(self.look(), name="matter_advice")

    async def look(self) -> None:
        """Says what is to be said, as far as nothing was changed meanwhile."""
        self._turn += 1
        turn = self._turn
        await asyncio.sleep(_DELAY)
        if turn != self._turn:
            return
        name, points, questions = self._told()
        try:
            found = await self._editing.checks.matter(name, points, questions, but=self._but)
        except SeedError:
            return
        if turn == self._turn and not self._place.is_deleted:
            self._draw([finding for finding in found if finding.code != "too_few" or questions], questions)

    def _draw(self, findings: Sequence[Finding], questions: Sequence[str]) -> None:
        words, names = self._editing.words, self._editing.names
        self._place.clear()
        if not findings:
            return
        with self._place, parts.card(words("training.advice"), classes="advice"):
            for finding in findings:
                with parts.box("div", f"advice-line {finding.tone}"):
                    parts.icon("info" if finding.tone == "calm" else "warning_amber")
                    with parts.box("div"):
                        parts.text("p", finding_words(finding, words, names), "finding-words")
                        intent = str(finding.values.get("intent") or "")
                        if intent:
                            if finding.code == "near_matter":
                                self._sentences(intent, questions)
                            link = parts.link(words("training.open_other", name=names.intent(intent)), url_of(intent))
                            link.props["target"] = "_blank"

    def _sentences(self, intent: str, questions: Sequence[str]) -> None:
        """What is being written beside what the other matter has."""
        nearness, words = self._editing.catalogue.nearness, self._editing.words
        pairs = []
        for text in questions:
            near = nearness.nearest(text, _NEAR, _LOOKED)
            best = next((other for other in near if other.question.intent == intent), None)
            if best:
                pairs.append((best.share, text, best.question.text))
        with parts.box("ul", "pairs-small"):
            for _, own, other in sorted(pairs, reverse=True)[:_SHOWN]:
                with parts.box("li"):
                    parts.text("span", words("training.beside", own=own, other=other))
