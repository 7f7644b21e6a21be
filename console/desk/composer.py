"""Where staff write: an answer to the user, or a note that only staff see."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from nicegui import ui
from nicegui.element import Element

from console import parts
from console.desk.pickers import Pickers
from console.wording import Words

LONGEST = 4000
"""Telegram takes 4096 characters in a message."""
# Enter that ends the choice of characters in an input method is no wish to send.
_ON_KEY = """(e) => {
  if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) { e.preventDefault(); emit('send'); }
  else if (e.key === '/' && !e.target.value && !e.isComposing) { e.preventDefault(); emit('canned'); }
}"""

type Send = Callable[[str, bool], Awaitable[bool]]


@dataclass
class Drafts:
    """What was written and not sent yet, by handoff; the mode too."""

    texts: dict[int, str] = field(default_factory=dict)
    notes: set[int] = field(default_factory=set)


class Composer:
    """Sends with Enter, breaks lines with Shift+Enter; what couldn't be sent stays."""

    def __init__(
        self, words: Words, handoff_id: int, drafts: Drafts, send: Send, pickers: Pickers | None, *, can_reply: bool
    ) -> None:
        self._words = words
        self._handoff_id = handoff_id
        self._drafts = drafts
        self._send = send
        self._pickers = pickers
        self._can_reply = can_reply

    @property
    def _is_note(self) -> bool:
        return not self._can_reply or self._handoff_id in self._drafts.notes

    def show(self) -> None:
        """Draws it where it stands."""
        words = self._words
        with parts.box("div", "composer", data_mode="note" if self._is_note else "reply") as self._room:
            if self._can_reply:
                with parts.box("div", "modes", role="group", aria_label=words("desk.mode")):
                    self._modes = {key: self._mode(key) for key in ("reply", "note")}
            self._text = ui.textarea(value=self._drafts.texts.get(self._handoff_id, ""), on_change=self._keep)
            self._text.props(f"autogrow borderless maxlength={LONGEST} input-class=composer-text data-composer")
            self._text.on("keydown", self._key, js_handler=_ON_KEY)
            with parts.box("div", "composer-tools"):
                if self._pickers:
                    self._tool("canned", "quickreply", self._pickers.canned, "data-canned")
                    if self._pickers.has_measures:
                        self._tool("measure", "menu_book", self._pickers.measure, "data-measure")
                parts.text("span", words("desk.keys"), "composer-keys")
                send = ui.button(icon="send", on_click=self._go).props("round unelevated data-send")
                send.props["aria-label"] = words("desk.send")
        self._show_mode()

    def insert(self, text: str) -> None:
        """Puts text where one writes, behind what stands there."""
        before = (self._text.value or "").rstrip()
        self._text.set_value(f"{before}\n{text}" if before else text)
        self._text.run_method("focus")

    def _mode(self, key: str) -> Element:
        button = parts.text("button", self._words(f"desk.mode_{key}"), "mode", type="button")

        def choose() -> None:
            (self._drafts.notes.add if key == "note" else self._drafts.notes.discard)(self._handoff_id)
            self._show_mode()
            self._text.run_method("focus")

        button.on("click", choose, args=[])
        return button

    def _show_mode(self) -> None:
        mode = "note" if self._is_note else "reply"
        self._room.props["data-mode"] = mode
        label = self._words(f"desk.write_{mode}")
        self._text.props["placeholder"] = self._text.props["aria-label"] = label
        if self._can_reply:
            for key, button in self._modes.items():
                button.props["aria-pressed"] = "true" if key == mode else "false"

    def _tool(self, key: str, icon: str, act: parts.Action, mark: str) -> None:
        button = ui.button(self._words(f"desk.{key}"), icon=icon, on_click=act)
        button.props(f"flat dense size=13px {mark}")

    def _keep(self) -> None:
        self._drafts.texts[self._handoff_id] = self._text.value or ""

    async def _key(self, event: object) -> None:
        if getattr(event, "args", None) == "send":
            await self._go()
        elif self._pickers:
            await self._pickers.canned()

    async def _go(self) -> None:
        text = (self._text.value or "").strip()
        if not text:
            return
        # Emptied at once, so that a second Enter doesn't send it twice.
        self._text.set_value("")
        if not await self._send(text, self._is_note) and not self._text.value:
            self._text.set_value(text)
