"""Pieces of pages from templates: long lists as one piece of HTML each, which a browser draws at once.

Whatever somebody wrote is escaped by the template; mark-up comes from the template alone.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nicegui import ui

_FOLDER = Path(__file__).parent / "templates"


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(name: str, **values: Any) -> str:
    """A template's HTML."""
    return _templates().get_template(name).render(**values)


def piece(html: str, classes: str = "") -> ui.html:
    """HTML of a template as an element of the page."""
    element = ui.html(html, sanitize=False)
    return element.classes(classes) if classes else element
