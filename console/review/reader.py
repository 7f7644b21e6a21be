"""One conversation: a chat, how each turn was understood, what people said in between, what staff make of it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments

from console import parts
from console.accounts.staff import Staff
from console.app import Console
from console.desk.lines import Line, lines_of
from console.review.aside import Aside
from console.review.head import Head
from console.review.names import ReviewNames
from console.review.query import PLACE, Query
from console.review.source import show_source
from console.review.speech import shown
from console.review.spoken import Spoken, analysis, spoken
from console.review.templates import piece, render
from console.times import SHANGHAI, exact
from qifu.labels import TurnMark
from store.masking import mask
from store.models import ConversationRow, ReviewCommentRow, TurnMarkRow, TurnRow
from store.repositories import Key, ReviewListRepository, ReviewRepository

WINDOW = 60
"""So many turns are on the page at once."""
LONGEST_RAW = 20_000


class Reader:
    """A conversation that somebody reads, found by any of its turns, as one of the list of `query`."""

    def __init__(self, console: Console, staff: Staff, turn_id: int, query: Query) -> None:
        self.console = console
        self.services = console.services
        self.words = console.words
        self.staff = staff
        self.query = query
        self.names = ReviewNames(console.services)
        self.turn_id = turn_id
        self.reveal = False
        self.row: ConversationRow
        self.number = 0
        self._open: set[int] = set()
        self._turns: dict[int, TurnRow] = {}
        self._pieces: dict[int, ui.html] = {}
        self._feedback: dict[int, int] = {}
        self._marks: dict[int, list[TurnMarkRow]] = {}
        self._comments: Sequence[ReviewCommentRow] = ()

    async def show(self) -> None:
        """The page."""
        if not await self._load():
            parts.empty(self.words("conversation.unknown"), self.words("conversation.unknown_detail"), "search_off")
            parts.link(self.words("conversation.back"), self.query.url, "button-link")
            return
        before, after = await self._neighbours()
        self._head = Head(self, before, after)
        await self._head.show()
        with parts.box("div", "reader"):
            self._room = parts.box("section", "review-talk", aria_label=self.words("conversation.talk"))
            await self._draw_talk()
            await Aside(self).show()
        parts.text("p", self.words("conversation.keys"), "keys-hint")
        ui.on("review", self._act)

    async def _load(self) -> bool:
        self.names.staff = await self.names.people()
        async with self.services.database.session() as session:
            review = ReviewRepository(session, self.services.clock)
            row = await review.conversation_of(self.turn_id)
            if row is None:
                return False
            self.row = row
            ids = await review.turn_ids(row.id)
            self.number, place = ids[0], ids.index(self.turn_id)
            # A first look begins at the beginning; a hit further on stands in the middle of what is shown.
            first = 0 if place < WINDOW - 5 else max(0, min(place - WINDOW // 2, len(ids) - WINDOW))
            chosen = ids[first : first + WINDOW]
            self.earlier = ids[max(0, first - WINDOW // 2)] if first else None
            self.later = ids[min(len(ids) - 1, first + WINDOW + WINDOW // 2)] if first + WINDOW < len(ids) else None
            self._before = ids[first - 1 : first] if first else []
            rows = await review.turns([*self._before, *chosen])
            self._turns = {turn.id: turn for turn in rows}
            self._feedback = await review.feedback_of(chosen)
            self._marks = await review.marks_of(row.id)
            self._comments = await review.comments_of(row.id)
            self.handoffs = await review.handoffs_of(row.id)
        return True

    async def _neighbours(self) -> tuple[str, str]:
        """The addresses of the conversations before and after this one in the list."""
        chosen = self.query.filter(self.services.clock())
        key = Key(self.row.last_at, self.row.id)
        found = []
        async with self.services.database.session() as session:
            lists, review = ReviewListRepository(session), ReviewRepository(session, self.services.clock)
            for place in ({"before": key}, {"after": key}):
                rows = await lists.with_hits(chosen, await lists.page(chosen, 1, **place))
                number = (rows[0].hit if self.query else None) or await review.number_of(rows[0].id) if rows else 0
                found.append(self.query.link(number) if number else "")
        return found[0], found[1]

    async def redraw(self) -> None:
        """Draws the talk anew, e.g. when personal data are to be seen."""
        self._room.clear()
        self._pieces.clear()
        await self._draw_talk()

    async def _draw_talk(self) -> None:
        shown_turns = [turn for turn in self._turns.values() if turn.id not in self._before]
        people = await self._handoff_lines(shown_turns)
        day: date | None = None
        with self._room:
            if self.earlier:
                self._more("earlier", self.earlier)
            for turn in shown_turns:
                while people and people[0].at < turn.accepted_at:
                    day = self._day(people[0].at, day)
                    self._line(people.pop(0))
                day = self._day(turn.accepted_at, day)
                self._pieces[turn.id] = piece(self._html(turn), "turn-piece")
            for line in people:
                day = self._day(line.at, day)
                self._line(line)
            if self.later:
                self._more("later", self.later)

    def _more(self, key: str, turn_id: int) -> None:
        parts.link(self.words(f"conversation.{key}"), self.query.link(turn_id), "button-link more-turns")

    def _day(self, at: datetime, day: date | None) -> date:
        local = at.astimezone(SHANGHAI).date()
        if local != day:
            today = self.services.clock().astimezone(SHANGHAI).date()
            named = {0: self.words("common.today"), 1: self.words("common.yesterday")}.get((today - local).days)
            with parts.box("div", "said event"):
                parts.text("span", named or (f"{local:%m-%d}" if local.year == today.year else f"{local}"), "day")
        return local

    def _line(self, line: Line) -> None:
        line = replace(line, text=shown(line.text, self.reveal))
        authors = {
            "note": self.words("desk.note_by", name=line.author or self.words("common.system")),
            "system": self.words("desk.system"),
            "staff": line.author,
        }
        at = f"{line.at.astimezone(SHANGHAI):%H:%M}"
        author = authors.get(line.kind, "")
        piece(render("handoff_line.html", line=line, author=author, at=at, exact=exact(line.at), words=self.words))

    async def _handoff_lines(self, turns: Sequence[TurnRow]) -> list[Line]:
        """What people said and what happened at the desk, without what stands in the turns already."""
        desk = self.services.desk
        if desk is None or not turns:
            return []
        first = turns[0].accepted_at if self.earlier else None
        last = turns[-1].accepted_at if self.later else None
        said = {turn.id for turn in turns}
        keys = {turn.message_id for turn in turns}
        found: list[Line] = []
        for row in self.handoffs:
            transcript = await desk.talk.transcript(row.id, turns=1)
            repeated = {f"m{m.id}" for m in transcript.messages if m.turn_id in said or m.client_key in keys}
            found += [
                line
                for line in lines_of(transcript, self.names.staff, self.names, self.words)
                if line.key[0] in "me" and line.key not in repeated
            ]
        return sorted(
            (line for line in found if (not first or line.at >= first) and (not last or line.at <= last)),
            key=lambda line: line.at,
        )

    def _spoken(self, turn: TurnRow) -> Spoken:
        ids = list(self._turns)
        before = [self._turns[key] for key in ids[: ids.index(turn.id)]][-8:]
        offered: list[Any] = [reply for earlier in before for reply in earlier.replies or ()]
        said = [(self.names.staff.get(row.staff_id, ""), row.text) for row in self._comments if row.turn_id == turn.id]
        return spoken(
            turn,
            self.services,
            self.names,
            words_sought=self.query["q"],
            reveal=self.reveal,
            thumb=self._feedback.get(turn.id, 0),
            marks=self._marks.get(turn.id, ()),
            comments=said,
            offered=offered,
        )

    def _html(self, turn: TurnRow) -> str:
        found = None
        if turn.id in self._open:
            raw = json.dumps(turn.parse or {}, ensure_ascii=False, indent=1)[:LONGEST_RAW]
            found = analysis(turn, self.services, self.names, shown(raw, self.reveal))
        here = turn.id == self.turn_id and self.turn_id != self.number
        return render("turn.html", turn=self._spoken(turn), analysis=found, here=here, words=self.words)

    def has_personal_data(self) -> bool:
        """Whether anything on the page is masked for those who may not see it."""
        texts = [turn.text for turn in self._turns.values()]
        texts += [reply.get("text") or "" for turn in self._turns.values() for reply in turn.replies or ()]
        return bool(self.handoffs) or any(mask(text) != text for text in texts)

    async def _act(self, event: GenericEventArguments) -> None:
        """Somebody pressed a button of a turn; only turns on this page are touched."""
        given: dict[str, Any] = event.args if isinstance(event.args, dict) else {}
        turn = self._turns.get(int(given.get("turn") or 0))
        act, value = given.get("act"), str(given.get("value") or "")
        if turn is None:
            return
        if act == "detail":
            self._open ^= {turn.id}
            self._refresh(turn)
        elif act == "mark" and value in set(TurnMark):
            await self._mark(turn, TurnMark(value))
        elif act == "source":
            show_source(self.services, self.names, value)
        elif act == "note":
            self._note(turn)

    async def _mark(self, turn: TurnRow, mark: TurnMark) -> None:
        on = all(row.mark != mark for row in self._marks.get(turn.id, ()))
        async with self.services.database.session() as session:
            review = ReviewRepository(session, self.services.clock)
            await review.set_mark(turn.id, mark, self.staff.id, on)
            self._marks = await review.marks_of(self.row.id)
        self._refresh(turn)

    def _note(self, turn: TurnRow) -> None:
        words = self.words
        with parts.dialog(words("conversation.comment_add"), words("conversation.comment_lead")) as box:
            text = ui.textarea(words("conversation.comment_write")).props("autogrow autofocus maxlength=2000")

            async def save() -> None:
                if (text.value or "").strip():
                    box.close()
                    await self.comment(text.value, turn.id)

            with parts.box("div", "dialog-actions"):
                ui.button(words("common.cancel"), on_click=box.close).props("flat")
                ui.button(words("common.save"), on_click=save)

    async def comment(self, text: str, turn_id: int | None = None) -> None:
        """Adds a remark on the conversation or on a turn of it."""
        async with self.services.database.session() as session:
            review = ReviewRepository(session, self.services.clock)
            await review.comment(self.row.id, text, self.staff.id, turn_id)
            self._comments = await review.comments_of(self.row.id)
        if turn_id:
            self._refresh(self._turns[turn_id])

    def _refresh(self, turn: TurnRow) -> None:
        self._pieces[turn.id].set_content(self._html(turn))

    @property
    def list_url(self) -> str:
        """The list this conversation is read from."""
        return self.query.url if self.query else PLACE
