"""Where staff write: an answer to the user, with files, or a note that only staff see."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui
from nicegui.element import Element

from bot.desk.files import MOST
from bot.desk.tray import Staging, Tray
from console import parts
from console.desk.pickers import Pickers
from console.wording import Words

LONGEST = 4000
"""Telegram takes 4096 characters in a message."""
_TAKEN = "image/jpeg,image/png,image/webp,.pdf,.docx,.xlsx"
# While a file is on its way, sending waits for it (attach.js).
_ON_SEND = "() => { if (!window.qifuFiles?.holds()) emit(); }"
# Enter that ends the choice of characters in an input method is no wish to send.
_ON_KEY = """(e) => {
  if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) {
    e.preventDefault();
    if (!window.qifuFiles?.holds()) emit('send');
  }
  else if (e.key === '/' && !e.target.value && !e.isComposing) { e.preventDefault(); emit('canned'); }
}"""

type Send = Callable[[str, bool], Awaitable[bool]]


@dataclass
class Drafts:
    """What was written and not sent yet, by handoff; the mode too. Files lie in the `tray`, where there is one."""

    tray: Tray | None = None
    texts: dict[int, str] = field(default_factory=dict)
    notes: set[int] = field(default_factory=set)

    def staging(self, staff_id: int, handoff_id: int) -> Staging | None:
        """The files of one chat."""
        return Staging(self.tray, staff_id, handoff_id) if self.tray else None


class Composer:
    """Sends with Enter, breaks lines with Shift+Enter; what couldn't be sent stays."""

    def __init__(  # noqa: PLR0917  # each is a part of its own
        self,
        words: Words,
        handoff_id: int,
        drafts: Drafts,
        send: Send,
        pickers: Pickers | None,
        staging: Staging | None,
        *,
        can_reply: bool,
    ) -> None:
        self._words = words
        self._handoff_id = handoff_id
        self._drafts = drafts
        self._send = send
        self._pickers = pickers
        self._staging = staging
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
            if self._staging:
                self._show_tray(self._staging)
            self._text = ui.textarea(value=self._drafts.texts.get(self._handoff_id, ""), on_change=self._keep)
            self._text.props(f"autogrow borderless maxlength={LONGEST} input-class=composer-text data-composer")
            self._text.on("keydown", self._key, js_handler=_ON_KEY)
            with parts.box("div", "composer-tools"):
                if self._staging:
                    self._tool("attach", "attach_file", None, "data-attach")
                if self._pickers:
                    self._tool("canned", "quickreply", self._pickers.canned, "data-canned")
                    if self._pickers.has_measures:
                        self._tool("measure", "menu_book", self._pickers.measure, "data-measure")
                parts.text("span", words("desk.keys"), "composer-keys")
                send = ui.button(icon="send").props("round unelevated data-send")
                send.on("click", self._go, args=[], js_handler=_ON_SEND)
                send.props["aria-label"] = words("desk.send")
        self._show_mode()

    def _show_tray(self, staging: Staging) -> None:
        """attach.js draws what is staged, and what is on its way; it tells `filed` and `unfiled`."""
        attributes = {"aria_label": self._words("desk_file.staged"), "data_most": MOST}
        self._tray = parts.box("div", "tray", role="list", data_tray=self._handoff_id, **attributes)
        self._tray.props["data-words"] = json.dumps(self._words.group("desk_file"), ensure_ascii=False)
        self._tray.on("filed", self.show_files, args=[])
        self._tray.on("unfiled", lambda event: self._unfile(staging, event.args), args=["detail"])
        self.show_files()
        parts.box("input", type="file", multiple=True, accept=_TAKEN, data_file="", hidden=True)

    async def _unfile(self, staging: Staging, told: Any) -> None:
        await staging.remove(str(told["detail"]))
        self.show_files()

    def show_files(self) -> None:
        """Shows what is staged now."""
        if not self._staging:
            return
        staged = [
            {"key": one.key, "name": one.attachment.name, "size": one.attachment.size} for one in self._staging.staged
        ]
        self._tray.props["data-staged"] = json.dumps(staged, ensure_ascii=False)

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

    def _tool(self, key: str, icon: str, act: parts.Action | None, mark: str) -> None:
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
        has_files = bool(self._staging and self._staging.staged) and not self._is_note
        if not text and not has_files:
            return
        # Emptied at once, so that a second Enter doesn't send it twice.
        self._text.set_value("")
        if not await self._send(text, self._is_note) and not self._text.value:
            self._text.set_value(text)
        self.show_files()
