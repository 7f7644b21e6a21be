"""Building blocks of pages: plain HTML elements with classes of console.css, so that all pages look and work alike."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from console.wording import Words

type Tone = Literal["calm", "good", "warn", "bad", "quiet"]
type Action = Callable[[], Awaitable[None] | None]


def box(tag: str, classes: str = "", **attributes: object) -> Element:
    """An HTML element to fill; an underscore in an attribute's name stands for a hyphen."""
    return _dressed(Element(tag), classes, attributes)


def text(tag: str, words: str, classes: str = "", **attributes: object) -> TextElement:
    """An HTML element with text in it; mark-up in the text stays text."""
    return _dressed(TextElement(tag=tag, text=words), classes, attributes)


def icon(name: str, classes: str = "") -> Element:
    """A Material icon that says nothing to a screen reader."""
    return ui.icon(name).classes(f"icon {classes}").props("aria-hidden=true")


def link(words: str, url: str, classes: str = "link", **attributes: object) -> Element:
    """A link within the console; `url` begins with its prefix."""
    return text("a", words, classes, href=url, **attributes)


def heading(title: str, lead: str = "") -> Element:
    """The head of a page, to put its buttons into."""
    with box("header", "page-head"):
        with box("div", "page-title"):
            text("h1", title)
            if lead:
                text("p", lead, "lead")
        return box("div", "page-actions")


@contextmanager
def card(title: str = "", lead: str = "", classes: str = "") -> Iterator[Element]:
    """A white sheet with a heading."""
    with box("section", f"card {classes}") as sheet:
        if title:
            text("h2", title)
        if lead:
            text("p", lead, "lead")
        yield sheet


def badge(words: str, tone: Tone = "quiet") -> Element:
    """A state in a word or two."""
    return text("span", words, f"badge {tone}")


def empty(words: str, detail: str = "", symbol: str = "inbox") -> None:
    """What stands where there is nothing."""
    with box("div", "empty"):
        icon(symbol)
        text("p", words, "empty-words")
        if detail:
            text("p", detail, "lead")


@contextmanager
def table(columns: Sequence[str], label: str, ends: Sequence[str] = ()) -> Iterator[Callable[[], Element]]:
    """A table; the function it gives begins a row. On a phone each row becomes a card that names its columns.

    Cells are made with `cell(column)` in the order of the columns; those of `ends` stand at the right.
    """
    with box("div", "table-frame"), box("table", "table", aria_label=label):
        with box("thead"), box("tr"):
            for column in columns:
                text("th", column, "" if column not in ends else "end", scope="col")
        with box("tbody"):
            yield lambda: box("tr")


def cell(column: str, words: str | None = None, classes: str = "") -> Element:
    """A cell of a table's row: with text, or to be filled."""
    if words is None:
        return box("td", classes, data_label=column)
    return text("td", words, classes, data_label=column)


@contextmanager
def dialog(title: str, lead: str = "", classes: str = "") -> Iterator[ui.dialog]:
    """A dialog that opens when the block ends and is gone once it is closed.

    It hangs on the page itself: what it was opened from may be drawn anew meanwhile.
    """
    with ui.context.client.content, ui.dialog() as opened, box("div", f"dialog {classes}", role="document"):
        text("h2", title)
        if lead:
            text("p", lead, "lead")
        yield opened
    opened.on("hide", opened.delete, args=[])
    opened.open()


async def ask(words: Words, title: str, lead: str, yes: str, *, bad: bool = False) -> bool:
    """Asks before something is done; False when it is not to be done."""
    with ui.dialog() as dialog, box("div", "dialog", role="document"):
        text("h2", title)
        text("p", lead, "lead")
        with box("div", "dialog-actions"):
            ui.button(words("common.cancel"), on_click=lambda: dialog.submit(False)).props("flat")
            ui.button(yes, on_click=lambda: dialog.submit(True)).props(f"color={'negative' if bad else 'primary'}")
    answer = bool(await dialog)
    dialog.delete()
    return answer


def done(words: str) -> None:
    """Says for a moment that something was done."""
    ui.notify(words, type="positive", position="bottom", timeout=2500)


def failed(words: str) -> None:
    """Says that something was not done, and why."""
    ui.notify(words, type="negative", position="bottom", timeout=5000)


def _dressed[E: Element](element: E, classes: str, attributes: dict[str, Any]) -> E:
    if classes:
        element.classes(classes)
    for name, value in attributes.items():
        element.props[name.replace("_", "-")] = value
    return element
