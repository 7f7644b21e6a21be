"""The table of intents as one piece of HTML, which a browser draws at once; what somebody wrote is escaped."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from nicegui import ui

from console.training.rows import Row
from console.wording import Words

_FOLDER = Path(__file__).parent / "templates"
_COLUMNS = ("name", "questions", "held_out", "score", "trend", "confused")


@cache
def _template() -> Template:
    loader = FileSystemLoader(_FOLDER)
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("table.html")


def table_html(rows: Sequence[Row], words: Words, *, grouped: bool) -> str:
    """The table; `grouped`: all rows are of one topic, which needn't be told in each."""
    first = "topic" if rows and rows[0].matters is not None else "matter"
    return _template().render(rows=rows, words=words, columns=(first, *_COLUMNS[1:]), grouped=grouped)


def show_table(rows: Sequence[Row], words: Words, *, grouped: bool) -> None:
    """Draws it where it stands."""
    ui.html(table_html(rows, words, grouped=grouped), sanitize=False).classes("whole")
