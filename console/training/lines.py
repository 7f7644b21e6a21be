"""Questions while they are written: several at once, one a line, each looked at as soon as it is typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nicegui import ui

from console import parts
from console.training.editing import Editing
from console.training.said import finding_words
from qifu.errors import SeedError
from qifu.training.checks import Finding
from qifu.training.questions import Block, clean
from seeds.check import bare

MOST = 200
"""Lines at once; more come by a file."""
_ICONS = {"bad": "block", "warn": "warning_amber", "calm": "info", "good": "check_circle"}


@dataclass(frozen=True)
class Line:
    """A line as typed, with what is to be said of it."""

    text: str
    findings: Sequence[Finding]

    @property
    def tone(self) -> str:
        """The gravest finding's; good without any."""
        return next((tone for tone in ("bad", "warn", "calm") if any(f.tone == tone for f in self.findings)), "good")


class Lines:
    """A text field and what is said of each of its lines. `block` tells for which block they are meant.

    `without` are codes of findings that make no sense where it stands.
    """

    def __init__(
        self,
        editing: Editing,
        block: Callable[[], Block],
        *,
        without: frozenset[str] = frozenset(),
        others: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._editing, self._words, self._block, self._without = editing, editing.words, block, without
        self._others = others
        self._known: dict[tuple[Block, str], list[Finding]] = {}
        self._turn = 0

    def show(self, label: str, hint: str) -> None:
        """Draws it where it stands."""
        self.field = ui.textarea(label).props("autogrow debounce=350").classes("lines-field")
        self.field.props["hint"] = hint
        self.field.on_value_change(self.look)
        self._said = parts.box("div", "lines-said", aria_live="polite")

    @property
    def texts(self) -> list[str]:
        """The lines that hold something."""
        return [line for line in map(clean, str(self.field.value or "").splitlines()) if line]

    def keep(self, texts: Sequence[str]) -> None:
        """Leaves only these lines."""
        self.field.set_value("\n".join(texts))

    def forget(self) -> None:
        """After an edit everything is looked at anew."""
        self._known.clear()

    async def look(self) -> None:
        """Says of each line what is to be said, as far as nothing was typed meanwhile."""
        self._turn += 1
        turn = self._turn
        lines = await self.looked()
        if turn == self._turn and not self._said.is_deleted:
            self._draw(lines)

    async def looked(self) -> list[Line]:
        """Every line with its findings; what was looked at before isn't looked at again."""
        block, turn = self._block(), self._turn
        found: list[Line] = []
        seen: dict[str, str] = {bare(text): text for text in self._others()}
        for text in self.texts[:MOST]:
            key = bare(text)
            if key in seen:
                found.append(Line(text, [Finding("twice", "bad", {"text": seen[key]})]))
                continue
            seen[key] = text
            found.append(Line(text, await self._findings(block, text)))
            if turn != self._turn:
                break
        return found

    async def _findings(self, block: Block, text: str) -> list[Finding]:
        if (block, text) not in self._known:
            try:
                found = await self._editing.checks.question(block, text)
            except SeedError:
                return []
            self._known[block, text] = [finding for finding in found if finding.code not in self._without]
        return self._known[block, text]

    def _draw(self, lines: Sequence[Line]) -> None:
        words = self._words
        self._said.clear()
        bad = sum(line.tone == "bad" for line in lines)
        with self._said:
            if not lines:
                return
            key = "lines_bad" if bad else "lines_good"
            parts.text("p", words(f"training.{key}", n=len(lines) - bad, bad=bad), "lead")
            if len(self.texts) > MOST:
                parts.text("p", words("training.lines_most", most=MOST), "lead")
            with parts.box("ol", "said-lines"):
                for line in lines:
                    with parts.box("li", f"said-line {line.tone}"):
                        parts.icon(_ICONS[line.tone])
                        with parts.box("div"):
                            parts.text("span", line.text, "said-text")
                            say(self._editing, line.findings)


def say(editing: Editing, findings: Sequence[Finding]) -> None:
    """The findings below what they are about."""
    for finding in findings:
        parts.text("p", finding_words(finding, editing.words, editing.names), f"finding {finding.tone}")
