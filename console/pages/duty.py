"""In the top bar of those who serve: on duty or not, how many wait, and a sound when somebody new does."""

from datetime import datetime

from nicegui import ui

from bot.desk.desk import Desk
from console import parts
from console.accounts.away import LOOKS_EVERY, Away
from console.accounts.staff import Staff
from console.app import Console
from console.live import follow
from console.names import Names
from console.navigation import PREFIX
from console.times import moment
from qifu.errors import DeskError
from qifu.labels import StaffRole


def register(console: Console) -> None:
    """Registers what stands in the top bar."""
    desk = console.services.desk
    if desk is None:
        return

    console.every("staff_away", LOOKS_EVERY)(Away(desk, console.services.sessions.idle).look)

    @console.top(StaffRole.SERVICE, StaffRole.MANAGER)
    async def top(staff: Staff) -> None:
        ui.add_head_html(f'<script defer src="{console.assets}/desk.js"></script>')
        await _Duty(console, desk, staff).show()


class _Duty:
    """Follows the desk on every page, so that nobody has to sit before the queue."""

    def __init__(self, console: Console, desk: Desk, staff: Staff) -> None:
        self._words = console.words
        self._names = Names(console.services)
        self._desk = desk
        self._staff = staff
        self._shown: tuple[bool, int, int] | None = None
        self._waiting: set[int] = set()
        self._unread: set[tuple[int, str]] = set()
        self._first = True

    async def show(self) -> None:
        """Draws it where it stands."""
        words = self._words
        with parts.box("div", "duty"):
            with parts.box("a", "duty-queue", href=f"{PREFIX}/desk") as self._link:
                parts.icon("support_agent")
                self._count = parts.text("span", "", "count")
            with parts.box("button", "duty-switch", type="button", role="switch") as self._switch:
                parts.box("span", "duty-dot", aria_hidden="true")
                self._label = parts.text("span", "", "duty-words")
            self._switch.props["title"] = words("duty.hint")
            self._switch.on("click", self._turn, args=[])
        await self._look()
        follow(self._desk, self._look)
        if away := await self._desk.roster.told_idle(self._staff.id):
            self._say_away(away)

    def _say_away(self, since: datetime) -> None:
        """Tells once who was taken off duty while they were away; they may be back with one press."""
        words, off = self._words, self._shown is not None and not self._shown[0]
        at = moment(since, self._desk.store.clock(), words)
        with parts.dialog(words("duty.away_title"), words("duty.away_lead", at=at)) as dialog:

            async def back() -> None:
                dialog.close()
                await self._turn()

            with parts.box("div", "dialog-actions"):
                ui.button(words("duty.away_seen"), on_click=dialog.close).props("flat" if off else "")
                if off:
                    ui.button(words("duty.away_back"), on_click=back)

    async def _look(self) -> None:
        words = self._words
        waiting, mine = await self._desk.handoffs.waiting(), await self._desk.handoffs.claimed(self._staff.id)
        on = any(person.id == self._staff.id for person in await self._desk.roster.on_duty())
        unread = {(row.id, row.unanswered_since.isoformat()) for row in mine if row.unanswered_since}
        shown = (on, len(waiting), len(unread))
        if shown != self._shown:
            self._shown = shown
            self._switch.props["aria-checked"] = "true" if on else "false"
            self._label.text = words("duty.on" if on else "duty.off")
            self._count.text = str(len(waiting)) if waiting else ""
            self._link.props["aria-label"] = self._link.props["title"] = words("duty.waiting", n=len(waiting))
            self._switch.update()
            self._link.update()
            self._tell("count", len(waiting) + len(unread))
        # Who is off duty isn't called; an offer to somebody else is theirs first.
        called = {row.id for row in waiting if on and row.offered_to in (None, self._staff.id)}
        if not self._first and called - self._waiting:
            self._tell("ring", "waiting")
        elif not self._first and unread - self._unread:
            self._tell("ring", "message")
        self._waiting, self._unread, self._first = called, unread, False

    @staticmethod
    def _tell(what: str, value: object) -> None:
        # The script may come after the first look; what it is told before waits for it.
        ui.run_javascript(
            f"(window.qifuDesk ??= {{told: []}}).told.push([{what!r}, {value!r}]); window.qifuDesk.hear?.()"
        )

    async def _turn(self) -> None:
        on = not (self._shown and self._shown[0])
        try:
            await (self._desk.roster.come if on else self._desk.roster.leave)(self._staff.id)
        except DeskError as error:
            parts.failed(self._names.refusal(error))
            return
        await self._look()
        mine = await self._desk.handoffs.claimed(self._staff.id)
        if not on and mine:
            parts.done(self._words("duty.left_with", n=len(mine)))
        else:
            parts.done(self._words("duty.came" if on else "duty.left"))
