"""帮办台: the queue, my chats, and one of them open beside them."""

import asyncio
from typing import Annotated

from fastapi import Path, Query, Request, Response
from nicegui import ui

from bot.desk.desk import Desk
from bot.desk.tray import Tray
from console import parts
from console.accounts.staff import Staff
from console.app import Console, Task
from console.desk.chat import Chat
from console.desk.composer import Drafts
from console.desk.files import file_of_message
from console.desk.queue import Queue
from console.desk.said import attempt
from console.desk.seat import Seat
from console.desk.uploads import take_file
from console.live import follow
from console.names import Names
from console.navigation import PREFIX
from console.services import ConsoleServices
from qifu.errors import DeskError
from qifu.labels import StaffRole
from store.repositories import HandoffRepository

_SERVING = (StaffRole.SERVICE, StaffRole.MANAGER)
_NO_ID = 2**63
"""Ids are smaller: databases count no further."""


def register(console: Console) -> None:
    """Registers the pages, the files of messages, and what they have to say on the home page."""
    services = console.services
    desk = services.desk
    if desk is None:
        return

    @console.tasks(*_SERVING)
    async def tasks(staff: Staff) -> list[Task]:
        return await _tasks(services, desk, staff)

    tray = Tray(desk, services.files) if services.files else None

    @console.page("desk")
    async def queue(staff: Staff) -> None:
        await _Room(console, desk, staff, tray).show(None)

    @console.page("desk", "/desk/{number}")
    async def chat(staff: Staff, number: Annotated[str, Path(max_length=32)]) -> None:
        await _Room(console, desk, staff, tray).show(number)

    @console.endpoint("/desk/files/{message}/{place}", *_SERVING)
    async def file(staff: Staff, message: int, place: int) -> Response:
        return await file_of_message(services, staff, message, place)

    if tray is None:
        return

    @console.endpoint("/desk/uploads/{handoff}", *_SERVING, methods=("POST",))
    async def upload(
        staff: Staff,
        request: Request,
        handoff: int,
        key: Annotated[str, Query(pattern=r"^[0-9a-f]{8,64}$")],
        name: Annotated[str, Query(max_length=300)] = "",
    ) -> Response:
        return await take_file(services, tray, staff, request, handoff, key, name)


async def _tasks(services: ConsoleServices, desk: Desk, staff: Staff) -> list[Task]:
    words, rules, now = services.words, desk.rules, desk.store.clock()
    waiting, mine = await desk.handoffs.waiting(), await desk.handoffs.claimed(staff.id)
    url, found = f"{PREFIX}/desk", []
    if waiting:
        longest = max(rules.calendar.service_seconds(row.requested_at, now) for row in waiting)
        title = words("home.waiting", n=len(waiting))
        detail = words("home.waiting_detail", n=int(longest // 60))
        found.append(Task(title, detail, url, "support_agent", "bad" if longest > rules.escalate else "warn"))
    for row in mine:
        if row.unanswered_since:
            about = Names(services).about(row.topic, row.matter) or words("desk.no_topic")
            title = words("home.unanswered", number=row.number)
            found.append(Task(title, about, f"{url}/{row.number}", "mark_chat_unread", "warn"))
    return found


class _Room:
    """The list and the open chat; choosing another one doesn't load the page anew."""

    def __init__(self, console: Console, desk: Desk, staff: Staff, tray: Tray | None) -> None:
        self._console = console
        self._seat = Seat(console.services, desk, staff)
        self._words = console.words
        self._desk = desk
        self._drafts = Drafts(tray)
        self._chat: Chat | None = None
        self._wanted: int | None = None
        # Quick keys ask for one chat after the other while the first is still being drawn.
        self._one_at_a_time = asyncio.Lock()
        self._queue = Queue(self._seat)

    async def show(self, number: str | None) -> None:
        """The page, with the chat of that number open where there is one."""
        handoff_id = await self._id_of(number) if number else None
        ui.add_head_html(f'<script defer src="{self._console.assets}/attach.js"></script>')
        with parts.box("div", "desk") as self._room:
            with parts.box("aside", "desk-list", aria_label=self._words("desk.list")):
                parts.text("h1", self._words("desk.title"), "unseen")
                await self._queue.show()
                parts.text("p", self._words("desk.hint"), "desk-hint")
            self._pane = parts.box("section", "desk-chat", aria_label=self._words("desk.chat"))
        await self._open(handoff_id, unknown=number is not None and handoff_id is None)
        ui.on("desk_goto", lambda event: self._go_to(str(event.args)))
        ui.on("desk_claim", lambda event: self._claim_pressed(event.args))
        follow(self._desk, self._look)

    async def _id_of(self, number: str) -> int | None:
        async with self._seat.services.database.session() as session:
            row = await HandoffRepository(session, self._seat.services.clock).by_number(number)
        return row.id if row else None

    async def _look(self) -> None:
        await self._queue.look()
        async with self._one_at_a_time:
            if self._chat:
                await self._chat.look()

    async def _go_to(self, path: str) -> None:
        """The browser went back or forward."""
        number = path.removeprefix(f"{PREFIX}/desk").strip("/")
        await self._open(await self._id_of(number) if number else None)

    async def _choose(self, handoff_id: int) -> None:
        if self._wanted == handoff_id:
            return
        row = await self._desk.handoffs.get(handoff_id)
        ui.navigate.history.push(f"{PREFIX}/desk/{row.number}")
        await self._open(handoff_id)

    async def _claim_pressed(self, pressed: object) -> None:
        """The browser names a chat by its id; whatever else comes isn't one."""
        if isinstance(pressed, int) and 0 < pressed < _NO_ID:
            await self._claim(pressed)

    async def _claim(self, handoff_id: int) -> None:
        try:
            claim = await self._desk.handoffs.claim(handoff_id, self._seat.staff.id)
        except DeskError as error:
            parts.failed(self._seat.names.refusal(error))
            return
        if not claim.won:
            people = await self._seat.names.people()
            owner = people.get(claim.handoff.owner_id or 0, "")
            parts.failed(self._words("desk.lost" if owner else "desk.gone", name=owner))
        await self._choose(handoff_id)
        await self._look()

    async def _open(self, handoff_id: int | None, unknown: bool = False) -> None:
        self._wanted = handoff_id
        async with self._one_at_a_time:
            if self._wanted == handoff_id:
                await self._draw(handoff_id, unknown)
        await self._queue.look()

    async def _draw(self, handoff_id: int | None, unknown: bool) -> None:
        self._pane.clear()
        self._chat, self._queue.chosen = None, handoff_id
        self._room.props["data-open"] = "chat" if handoff_id or unknown else "list"
        with self._pane:
            if handoff_id is None:
                words = self._words
                title, lead = ("desk.unknown", "") if unknown else ("desk.none_open", "desk.none_open_detail")
                parts.empty(words(title), words(lead) if lead else "", "search_off" if unknown else "forum")
            else:
                chat = Chat(self._seat, handoff_id, self._drafts)
                if await attempt(self._seat.names, chat.show):
                    self._chat = chat
