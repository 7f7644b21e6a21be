"""Chooses an intent: a matter by any of its words, an act, or what is out of scope."""

from collections.abc import Awaitable, Callable, Iterator

from nicegui import ui

from actions.knowledge.text import normalise
from console import parts
from console.training.editing import Editing
from console.training.names import intents

_MOST = 12


class Picker:
    """A dialog with a search."""

    def __init__(self, editing: Editing, choose: Callable[[str], Awaitable[None]]) -> None:
        self._editing, self._words, self._choose = editing, editing.words, choose

    def open(self, wanted: str = "") -> None:
        """Opens it."""
        words = self._words

        def look(text: str) -> None:
            results.clear()
            with results:
                found = self._found(text)
                if not found:
                    parts.text("p", words("inbox.pick_none"), "lead")
                for intent in found:
                    self._item(intent, dialog)

        with parts.dialog(words("inbox.pick_title"), words("inbox.pick_lead"), "wide picker") as dialog:
            search = ui.input(words("inbox.pick_search"), value=wanted, on_change=lambda event: look(event.value or ""))
            search.props("autofocus debounce=150 clearable type=search")
            results = parts.box("div", "picks")
        look(wanted)

    def _item(self, intent: str, dialog: ui.dialog) -> None:
        names, catalogue = self._editing.names, self._editing.catalogue
        with parts.box("button", "pick", type="button", data_pick=intent) as button:
            with parts.box("span", "pick-head"):
                parts.text("strong", names.full(intent))
            matter = catalogue.seeds.matters.get(intent)
            if matter and matter.points:
                parts.text("span", names.point(matter.points[0]), "pick-text")

        async def take() -> None:
            dialog.close()
            await self._choose(intent)

        button.on("click", take, args=[])

    def _found(self, text: str) -> list[str]:
        wanted = normalise(text).split()
        found = []
        for intent in intents(self._editing.catalogue):
            told = normalise(" ".join(self._told(intent)))
            if all(word in told for word in wanted):
                found.append(intent)
                if len(found) == _MOST:
                    break
        return found

    def _told(self, intent: str) -> Iterator[str]:
        yield self._editing.names.full(intent)
        yield intent
        if matter := self._editing.catalogue.seeds.matters.get(intent):
            yield matter.name_en
            yield from matter.keywords
