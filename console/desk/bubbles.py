"""Draws the lines of a chat and keeps them: what stays the same isn't drawn anew, so that nothing jumps."""

from collections.abc import Callable, Sequence
from datetime import datetime

from nicegui.element import Element

from console import parts
from console.desk.lines import File, Line
from console.desk.seat import Seat
from console.navigation import PREFIX
from console.times import SHANGHAI, exact

_KB = 1024


class Bubbles:
    """The lines within `room`; `edit` is called for a line of one's own."""

    def __init__(self, seat: Seat, room: Element, edit: Callable[[Line], None]) -> None:
        self._services = seat.services
        self._words = seat.words
        self._staff = seat.staff
        self._room = room
        self._edit = edit
        self._drawn: dict[str, tuple[Line, Element]] = {}

    def update(self, lines: Sequence[Line], now: datetime) -> None:
        """Draws what is new or changed, in its place, and takes away what is no more."""
        for key in self._drawn.keys() - {line.key for line in lines}:
            self._drawn.pop(key)[1].delete()
        with self._room:
            for place, line in enumerate(lines):
                known = self._drawn.get(line.key)
                if known and known[0] == line:
                    continue
                element = known[1] if known else parts.box("div")
                element.classes(replace=f"said {line.kind}" + (" before" if line.before else ""))
                element.clear()
                with element:
                    self._line(line, now)
                self._drawn[line.key] = (line, element)
                if not known and place < len(self._drawn) - 1:
                    element.move(target_index=place)

    def _line(self, line: Line, now: datetime) -> None:
        if line.kind in ("event", "alarm"):
            self._event(line, now)
            return
        with parts.box("div", "bubble"):
            if author := self._author(line):
                parts.text("span", author, "bubble-author")
            if line.text:
                parts.text("p", line.text, "bubble-text")
            for file in line.files:
                self._file(line, file)
            with parts.box("span", "bubble-meta"):
                if line.edited:
                    parts.text("span", self._words("desk.edited"))
                if line.kind == "staff":
                    parts.text("span", self._words("desk.delivered" if line.delivered else "desk.sending"))
                parts.text("time", f"{line.at.astimezone(SHANGHAI):%H:%M}", title=exact(line.at))
                if line.staff_id == self._staff.id and line.text and line.kind in ("staff", "note"):
                    label = self._words("desk.edit")
                    with parts.box("button", "bubble-edit", type="button", aria_label=label, title=label) as button:
                        parts.icon("edit")
                    button.on("click", lambda: self._edit(line), args=[])

    def _event(self, line: Line, now: datetime) -> None:
        local = line.at.astimezone(SHANGHAI)
        if not line.text:
            today = now.astimezone(SHANGHAI)
            days = (today.date() - local.date()).days
            form = "%Y-%m-%d" if local.year != today.year else "%m-%d"
            day = self._words("common.today") if days == 0 else self._words("common.yesterday") if days == 1 else ""
            parts.text("span", day or local.strftime(form), "day")
            return
        with parts.box("span", "event-words"):
            parts.text("time", f"{local:%H:%M}", title=exact(line.at))
            parts.text("span", line.text)

    def _author(self, line: Line) -> str:
        words = self._words
        match line.kind:
            case "bot":
                return words("desk.bot")
            case "system":
                return words("desk.system")
            case "note":
                return words("desk.note_by", name=line.author or words("common.system"))
            case "staff":
                return words("desk.me") if line.staff_id == self._staff.id else line.author
        return ""

    def _file(self, line: Line, file: File) -> None:
        words = f"{file.name} · {_size(file.size)}" if file.size else file.name
        if self._services.files is None or line.message_id is None:
            with parts.box("span", "file"):
                parts.icon("attach_file")
                parts.text("span", words)
            return
        url = f"{PREFIX}/desk/files/{line.message_id}/{file.place}"
        with parts.box("a", "file picture" if file.is_picture else "file", href=url, target="_blank", title=words):
            if file.is_picture:
                parts.box("img", src=url, alt=words, loading="lazy")
                return
            parts.icon("attach_file")
            parts.text("span", words)


def _size(size: int) -> str:
    return f"{size / _KB / _KB:.1f} MB" if size >= _KB * _KB else f"{max(1, size // _KB)} KB"
