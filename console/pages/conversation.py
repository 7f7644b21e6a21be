"""一个会话: read as a chat, judged, labelled, and on to the next one."""

from typing import Annotated

from fastapi import Path, Request
from nicegui import ui

from console.accounts.staff import Staff
from console.app import Console
from console.review.query import Query
from console.review.reader import Reader

_DIGITS = 19
"""So many digits fit no row's id."""


def register(console: Console) -> None:
    """Registers the page: a conversation goes by the number of any of its turns."""

    @console.page("conversations", "/conversations/{number}")
    async def conversation(staff: Staff, request: Request, number: Annotated[str, Path(max_length=32)]) -> None:
        ui.add_head_html(
            f'<link rel="stylesheet" href="{console.assets}/review.css">'
            f'<script defer src="{console.assets}/review.js"></script>'
        )
        turn_id = int(number) if number.isascii() and number.isdecimal() and len(number) < _DIGITS else 0
        await Reader(console, staff, turn_id, Query.of(request.query_params)).show()
