"""Questions while they are written: several at once, one a line, each looked at as soon as it is typed."""

from collections.abc import Awaitable, Callable, Sequence
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
_VALUE = "(event) => emit(event.target.value)"
_ICONS = {"bad": "block", "warn": "warning_amber", "calm": "info", "good": "check_circle"}

type Keep = Callable[[str], Awaitable[bool]]


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


class Rewriting:
    """A question that is written another way, in its place. `keep` tells whether the new wording could be kept.

    `leave` is called where it stays as it was.
    """

    def __init__(self, editing: Editing, block: Block, text: str, keep: Keep, leave: Callable[[], None]) -> None:
        self._editing, self._words, self._block, self._old = editing, editing.words, block, text
        self._keep, self._leave = keep, leave
        self._turn = 0

    def show(self) -> None:
        """Draws field and buttons where they stand."""
        words = self._words
        with parts.box("div", "rewriting"):
            self._field = ui.input(words("training.rewrite"), value=self._old).props("autofocus debounce=350")
            self._field.on_value_change(self._look)
            self._field.on("keydown.enter", lambda event: self._save(str(event.args or "")), js_handler=_VALUE)
            self._field.on("keydown.escape", self._leave, args=[])
            self._said = parts.box("div", "lines-said", aria_live="polite")
            with parts.box("div", "rewriting-actions"):
                ui.button(words("common.save"), on_click=lambda: self._save(None)).props("dense")
                ui.button(words("common.cancel"), on_click=self._leave).props("flat dense")

    async def _findings(self, text: str) -> list[Finding]:
        if clean(text) == self._old:
            return []
        try:
            return await self._editing.checks.question(self._block, text, instead_of=self._old)
        except SeedError:
            return []

    async def _look(self) -> list[Finding]:
        self._turn += 1
        turn, text = self._turn, str(self._field.value or "")
        findings = await self._findings(text)
        if turn == self._turn and not self._said.is_deleted:
            self._said.clear()
            with self._said:
                say(self._editing, [finding for finding in findings if finding.code != "too_few"])
        return findings

    async def _save(self, typed: str | None) -> None:
        # The browser says what stands there: the last letters may still be on their way.
        if typed is not None and typed != self._field.value:
            self._field.set_value(typed)
        text = clean(str(self._field.value or ""))
        if any(finding.tone == "bad" for finding in await self._look()):
            parts.failed(self._words("training.rewrite_bad"))
            return
        if text == self._old:
            self._leave()
        else:
            await self._keep(text)
