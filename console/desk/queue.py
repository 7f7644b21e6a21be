"""The list at the left of the desk: who waits, my chats, my colleagues' and those that ended today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from nicegui import ui
from nicegui.element import Element

from console import parts
from console.desk.clock import clock
from console.desk.seat import Seat
from console.navigation import PREFIX
from console.times import SHANGHAI
from qifu.labels import HandoffState, Language
from store.masking import mask
from store.models import DeskMessageRow, HandoffRow
from store.repositories import DeskViewRepository, HandoffFilter, HandoffRepository

_MOST_ENDED = 10
_PREVIEW = 60


@dataclass(frozen=True)
class _Lists:
    waiting: Sequence[HandoffRow]
    mine: Sequence[HandoffRow]
    others: Sequence[HandoffRow]
    ended: Sequence[HandoffRow]
    last: dict[int, DeskMessageRow]
    people: dict[int, str]

    def stamp(self, chosen: int | None, is_open: bool) -> object:
        """What the list looks like; while it stays the same, nothing is drawn anew."""
        rows = [*self.waiting, *self.mine, *self.others, *self.ended]
        return (
            chosen,
            is_open,
            [
                (row.id, row.state, row.owner_id, row.offered_to, row.offered_all_at, row.unanswered_since, row.rating)
                + ((self.last[row.id].id, self.last[row.id].edited_at) if row.id in self.last else ())
                for row in rows
            ],
        )


class Queue:
    """The page opens a chat (desk_goto in desk.js) and takes one (desk_claim)."""

    def __init__(self, seat: Seat) -> None:
        self._services = seat.services
        self._desk = seat.desk
        self._seat = seat
        self._staff = seat.staff
        self._words = seat.words
        self._names = seat.names
        self._stamp: object = None
        self._body: Element | None = None
        self.chosen: int | None = None

    async def show(self) -> None:
        """Draws the list where it stands."""
        self._body = parts.box("div", "queue", data_queue="")
        await self.look()

    async def look(self) -> None:
        """Draws it anew where something changed."""
        lists, now = await self._lists(), self._seat.now
        stamp = lists.stamp(self.chosen, self._desk.rules.calendar.is_open(now))
        if self._body is None or stamp == self._stamp:
            return
        self._stamp = stamp
        self._body.clear()
        with self._body:
            self._group("waiting", lists.waiting, lists, now)
            self._group("mine", lists.mine, lists, now)
            if lists.others:
                self._group("others", lists.others, lists, now)
            if lists.ended:
                self._group("ended", lists.ended, lists, now)

    async def _lists(self) -> _Lists:
        now = self._seat.now
        today = datetime.combine(now.astimezone(SHANGHAI).date(), time(0), SHANGHAI)
        async with self._services.database.session() as session:
            handoffs = HandoffRepository(session, self._services.clock)
            waiting, claimed = await handoffs.waiting(), await handoffs.claimed()
            own = HandoffFilter(owner_id=self._staff.id).conditions()
            ended = await handoffs.page(*own, HandoffRow.closed_at >= today, limit=_MOST_ENDED)
            mine = [row for row in claimed if row.owner_id == self._staff.id]
            others = [row for row in claimed if row.owner_id != self._staff.id] if self._seat.manages else []
            ids = [row.id for row in (*mine, *others, *ended)]
            last = await DeskViewRepository(session).last_messages(ids) if ids else {}
        return _Lists(waiting, mine, others, ended, last, await self._names.people())

    def _group(self, key: str, rows: Sequence[HandoffRow], lists: _Lists, now: datetime) -> None:
        words = self._words
        with parts.box("section", f"queue-group {key}"):
            with parts.box("h2"):
                parts.text("span", words(f"desk.{key}"))
                parts.text("span", str(len(rows)), "count" + (" hot" if key == "waiting" and rows else ""))
            if not rows:
                parts.text("p", words(f"desk.{key}_none"), "queue-none")
                return
            with parts.box("ul"):
                for row in rows:
                    self._item(row, lists, now)

    def _item(self, row: HandoffRow, lists: _Lists, now: datetime) -> None:
        waits = row.state == HandoffState.WAITING
        hot = " unread" if row.unanswered_since and row.owner_id == self._staff.id else ""
        with parts.box("li", f"queue-item{hot}" + (" chosen" if row.id == self.chosen else "")):
            current = {"aria_current": "true"} if row.id == self.chosen else {}
            with parts.box("a", "queue-link", href=f"{PREFIX}/desk/{row.number}", data_item=row.id, **current):
                with parts.box("span", "queue-top"):
                    about = self._names.about(row.topic, row.matter) or self._words("desk.no_topic")
                    parts.text("strong", about)
                    self._clock(row, now)
                parts.text("span", self._preview(row, lists), "queue-said")
                with parts.box("span", "queue-tags"):
                    for tag, tone in self._tags(row, lists):
                        parts.text("span", tag, f"tag {tone}")
            if waits:
                button = ui.button(self._words("desk.claim"))
                button.props["data-claim"] = str(row.id)
                button.classes("queue-claim").props("dense size=13px")
                button.props["aria-label"] = self._words("desk.claim_label", number=row.number)

    def _clock(self, row: HandoffRow, now: datetime) -> None:
        if row.state == HandoffState.WAITING:
            clock(self._desk.rules, row.requested_at, now)
        elif row.is_open and row.unanswered_since:
            clock(self._desk.rules, row.unanswered_since, now)
        elif row.rating:
            parts.text("span", self._words("desk.stars", n=row.rating), "stars" + (" low" if row.rating < 3 else ""))

    def _preview(self, row: HandoffRow, lists: _Lists) -> str:
        """The last words, masked: whoever stands behind the chair sees the list as well."""
        message = lists.last.get(row.id)
        said = message.text if message else row.question
        if message and not said and message.attachments:
            said = self._words("desk.file")
        said = mask(" ".join(said.split()))
        said = said if len(said) <= _PREVIEW else said[:_PREVIEW] + "…"
        return said or self._words("desk.silent")

    def _tags(self, row: HandoffRow, lists: _Lists) -> list[tuple[str, str]]:
        words, people = self._words, lists.people
        tags = [(self._names.district(row.district), ""), (words(f"channel.{row.channel}"), "")]
        if row.language is not Language.ZH:
            tags.append((words(f"language.{row.language}"), "mark"))
        if row.state == HandoffState.WAITING:
            if row.escalated_at:
                tags.append((words("desk.escalated"), "bad"))
            if row.offered_to == self._staff.id:
                tags.append((words("desk.offered_me"), "mark"))
            elif row.offered_to:
                tags.append((words("desk.offered_to", name=people.get(row.offered_to, "")), ""))
            elif row.offered_all_at:
                tags.append((words("desk.offered_all"), ""))
        elif row.is_open:
            if row.owner_id != self._staff.id:
                tags.insert(0, (people.get(row.owner_id or 0, ""), "mark"))
        else:
            tags.append((self._names.label(row.close_reason) or self._names.label(row.state), ""))
        return [(tag, tone) for tag, tone in tags if tag]
