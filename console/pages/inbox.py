"""待学的话: what users said and the bot failed at, by likeness, for trainers to accept or reject."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query as Param
from fastapi import Request
from nicegui import ui

from console import parts
from console.accounts.staff import Staff
from console.app import Console, Task
from console.inbox.deciding import Deciding
from console.inbox.gathering import Gatherer
from console.inbox.group import TONES, GroupCard
from console.inbox.query import (
    ORDERS,
    InboxQuery,
    decided_key_of,
    group_key_of,
    written,
    written_decided,
)
from console.review.query import PERIODS
from console.times import exact, moment
from console.training.editing import Editing
from console.training.sheet import opened
from qifu.labels import StaffRole
from qifu.training.labels import ProposalReason, ProposalState
from store.models import ProposalRow
from store.repositories import ProposalFilter, ProposalRepository, ReviewRepository

_EVERY = 10.0
_PAGE, _DECIDED = 10, 50
_MOST_EACH = 50
_KEY = Annotated[str, Param(max_length=80)]


def register(console: Console) -> None:
    """Registers the page, what fills it, and what it has to say to trainers."""
    services, workspace = console.services, console.services.training
    if workspace is None:
        return
    answering = services.answering
    gatherer = Gatherer(services.database, services.clock, lambda: answering.knowledge if answering else None)
    turn = asyncio.Lock()

    @console.every("proposals", _EVERY)
    async def gather() -> None:
        await gatherer.gather()

    @console.tasks(StaffRole.TRAINER)
    async def tasks(staff: Staff) -> list[Task]:
        async with services.database.session() as session:
            total, counted = await ProposalRepository(session, services.clock).counts(ProposalFilter())
        if not total:
            return []
        words, given = console.words, counted[ProposalReason.TRAINER]
        title = words("home.for_trainer", n=given) if given else words("home.inbox", n=total)
        detail = words("home.inbox_all", n=total) if given else words("home.inbox_detail")
        query = InboxQuery.of({"reason": str(ProposalReason.TRAINER)} if given else {})
        return [Task(title, detail, query.url(), "school")]

    @console.page("inbox")
    async def inbox(staff: Staff, request: Request, after: _KEY = "") -> None:
        await gatherer.gather(most=1)
        if editing := await opened(console, workspace, staff):
            ui.add_head_html(
                f'<link rel="stylesheet" href="{console.assets}/inbox.css">'
                f'<script defer src="{console.assets}/inbox.js"></script>'
            )
            await _Inbox(editing, turn, InboxQuery.of(request.query_params)).show(after)


class _Inbox:
    """One page of it."""

    def __init__(self, editing: Editing, turn: asyncio.Lock, query: InboxQuery) -> None:
        self._editing, self._query = editing, query
        self._services, self._words = editing.services, editing.words
        self._deciding = Deciding(editing, turn)

    async def show(self, after: str) -> None:
        """Draws it."""
        words, query = self._words, self._query
        parts.heading(words("inbox.title"), words("inbox.lead"))
        self._states()
        if query.state is ProposalState.OPEN:
            await self._open(after)
        else:
            await self._decided(after)

    def _states(self) -> None:
        words, query = self._words, self._query
        with parts.box("nav", "tabs", aria_label=words("inbox.states")):
            for state in ProposalState:
                value = None if state is ProposalState.OPEN else str(state)
                self._tab(words(f"inbox_state.{state}"), InboxQuery().but(state=value), query.state is state)

    @staticmethod
    def _tab(name: str, query: InboxQuery, here: bool) -> None:
        current = {"aria_current": "page"} if here else {}
        with parts.box("a", "tab", href=query.url(), **current):
            parts.text("span", name)

    async def _open(self, after: str) -> None:
        words, query, clock = self._words, self._query, self._services.clock
        chosen = query.filter(clock())
        async with self._services.database.session() as session:
            proposals = ProposalRepository(session, clock)
            total, counted = await proposals.counts(chosen)
            keys = await proposals.groups(chosen, _PAGE + 1, group_key_of(after), query.order)
            shown = keys[:_PAGE]
            members = await proposals.members([key.group_no for key in shown], chosen, _MOST_EACH)
            ids = [row.turn_id for rows in members.values() for row in rows if row.turn_id]
            turns = {row.id: row for row in await ReviewRepository(session, clock).turns(ids)}
        self._filters(counted)
        if any(row.answer for rows in members.values() for row in rows):
            parts.text("p", words("inbox.only_quotes"), "bar calm")
        for key in shown:
            if rows := members[key.group_no]:
                GroupCard(self._editing, self._deciding, key, rows, turns).show()
        if not shown:
            with parts.card():
                parts.empty(words("inbox.empty"), words("inbox.empty_detail"), "task_alt")
        with parts.box("nav", "pager review-pager"):
            if after:
                parts.link(words("inbox.first"), query.url())
            if len(keys) > _PAGE:
                parts.link(words("inbox.more"), query.url(after=written(shown[-1])), "button-link", data_page="older")
        if self._editing.may:
            parts.text("p", words("inbox.keys"), "keys-hint")
        else:
            parts.text("p", words("inbox.trainers_decide", n=total), "lead")

    def _filters(self, counted: dict[ProposalReason, int]) -> None:
        words, query = self._words, self._query
        any_value = {"": words("common.all")}
        reasons = {
            str(reason): words("inbox.counted", name=words(f"inbox_reason.{reason}"), n=counted[reason])
            for reason in ProposalReason
            if counted[reason] or query["reason"] == reason
        }
        topics = {topic: names["zh"] for topic, names in self._services.topics.items()}
        periods = {period: words(f"review_value.period_{period}") for period in PERIODS}
        orders = {"" if order == ORDERS[0] else order: words(f"inbox.order_{order}") for order in ORDERS}
        with parts.box("div", "filters tight", role="search"):
            for key, options in (
                ("reason", any_value | reasons),
                ("topic", any_value | topics),
                ("period", any_value | periods),
                ("order", orders),
            ):
                field = ui.select(
                    options,
                    label=words(f"inbox.filter_{key}"),
                    value=query[key] if query[key] in options else "",
                    with_input=key == "topic",
                    on_change=lambda event, key=key: self._go(key, event.value),
                )
                field.props(f'data-filter="{key}"')

    def _go(self, key: str, value: str | None) -> None:
        ui.navigate.to(self._query.but(**{key: value or None}).url().removeprefix("/console"))

    async def _decided(self, after: str) -> None:
        words, clock = self._words, self._services.clock
        people = {row.id: row.name for row in await self._services.people.all()}
        async with self._services.database.session() as session:
            rows = await ProposalRepository(session, clock).decided(
                self._query.state, _DECIDED + 1, decided_key_of(after)
            )
        if not rows:
            with parts.card():
                parts.empty(words("inbox.none_decided"), symbol="inbox")
            return
        self._table(rows[:_DECIDED], people)
        if len(rows) > _DECIDED:
            last = rows[_DECIDED - 1]
            with parts.box("nav", "pager"):
                place = written_decided(last.decided_at or last.at, last.id)
                parts.link(words("inbox.more"), self._query.url(after=place), "button-link")

    def _table(self, rows: Sequence[ProposalRow], people: dict[int, str]) -> None:
        words, names, now = self._words, self._editing.names, self._services.clock()
        rejected = self._query.state is ProposalState.REJECTED
        columns = [words(f"inbox.column_{key}") for key in ("text", "why" if rejected else "as", "by")]
        what, label, who = columns
        with parts.card(classes="flush"), parts.table(columns, words("inbox.title")) as line:
            for row in rows:
                with line():
                    with parts.cell(what):
                        parts.text("span", row.final_text or row.text, "strong")
                        for reason in ProposalReason.of(row.reasons):
                            parts.badge(words(f"inbox_reason.{reason}"), TONES.get(reason, "warn"))
                    with parts.cell(label, classes="quiet"):
                        said = words(f"inbox_rejection.{row.rejection}") if row.rejection else ""
                        parts.text("span", names.full(row.intent) if row.intent else said)
                        if row.point:
                            parts.text("span", names.point(row.point), "under")
                    with parts.cell(who, classes="quiet"):
                        at = row.decided_at or row.at
                        name = people.get(row.decided_by or 0, "")
                        parts.text("span", f"{name} · {moment(at, now, words)}", title=exact(at))
                        if rejected and self._editing.may:
                            self._reopen(row)

    def _reopen(self, row: ProposalRow) -> None:
        words = self._words
        button = ui.button(words("inbox.reopen"), icon="undo").props("flat dense size=13px")

        async def again() -> None:
            button.disable()
            await self._deciding.reopen(row.id)
            parts.done(words("inbox.reopened"))

        button.on_click(again)
