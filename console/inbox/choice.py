"""What something said is to be learnt as: the proposed labels as buttons, any other by search, and the point."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from console import parts
from console.inbox.picker import Picker
from console.training.editing import Editing
from console.training.names import is_known
from qifu.training.questions import Block

_LONGEST_POINT = 42


class Choice:
    """Draws it and holds what is chosen; `changed` is called after each choice."""

    def __init__(
        self, editing: Editing, proposed: Sequence[Mapping[str, Any]], changed: Callable[[], Awaitable[None]]
    ) -> None:
        self._editing, self._words, self._changed = editing, editing.words, changed
        known = [entry for entry in proposed if is_known(editing.catalogue, str(entry["intent"]))]
        self._proposed = [(self._block(entry), entry.get("share")) for entry in known]
        self.block: Block | None = self._proposed[0][0] if self._proposed else None
        self._drawn = ui.refreshable(self._draw)

    def show(self) -> None:
        """Draws it where it stands."""
        self._drawn()

    async def choose(self, block: Block) -> None:
        """Takes another one."""
        self.block = block
        self._drawn.refresh()
        await self._changed()

    def _block(self, entry: Mapping[str, Any]) -> Block:
        intent, point = str(entry["intent"]), entry.get("point")
        matter = self._editing.catalogue.seeds.matters.get(intent)
        return Block(intent, str(point) if matter and point in matter.points else None)

    def _draw(self) -> None:
        words = self._words
        offered = [block for block, _ in self._proposed]
        with parts.box("div", "labels", role="group", aria_label=words("inbox.label")):
            for place, (block, share) in enumerate(self._proposed, 1):
                self._button(place, block, words("inbox.by_staff") if share is None else f"{share:.0%}")
            if self.block and self.block.intent not in {block.intent for block in offered}:
                self._button(0, self.block, "")
            other = ui.button(words("inbox.other"), icon="search", on_click=self._pick)
            other.props('flat dense size=14px data-key="o"')
        if self.block:
            self._points(self.block)

    def _button(self, place: int, block: Block, share: str) -> None:
        pressed = self.block is not None and self.block.intent == block.intent
        with parts.box(
            "button",
            "label-choice",
            type="button",
            aria_pressed="true" if pressed else "false",
            data_key=str(place),
            title=self._editing.names.full(block.intent),
        ) as button:
            if place:
                parts.text("kbd", str(place))
            parts.text("span", self._editing.names.intent(block.intent), "label-name")
            if share:
                parts.text("span", share, "label-share")
        button.on("click", lambda: self.choose(block), args=[])

    def _pick(self) -> None:
        async def chosen(intent: str) -> None:
            await self.choose(Block(intent))

        Picker(self._editing, chosen).open()

    def _points(self, block: Block) -> None:
        words, names = self._words, self._editing.names
        matter = self._editing.catalogue.seeds.matters.get(block.intent)
        if matter is None:
            return
        options = {"": words("inbox.whole_matter")}
        for point in matter.points:
            text = names.point(point)
            short = text if len(text) <= _LONGEST_POINT else f"{text[:_LONGEST_POINT]}…"
            district = self._editing.services.districts.get(self._district(point), {}).get("zh", "")
            options[point] = words("inbox.point", district=district, text=short)

        async def chosen(point: str) -> None:
            self.block = Block(block.intent, point or None)
            await self._changed()

        field = ui.select(options, label=words("inbox.point_label"), value=block.point or "")
        field.on_value_change(lambda event: chosen(event.value or ""))
        field.classes("label-point").props("dense")

    def _district(self, point: str) -> str:
        seeds = self._editing.catalogue.seeds
        return str(seeds.plan_of(point).district) if point in seeds.points else ""
