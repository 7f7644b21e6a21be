"""The console as one part of the main app: its pages, the gate before them, the forms before a session.

NiceGUI keeps one app a process; so a process has one console, and building another replaces the first.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from nicegui import Client, core, ui
from starlette.types import ASGIApp

from bot.web.pages import Assets, assets_path
from console import nicegui_app
from console.accounts.staff import Staff
from console.forms import Forms
from console.frame import Frame, problem_page
from console.gate import STAFF, Gate
from console.navigation import PREFIX, Place, read_navigation
from console.services import ConsoleServices
from console.socket import SESSION
from qifu.labels import StaffRole
from qifu.repeating import repeating

log = structlog.get_logger(__name__)

STATIC = nicegui_app.ROOM / "static"
_RESPONSE_TIMEOUT = 20.0

type Build = Callable[..., Awaitable[Any]]
type Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """Something on the home page that waits for a person. `tone` is how much it presses."""

    title: str
    detail: str
    url: str
    icon: str
    tone: Literal["calm", "warn", "bad"] = "calm"


type Tasks = Callable[[Staff], Awaitable[Sequence[Task]]]


class Console:
    """Pages register here; `mount` puts them below PREFIX of an app, `running` keeps them alive."""

    def __init__(self, services: ConsoleServices) -> None:
        self.services = services
        self.words = services.words
        self.places = read_navigation()
        self.registered: dict[str, list[str]] = {}
        """Ids of the places that have pages, with the paths of these."""
        self.endpoints: dict[str, frozenset[StaffRole]] = {}
        """Paths of what is no page, with who may ask for it."""
        self.assets = PREFIX + assets_path(STATIC)
        self.forms = Forms(services, self.assets)
        self._tasks: list[tuple[frozenset[StaffRole], Tasks]] = []
        self._tops: list[tuple[frozenset[StaffRole], Build]] = []
        self._works: list[tuple[str, float, Work]] = []
        self._routers: list[APIRouter] = []
        self._frame = Frame(self.services, self.assets, self.forms.token_for, self.open_to, self._top)
        self._host = nicegui_app.fresh(STATIC / "icon.svg", services.words("name"), self._problem)

    def page(self, place: str, path: str | None = None, title: str | None = None) -> Callable[[Build], Build]:
        """Makes a function a page of a place of navigation.yml, for the roles it names.

        `path` is for further pages of the place, such as /conversations/{number}. The function gets the logged-in
        `staff` by name, `request` if it names it, and path and query parameters as FastAPI knows them; elements it
        makes stand below the page's heading. Only sessions get here; using the page renews the session.
        """
        here = self.places[place]
        own = path or here.path

        def register(build: Build) -> Build:
            self.registered.setdefault(place, []).append(own)
            heading = title or self.words(f"nav.{place}")

            async def shown(request: Request, **values: Any) -> Response | None:
                staff: Staff = request.scope[STAFF]
                if staff.role not in here.roles:
                    return self._problem(403)
                client = ui.context.client
                client.storage[SESSION] = staff.session_id
                if "request" in inspect.signature(build).parameters:
                    values["request"] = request
                try:
                    async with self._frame.around(staff, here, heading, request):
                        await build(staff=staff, **values)
                except Exception:
                    log.exception("console_page_failed", place=place)
                    return self._problem(500)
                return None

            _take_parameters(shown, build)
            named = f"{heading} · {self.words('name')}"
            ui.page(own, title=named, response_timeout=_RESPONSE_TIMEOUT)(shown)
            return build

        return register

    def endpoint(self, path: str, *roles: StaffRole, methods: Sequence[str] = ("GET",)) -> Callable[[Build], Build]:
        """Makes a function answer `path` below PREFIX for logged-in staff of these roles (none: all), e.g. a download.

        It gets `staff` like a page and returns a Response.
        """
        allowed = frozenset(roles or StaffRole)

        def register(build: Build) -> Build:
            self.endpoints[path] = allowed

            async def answered(request: Request, **values: Any) -> Any:
                staff: Staff = request.scope[STAFF]
                if staff.role not in allowed:
                    return self._problem(403)
                if "request" in inspect.signature(build).parameters:
                    values["request"] = request
                return await build(staff=staff, **values)

            _take_parameters(answered, build)
            core.app.remove_route(path)
            core.app.add_api_route(path, answered, methods=list(methods), include_in_schema=False, response_model=None)
            return build

        return register

    def tasks(self, *roles: StaffRole) -> Callable[[Tasks], Tasks]:
        """Makes a function tell what waits for a person of these roles (none: all) on the home page."""

        def register(tell: Tasks) -> Tasks:
            self._tasks.append((frozenset(roles or StaffRole), tell))
            return tell

        return register

    def top(self, *roles: StaffRole) -> Callable[[Build], Build]:
        """Makes a function draw something into the top bar of every page of these roles (none: all); gets `staff`."""

        def register(build: Build) -> Build:
            self._tops.append((frozenset(roles or StaffRole), build))
            return build

        return register

    def every(self, name: str, seconds: float) -> Callable[[Work], Work]:
        """Makes a function run every so many seconds while the console does; what goes wrong is logged."""

        def register(work: Work) -> Work:
            self._works.append((name, seconds, work))
            return work

        return register

    def public(self, router: APIRouter) -> None:
        """Adds routes outside of PREFIX that need no session."""
        self._routers.append(router)

    async def _top(self, staff: Staff) -> None:
        for roles, build in self._tops:
            if staff.role in roles:
                await build(staff=staff)

    async def tasks_of(self, staff: Staff) -> list[Task]:
        """What waits for a person, the most pressing first."""
        found = [task for roles, tell in self._tasks if staff.role in roles for task in await tell(staff)]
        return sorted(found, key=lambda task: ("bad", "warn", "calm").index(task.tone))

    def open_to(self, staff: Staff) -> list[Place]:
        """The places a person may open and that have pages, in the order of the navigation."""
        return [place for place in self.places.values() if place.id in self.registered and staff.role in place.roles]

    def mount(self, app: FastAPI) -> None:
        """Puts the console below PREFIX of the main app."""
        app.include_router(self.forms.router())
        for router in self._routers:
            app.include_router(router, include_in_schema=False)
        app.mount(self.assets, Assets(directory=STATIC), name="console-static")
        public = self.services.settings.public_url
        gate: ASGIApp = Gate(self._host, self.services.sessions, urlsplit(public).netloc if public else None)
        app.mount(PREFIX, GZipMiddleware(gate, minimum_size=1000), name="console")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """NiceGUI's own work while the block runs; open pages are let go after it."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._host.router.lifespan_context(self._host))
            for name, seconds, work in self._works:
                await stack.enter_async_context(repeating(name, seconds, work))
            try:
                yield
            finally:
                for client in list(Client.instances.values()):
                    client.delete()

    def _problem(self, status: int) -> Response:
        return problem_page(self.words, self.assets, status)


def _take_parameters(outer: Callable[..., Any], build: Build) -> None:
    """Lets FastAPI see the parameters of the inner function, with the request and without `staff`."""
    inner = [p for p in inspect.signature(build).parameters.values() if p.name not in ("staff", "request")]
    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    by_name = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in inner]
    outer.__signature__ = inspect.Signature([request, *by_name])  # type: ignore[attr-defined]
    outer.__name__ = getattr(build, "__name__", "page")
