"""An appeal as a ticket: what it says, where it stands, what can be done next, and everything that happened."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from bot.desk.signals import Signal
from console import parts
from console.desk.deadlines import pressing, promised_in_words
from console.desk.lines import files_of
from console.desk.seat import Seat
from console.desk.ticket_dialogs import TicketDialogs
from console.live import follow
from console.navigation import PREFIX
from console.times import SHANGHAI, exact, moment
from qifu.errors import DeskError
from qifu.labels import AppealEvent, AppealGrade, AppealOrigin, AppealState, AppealTier, Language, RatingReason
from store.masking import mask
from store.models import AppealRow, HandoffRow
from store.repositories import HandoffRepository, Recorded

TONES: dict[AppealState, parts.Tone] = {
    AppealState.RECEIVED: "warn",
    AppealState.ASSIGNED: "calm",
    AppealState.IN_PROGRESS: "calm",
    AppealState.RESOLVED: "good",
    AppealState.RATED: "good",
    AppealState.REOPENED: "bad",
}
_ICONS = {
    AppealEvent.FILED: "inbox",
    AppealEvent.JOINED: "call_merge",
    AppealEvent.GRADED: "flag",
    AppealEvent.ASSIGNED: "assignment_ind",
    AppealEvent.STARTED: "play_arrow",
    AppealEvent.ANSWERED: "chat",
    AppealEvent.REFERRED: "phone_forwarded",
    AppealEvent.NOTED: "sticky_note_2",
    AppealEvent.RESOLVED: "task_alt",
    AppealEvent.RATED: "star",
    AppealEvent.REOPENED: "replay",
    AppealEvent.OVERDUE: "notification_important",
}
_UNASSIGNED = (AppealState.RECEIVED, AppealState.REOPENED)


class Ticket:
    """The page of one appeal. Who the user is stays masked until the owner, or a manager, asks; that is noted."""

    def __init__(self, seat: Seat, number: str) -> None:
        self._seat = seat
        self._desk = seat.desk
        self._words = seat.words
        self._names = seat.names
        self._number = number
        self._reveals = False
        self._stamp: object = None
        self._id: int | None = None

    async def show(self) -> None:
        """The page; where there is no such appeal it says so."""
        words = self._words
        row = await self._desk.appeals.by_number(self._number)
        parts.link(words("appeals.back"), f"{PREFIX}/appeals", "link back-link")
        if row is None:
            parts.heading(words("appeals.unknown"))
            return
        self._id = row.id
        self._body = parts.box("div", "ticket")
        await self._look()
        follow(self._desk, self._look, self._concerns)

    def _concerns(self, signal: Signal) -> bool:
        return signal.appeal_id == self._id

    async def _look(self) -> None:
        if self._id is None:
            return
        try:
            row = await self._desk.appeals.get(self._id)
        except DeskError:
            return
        history = await self._desk.appeals.history(row.id)
        people = await self._names.people()
        async with self._seat.services.database.session() as session:
            calls = await HandoffRepository(session).of_conversation(row.conversation_id, limit=3)
        joined = await self._desk.appeals.get(row.joined_to) if row.joined_to else None
        stamp = (row.state, row.owner_id, len(history), self._reveals)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        self._body.clear()
        with self._body:
            self._head(row, joined)
            with parts.box("div", "ticket-main"):
                self._said(row)
                if row.resolution:
                    with parts.card(self._words("appeals.resolution"), classes="result"):
                        parts.text("p", self._hidden(row.resolution), "ticket-text")
                self._history(row, history, people)
            with parts.box("aside", "ticket-side"):
                self._standing(row, people)
                self._person(row)
                if calls:
                    self._calls(calls)

    def _hidden(self, text: str) -> str:
        return text if self._reveals else mask(text)

    def _may_reveal(self, row: AppealRow) -> bool:
        return self._seat.manages or row.owner_id == self._seat.staff.id

    def _head(self, row: AppealRow, joined: AppealRow | None) -> None:
        words = self._words
        with parts.box("header", "ticket-head"):
            parts.text("h1", row.number)
            with parts.box("div", "badges"):
                parts.badge(self._names.label(row.state), TONES[row.state])
                for said, tone in pressing(row, self._seat.now, words):
                    parts.badge(said, tone)
                if row.reopened:
                    parts.badge(words("appeals.reopened"), "warn")
                if row.rating:
                    low = row.rating <= self._desk.rules.low_rating
                    parts.badge(words("desk.stars", n=row.rating), "bad" if low else "good")
        if joined is not None:
            with parts.box("p", "bar warn"):
                parts.icon("call_merge")
                parts.text("span", words("appeals.is_joined"))
                parts.link(joined.number, f"{PREFIX}/appeals/{joined.number}")

    def _said(self, row: AppealRow) -> None:
        words = self._words
        with parts.card(words("appeals.text"), classes="first"):
            parts.text("p", self._hidden(row.text), "ticket-text")
            for file in files_of(row.files):
                url = f"{PREFIX}/appeals/{row.number}/files/{file.place}"
                may = self._may_reveal(row) and self._seat.services.files is not None
                link = {"href": url, "target": "_blank"} if may else {}
                with parts.box("a" if may else "span", "file", **link):
                    parts.icon("attach_file")
                    parts.text("span", file.name)

    def _standing(self, row: AppealRow, people: Mapping[int, str]) -> None:
        words, names = self._words, self._names
        due = f"{row.deadline.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        facts = {
            "grade": names.label(row.grade),
            "tier": names.label(row.tier),
            "owner": people.get(row.owner_id or 0, ""),
            "unit": names.unit(row.unit),
            "hotline_number": row.hotline_number or "",
            "deadline": due if row.is_open else "",
            "answer_by": promised_in_words(row, words),
        }
        with parts.card(words("appeals.standing"), classes="second"):
            with parts.box("dl", "facts narrow"):
                for key, value in facts.items():
                    if value or key in ("grade", "owner", "unit"):
                        self._fact(words(f"appeals.{key}"), value or words("appeals.not_yet"))
            if row.joined_to is None:
                self._actions(row)

    def _actions(self, row: AppealRow) -> None:
        """What can be done in its state by this person; the next step first."""
        dialogs = TicketDialogs(self._seat, row, self._look)
        mine = self._may_reveal(row)
        taken = row.state in (AppealState.ASSIGNED, AppealState.IN_PROGRESS)
        steps: list[tuple[str, str, parts.Action]] = []
        if mine and row.state == AppealState.ASSIGNED and row.owner_id:
            steps.append(("start", "play_arrow", dialogs.start))
        if row.is_open and (mine or row.owner_id is None):
            steps.append(("answer", "chat", dialogs.answer))
        if mine and taken:
            steps.append(("resolve", "task_alt", dialogs.resolve))
        if self._seat.manages and row.is_open:
            steps.append(("assign", "assignment_ind", dialogs.assign))
        if mine and row.is_open:
            steps.append(("refer", "phone_forwarded", dialogs.refer))
        steps.append(("note", "sticky_note_2", dialogs.note))
        first = "answer" if row.promised_by else "assign" if self._seat.manages and row.state in _UNASSIGNED else ""
        steps.sort(key=lambda step: step[0] != first)
        with parts.box("div", "ticket-actions"):
            for place, (key, icon, act) in enumerate(steps):
                button = ui.button(self._words(f"appeals.{key}"), icon=icon, on_click=act)
                button.props("unelevated" if place == 0 and key != "note" else "outline")

    def _person(self, row: AppealRow) -> None:
        words, names = self._words, self._names
        personal = bool(row.contact_name or row.phone) or mask(row.text) != row.text
        contact = row.contact_name or ""
        here = words("appeals.by_messenger") if row.origin is AppealOrigin.AFTER_HOURS else ""
        phone = row.phone or (words("appeals.phone_refused") if row.phone_refused else here)
        if not self._reveals:
            contact = contact and contact[:1] + "**"
            phone = (row.phone[:3] + "****" + row.phone[-2:] if len(row.phone) > 8 else "****") if row.phone else phone
        language = words(f"language.{row.language}") if row.language is not Language.ZH else ""
        place = " · ".join(filter(None, (names.district(row.district), names.about(row.topic, row.matter))))
        facts = {
            "company": row.company or "",
            "contact": contact,
            "phone": phone,
            "place": place,
            "origin": " · ".join(filter(None, (words(f"channel.{row.channel}"), names.label(row.origin), language))),
            "filed": exact(row.created_at)[:16],
        }
        with parts.card(words("appeals.person"), classes="third"):
            with parts.box("dl", "facts narrow"):
                for key, value in facts.items():
                    if value:
                        self._fact(words(f"appeals.{key}"), value)
            if personal and self._may_reveal(row):
                key, icon = ("hide", "visibility_off") if self._reveals else ("reveal", "visibility")
                ui.button(words(f"desk.{key}"), icon=icon, on_click=lambda: self._toggle(row)).props("flat dense")

    async def _toggle(self, row: AppealRow) -> None:
        self._reveals = not self._reveals
        if self._reveals:
            await self._seat.services.note(self._seat.staff.id, "appeal.reveal", row.number)
        await self._look()

    def _calls(self, calls: Sequence[HandoffRow]) -> None:
        with parts.card(self._words("appeals.calls")), parts.box("div", "badges"):
            for call in calls:
                with parts.box("a", "tag-link", href=f"{PREFIX}/desk/{call.number}"):
                    parts.icon("forum")
                    parts.text("span", f"{call.number} {self._names.label(call.state)}")

    @staticmethod
    def _fact(name: str, value: str) -> None:
        with parts.box("div"):
            parts.text("dt", name)
            parts.text("dd", value)

    def _history(self, row: AppealRow, history: Sequence[Recorded], people: Mapping[int, str]) -> None:
        now = self._seat.now
        with parts.card(self._words("appeals.history")), parts.box("ol", "history"):
            for event, text in reversed(history):
                with parts.box("li", f"happened {event.kind}"):
                    parts.icon(_ICONS[event.kind])
                    with parts.box("div", "happened-words"):
                        with parts.box("p"):
                            parts.text("strong", self._happened(event.kind, event.detail, people))
                            by = people.get(event.staff_id or 0, "")
                            at = moment(event.at, now, self._words)
                            parts.text("span", f"{by} · {at}" if by else at, "lead", title=exact(event.at))
                        if text and event.kind != AppealEvent.FILED:
                            parts.text("p", self._hidden(text), "happened-text")

    def _happened(self, kind: AppealEvent, detail: Mapping[str, object], people: Mapping[int, str]) -> str:
        names, words = self._names, self._words
        owner, unit = detail.get("owner"), detail.get("unit")
        given = (people.get(owner, "") if isinstance(owner, int) else "", names.unit(str(unit)) if unit else "")
        grade, tier, reason = detail.get("grade"), detail.get("tier"), detail.get("reason")
        values = {
            "to": "，".join(filter(None, given)),
            "grade": names.label(AppealGrade(str(grade))) if grade else "",
            "tier": names.label(AppealTier(str(tier))) if tier else "",
            "stars": detail.get("rating", ""),
            "reason": f"（{names.label(RatingReason(str(reason)))}）" if reason else "",
        }
        return words("appeal_event.unanswered" if detail.get("promised") else f"appeal_event.{kind}", **values)
