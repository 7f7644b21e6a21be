"""Keeps a question that was tried out: as a held-out question, or as a training question."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from console import parts
from console.inbox.choice import Choice
from console.inbox.deciding import Deciding
from console.training.editing import Editing
from console.training.said import finding_words, tell
from qifu.errors import SeedError
from qifu.labels import District
from qifu.training.holding import style_of
from qifu.training.labels import ProposalState


class Keeping:
    """What the question should have been understood as, and the buttons."""

    def __init__(
        self,
        editing: Editing,
        turn: asyncio.Lock,
        text: str,
        proposed: Sequence[Mapping[str, Any]],
        district: District | None,
    ) -> None:
        self._editing, self._words = editing, editing.words
        self._deciding = Deciding(editing, turn)
        self._text, self._district = text, district
        self._choice = Choice(editing, proposed, self._quiet)
        self._style = style_of(text)

    def show(self) -> None:
        """Draws it where it stands."""
        words = self._words
        with parts.card(words("tryout.keep"), words("tryout.keep_lead"), "tryout-keep"):
            self._choice.show()
            with parts.box("div", "proposal-acts"):
                styles = words.group("model_style")
                style = ui.select(styles, label=words("inbox.style"), value=self._style)
                style.props("dense").classes("style-choice").on_value_change(lambda event: self._set_style(event.value))
                hold = ui.button(words("tryout.hold_out"), icon="quiz")
                hold.on_click(lambda: self._keep(ProposalState.ACCEPTED_HELD_OUT))
                train = ui.button(words("tryout.train"), icon="school").props("outline")
                train.on_click(lambda: self._keep(ProposalState.ACCEPTED_TRAINING))
            self._told = parts.box("ul", "findings", role="status")

    def _set_style(self, style: str) -> None:
        self._style = style

    async def _quiet(self) -> None:
        self._told.clear()

    async def _keep(self, state: ProposalState) -> None:
        block = self._choice.block
        if block is None:
            parts.failed(self._words("inbox.no_label"))
            return
        try:
            found = await self._deciding.look(state, block, self._text)
        except SeedError as error:
            tell(error, self._words, self._editing.names)
            return
        self._told.clear()
        with self._told:
            for finding in found:
                if finding.tone != "calm":
                    text = finding_words(finding, self._words, self._editing.names)
                    parts.text("li", text, f"finding {finding.tone}")
        if all(finding.tone != "bad" for finding in found):
            await self._deciding.add(state, block, [self._text], style=self._style, district=self._district)
