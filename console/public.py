"""The public page of service levels: no login, no personal data, nothing but figures of the last 30 days."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.desk.desk import Desk
from bot.desk.figures import DeskFigures
from bot.web.texts import HTML_LANGUAGES, language_of
from console.desk.daily import Day, daily
from console.times import SHANGHAI
from qifu.labels import Language
from seeds.yaml import load_yaml

DAYS = 30
_ROOM = Path(__file__).parent
_BELIEVED = timedelta(minutes=1)
_FEWEST = 5
"""Fewer cases than these make no share: one bad day of three would look like a third of all."""


@dataclass(frozen=True)
class Standing:
    """The figures as they are shown, and since when they are believed."""

    figures: DeskFigures
    days: list[Day]
    at: datetime


class ServiceLevels:
    """Makes the page. The figures are computed at most once a minute, whoever asks."""

    def __init__(self, desk: Desk, assets: str) -> None:
        self._desk = desk
        self._assets = assets
        self._words: dict[str, dict[str, str]] = load_yaml(_ROOM / "public.yml")
        self._known: Standing | None = None
        self._one_at_a_time = asyncio.Lock()
        self._pages = Environment(
            loader=FileSystemLoader(_ROOM / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter(include_in_schema=False)
        router.get("/sla", response_class=HTMLResponse)(self.show)
        return router

    async def show(self, request: Request, lang: str = Query("", max_length=5)) -> HTMLResponse:
        """The page, in the language asked for or the browser's own."""
        language = Language(lang) if lang in set(Language) else language_of(request)
        words = self._words[language.value]
        standing = await self._standing()
        page = self._pages.get_template("sla.html").render(
            words=words,
            assets=self._assets,
            html_language=HTML_LANGUAGES[language],
            other=Language.EN if language is Language.ZH else Language.ZH,
            **self._told(standing, words),
        )
        return HTMLResponse(page, headers={"Cache-Control": "public, max-age=60"})

    async def _standing(self) -> Standing:
        async with self._one_at_a_time:
            now = self._desk.store.clock()
            if self._known is None or not timedelta(0) <= now - self._known.at < _BELIEVED:
                last = now.astimezone(SHANGHAI).date()
                first = last - timedelta(days=DAYS - 1)
                figures = await self._desk.figures.of_days(first, last)
                self._known = Standing(figures, await daily(self._desk, first, last), now)
            return self._known

    def _told(self, standing: Standing, words: dict[str, str]) -> dict[str, Any]:
        handoffs, appeals = standing.figures.handoffs, standing.figures.appeals
        calendar = self._desk.rules.calendar
        enough = handoffs.handoffs >= _FEWEST
        return {
            "first": f"{standing.days[0].day:%Y-%m-%d}",
            "last": f"{standing.days[-1].day:%Y-%m-%d}",
            "at": f"{standing.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            "hours": f"{calendar.opens:%H:%M}–{calendar.closes:%H:%M}",
            "enough": enough,
            "within_minute": _share(handoffs.within_minute) if enough else "—",
            "resolved_share": _share(handoffs.resolved_share) if enough else "—",
            "numbers": [
                (words["handoffs"], str(handoffs.handoffs)),
                (words["response_median"], _span(handoffs.response_median if enough else None)),
                (words["response_p90"], _span(handoffs.response_p90 if enough else None)),
                (words["rating"], _mean(handoffs.rating_mean, handoffs.ratings)),
                (words["appeals"], str(appeals.appeals)),
                (words["resolved"], str(appeals.resolved)),
                (words["on_time"], _share(appeals.on_time) if appeals.resolved + appeals.overdue >= _FEWEST else "—"),
                (words["appeal_rating"], _mean(appeals.rating_mean, appeals.ratings)),
            ],
            "bars": _bars(standing.days),
        }


def _bars(days: list[Day]) -> list[dict[str, Any]]:
    """Each day's share within the minute as a bar of a picture 100 high; a day without cases has none."""
    found = []
    for place, day in enumerate(days):
        share = day.figures.within_minute
        height = 0 if share is None else max(2, round(share * 100))
        said = "—" if share is None else f"{share:.0%}"
        found.append({"x": place * 10, "height": height, "said": f"{day.day:%m-%d} {said}", "met": (share or 0) >= 0.9})
    return found


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "—"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _mean(mean: float | None, count: int) -> str:
    return "—" if mean is None or count < _FEWEST else f"{mean:.1f} / 5"
