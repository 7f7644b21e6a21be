"""What stands around every page: navigation, who is logged in, the emergency notice; and pages of problems."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import groupby

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.navigation import PREFIX, Place
from console.nicegui_app import ROOM
from console.services import ConsoleServices
from console.wording import Words

_LOOK_EVERY = 15.0
_FORM = "qifu_form"
_OWN = "own"


class Frame:
    """Draws the frame. `token_for` makes the token of the log-out form, `open_to` tells the places of a person.

    `top` draws what pages add to the top bar.
    """

    def __init__(
        self,
        services: ConsoleServices,
        assets: str,
        token_for: Callable[[str], str],
        open_to: Callable[[Staff], Sequence[Place]],
        top: Callable[[Staff], Awaitable[None]],
    ) -> None:
        self._services = services
        self._words = services.words
        self._assets = assets
        self._token_for = token_for
        self._open_to = open_to
        self._more = top

    @asynccontextmanager
    async def around(self, staff: Staff, here: Place, heading: str, request: Request) -> AsyncIterator[None]:
        """The frame of a page; what is made in the block stands in the page's main part."""
        ui.add_head_html(
            f'<link rel="stylesheet" href="{self._assets}/console.css">'
            f'<script defer src="{self._assets}/console.js"></script>'
        )
        with parts.box("div", "frame"):
            parts.text("a", self._words("frame.skip"), "skip", href="#main")
            self._side(staff, here)
            with parts.box("div", "stage"):
                await self._top(staff, heading, request)
                await self._notice()
                with parts.box("main", "main", id="main", tabindex="-1"):
                    yield

    def _side(self, staff: Staff, here: Place) -> None:
        words = self._words
        with parts.box("div", "side", id="side"):
            with parts.box("a", "brand", href=f"{PREFIX}/"):
                parts.box("img", src=f"{self._assets}/icon.svg", alt="", width=32, height=32)
                with parts.box("span", "brand-words"):
                    parts.text("strong", words("brand"))
                    parts.text("span", words("brand_line"))
            with parts.box("nav", "nav", aria_label=words("nav.label")):
                places = [place for place in self._open_to(staff) if place.group != _OWN]
                for group, members in groupby(places, key=lambda place: place.group):
                    if group:
                        parts.text("h2", words(f"nav_group.{group}"), "nav-group")
                    with parts.box("ul"):
                        for place in members:
                            self._entry(place, here)
        parts.box("div", "veil", data_nav="close")

    def _entry(self, place: Place, here: Place) -> None:
        current = {"aria_current": "page"} if place.id == here.id else {}
        with parts.box("li"), parts.box("a", "nav-link", href=place.url, **current):
            parts.icon(place.icon)
            parts.text("span", self._words(f"nav.{place.id}"))

    async def _top(self, staff: Staff, heading: str, request: Request) -> None:
        words = self._words
        with parts.box("header", "top"):
            opener = {"aria_label": words("nav.open"), "aria_expanded": "false", "aria_controls": "side"}
            with parts.box("button", "icon-button opener", type="button", data_nav="open", **opener):
                parts.icon("menu")
            parts.text("span", heading, "top-heading", aria_hidden="true")
            await self._more(staff)
            role = words(f"role.{staff.role}")
            label = words("frame.account", name=staff.name, role=role)
            with parts.box("a", "me", href=f"{PREFIX}/mine", aria_label=label):
                parts.text("span", staff.name[:1], "me-mark", aria_hidden="true")
                with parts.box("span", "me-words"):
                    parts.text("strong", staff.name)
                    parts.text("span", role)
            with parts.box("form", method="post", action=f"{PREFIX}/logout"):
                token = self._token_for(request.cookies.get(_FORM, ""))
                parts.box("input", type="hidden", name="token", value=token)
                out = words("frame.log_out")
                with parts.box("button", "icon-button", type="submit", aria_label=out, title=out):
                    parts.icon("logout")

    async def _notice(self) -> None:
        """Staff see what users see: a notice, or that the bot is off; it appears and goes while the page is open."""
        bar = parts.box("div", "bars", role="status")
        shown: tuple[bool, str] | None = None

        async def look() -> None:
            nonlocal shown
            now = await self._services.switches.current()
            if shown == (now.bot_on, now.notice_zh):
                return
            shown = (now.bot_on, now.notice_zh)
            bar.clear()
            with bar:
                if not now.bot_on:
                    self._bar("bad", "power_settings_new", self._words("frame.bot_off"))
                if now.notice_zh:
                    self._bar("warn", "campaign", self._words("frame.notice", text=now.notice_zh))

        await look()
        ui.timer(_LOOK_EVERY, look, immediate=False)

    def _bar(self, tone: str, symbol: str, words: str) -> None:
        with parts.box("p", f"bar {tone}"):
            parts.icon(symbol)
            parts.text("span", words)


def problem_page(words: Words, assets: str, status: int) -> Response:
    """A plain page for what can't be shown: 403, 404 or 500."""
    kind = {403: "refused", 404: "not_found"}.get(status, "broken")
    pages = Environment(loader=FileSystemLoader(ROOM / "templates"), autoescape=True, undefined=StrictUndefined)
    page = pages.get_template("problem.html").render(words=words, assets=assets, prefix=PREFIX, kind=kind)
    return HTMLResponse(page, status)
