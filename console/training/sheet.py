"""What every page of trainers begins with: its look, and the data read."""

from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.training.editing import Editing
from qifu.errors import SeedError
from qifu.training.workspace import Workspace

_MOST = 20


async def opened(console: Console, workspace: Workspace, staff: Staff) -> Editing | None:
    """The data for a page; where a file is broken, that is told instead."""
    ui.add_head_html(
        f'<link rel="stylesheet" href="{console.assets}/review.css">'
        f'<link rel="stylesheet" href="{console.assets}/training.css">'
        f'<script defer src="{console.assets}/review.js"></script>'
        f'<script defer src="{console.assets}/training.js"></script>'
    )
    try:
        return await Editing.begin(console.services, workspace, staff)
    except SeedError as error:
        words = console.words
        parts.heading(words("training.title"))
        card = parts.card(words("training.broken"), words("training.broken_lead"), "bad-card")
        with card, parts.box("ul", "plain-list"):
            for finding in error.findings[:_MOST]:
                parts.text("li", finding)
        return None


def only_trainers(editing: Editing) -> bool:
    """Says on a page for edits that others can't make them; whether it did."""
    if editing.may:
        return False
    parts.empty(editing.words("training.trainers_only"), symbol="lock")
    return True
