"""数据, 会话与机器人: how much was asked, how it ended and where the bot fails; each figure opens its conversations."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Annotated

from fastapi import Query as Param
from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.review.counted import count
from console.review.names import ReviewNames
from console.review.period import TALKS
from console.review.pictures import Pictures
from console.times import SHANGHAI, day_of

_LONGEST = 366
_DAY = Annotated[str, Param(max_length=10)]


def register(console: Console) -> None:
    """Registers the page."""
    services = console.services

    @console.page("figures", TALKS if services.desk else None)
    async def figures(staff: Staff, since: _DAY = "", until: _DAY = "") -> None:
        ui.add_head_html(
            f'<link rel="stylesheet" href="{console.assets}/review.css">'
            f'<script defer src="{console.assets}/review.js"></script>'
        )
        today = services.clock().astimezone(SHANGHAI).date()
        last = min(_day(until) or today, today)
        first = min(_day(since) or last - timedelta(days=29), last)
        first = max(first, last - timedelta(days=_LONGEST - 1))
        counted = await count(services, day_of(first)[0], day_of(last)[1])
        parts.heading(console.words("talks.title"), console.words("talks.lead"))
        # Who may not open conversations is not led there.
        leads = staff.role in console.places["conversations"].roles
        Pictures(console, ReviewNames(services), counted, (first, last), leads).show(
            today, with_desk=services.desk is not None
        )


def _day(written: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(written)
    return None
