"""Handoffs (转人工帮办): from the wish for a person to its end. Exactly one owner, whoever tries at once."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, func

from bot.desk.offers import offer_first, tell_staff, tell_user
from bot.desk.queue import Requested, register, standing
from bot.desk.rules import DeskRules
from bot.desk.work import DeskStore, Work
from qifu.errors import DeskError
from qifu.labels import (
    CloseReason,
    Direction,
    District,
    HandoffEvent,
    HandoffReason,
    HandoffState,
    Language,
    RatingReason,
    StaffRole,
    Topic,
)
from store.models import HandoffRow

_IS_WAITING = HandoffRow.state == HandoffState.WAITING
_IS_CLAIMED = HandoffRow.state == HandoffState.CLAIMED


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether a claim won, and the handoff as it stands: its `owner_id` says who has it."""

    won: bool
    handoff: HandoffRow


class Handoffs:
    """All that can happen to handoffs, each call one transaction; `desk.talk` holds what is said in them.

    `staff_id` and `by` are members of staff: service staff or managers, else DeskError not_service. A handoff nobody
    knows is DeskError unknown_handoff, one that isn't in the state for it DeskError wrong_state.
    """

    def __init__(self, store: DeskStore, rules: DeskRules) -> None:
        self._store = store
        self._rules = rules

    async def request(
        self,
        conversation_id: str,
        reason: HandoffReason = HandoffReason.ASKED,
        *,
        question: str = "",
        district: District | None = None,
        topic: Topic | None = None,
        matter: str | None = None,
        language: Language | None = None,
        wished_staff: int | None = None,
        client_key: str | None = None,
    ) -> Requested:
        """Registers the wish for a person and offers it to the best one; the open one is returned where there is one.

        The same `client_key` calls once: again it returns what it called, open or not. `language` is the
        conversation's where it isn't given. Raises DeskError unknown_conversation.
        """
        key = f"called:{conversation_id}:{client_key}" if client_key else None
        async with self._store.work() as work:
            if key and (known := await work.notices.handoff_of(key)):
                return await standing(work, await self._row(work, known), self._rules, new=True)
            if row := await work.handoffs.open_of(conversation_id):
                return await standing(work, row, self._rules, new=False)
            if not self._rules.calendar.is_open(work.now):
                return await standing(work, None, self._rules, new=False)
            about = {"reason": reason, "district": district, "topic": topic, "matter": matter}
            row = await register(work, conversation_id, language, question=question, wished_staff=wished_staff, **about)
            if row is None:
                # Somebody else was quicker by a moment.
                return await standing(work, await work.handoffs.open_of(conversation_id), self._rules, new=False)
            if key:
                await work.notices.tell_user(conversation_id, "called", key, handoff_id=row.id)
            row = await offer_first(work, row, self._rules)
            return await standing(work, row, self._rules, new=True)

    async def open_of(self, conversation_id: str) -> HandoffRow | None:
        """The conversation's open handoff: where it `bot_is_silent`, people answer."""
        async with self._store.work() as work:
            return await work.handoffs.open_of(conversation_id)

    async def status(self, conversation_id: str) -> Requested | None:
        """Where the conversation's open handoff stands in the queue; None without one."""
        async with self._store.work() as work:
            row = await work.handoffs.open_of(conversation_id)
            return await standing(work, row, self._rules, new=False) if row else None

    async def get(self, handoff_id: int) -> HandoffRow:
        """The handoff."""
        async with self._store.work() as work:
            return await self._row(work, handoff_id)

    async def waiting(self) -> list[HandoffRow]:
        """The queue, first come first."""
        async with self._store.work() as work:
            return list(await work.handoffs.waiting())

    async def claimed(self, owner_id: int | None = None) -> list[HandoffRow]:
        """Handoffs that somebody, or `owner_id`, has."""
        async with self._store.work() as work:
            return list(await work.handoffs.claimed(owner_id))

    async def cancel(self, conversation_id: str) -> HandoffRow | None:
        """The user goes on with the bot; None where nobody was called. Raises DeskError claimed where one is there."""
        async with self._store.work() as work:
            row = await work.handoffs.open_of(conversation_id)
            if row is None:
                return None
            ended = {"closed_at": work.now, "offered_to": None, "unanswered_since": None}
            cancelled = await work.handoffs.change(row.id, _IS_WAITING, state=HandoffState.CANCELLED, **ended)
            if cancelled is None:
                raise DeskError("claimed")
            await self._happened(work, cancelled, HandoffEvent.CANCELLED)
            return cancelled

    async def claim(self, handoff_id: int, staff_id: int) -> Claim:
        """Makes somebody the owner, if nobody was quicker; claiming twice is claiming once."""
        async with self._store.work() as work:
            person = await work.serving(staff_id)
            return await self._claim(work, await self._row(work, handoff_id), person.id, person.name)

    async def take(self, conversation_id: str, staff_id: int) -> Claim:
        """Staff take a conversation from the bot, also one where nobody was called and outside service hours."""
        async with self._store.work() as work:
            person = await work.serving(staff_id)
            row = await work.handoffs.open_of(conversation_id)
            if row is None:
                about = {"reason": HandoffReason.TAKEN, "district": None, "topic": None, "matter": None}
                row = await register(work, conversation_id, None, question="", **about)
                row = row or await work.handoffs.open_of(conversation_id)
            if row is None:
                raise DeskError("wrong_state")
            return await self._claim(work, row, person.id, person.name)

    async def _claim(self, work: Work, row: HandoffRow, staff_id: int, name: str) -> Claim:
        # Nobody waits for an answer in a conversation that was taken.
        waits = None if row.reason == HandoffReason.TAKEN and row.claimed_at is None else work.now
        claimed = await work.handoffs.change(
            row.id,
            _IS_WAITING,
            state=HandoffState.CLAIMED,
            owner_id=staff_id,
            claimed_at=func.coalesce(HandoffRow.claimed_at, work.now),
            unanswered_since=waits,
            offered_to=None,
            offered_until=None,
        )
        if claimed is None:
            now = await self._row(work, row.id)
            return Claim(now.state == HandoffState.CLAIMED and now.owner_id == staff_id, now)
        event = await self._happened(work, claimed, HandoffEvent.CLAIMED, staff_id)
        await tell_user(work, claimed, "claimed", event, name=name)
        return Claim(True, claimed)

    async def transfer(self, handoff_id: int, by: int, *, to: int | None = None, note: str = "") -> HandoffRow:
        """The owner, or a manager, gives it to a colleague, or back to all; the bot stays silent meanwhile.

        Raises DeskError not_owner, same_person.
        """
        async with self._store.work() as work:
            row = await self._row(work, handoff_id)
            mine = await self._may(work, by)
            if to is not None and (await work.serving(to)).id == row.owner_id:
                raise DeskError("same_person")
            waiting = await self._release(work, row, mine, by, to)
            if note:
                await self._note(work, waiting, by, note)
            return await offer_first(work, waiting, self._rules)

    async def release(self, staff_id: int) -> int:
        """Everything somebody has goes back to all, e.g. because their account was switched off; how many it was."""
        async with self._store.work() as work:
            rows = await work.handoffs.claimed(staff_id)
            for row in rows:
                theirs = (HandoffRow.owner_id == staff_id,)
                await offer_first(work, await self._release(work, row, theirs, None, None), self._rules)
            return len(rows)

    async def _release(
        self, work: Work, row: HandoffRow, mine: tuple[ColumnElement[bool], ...], by: int | None, to: int | None
    ) -> HandoffRow:
        giver = row.owner_id  # the change writes to the row itself
        nobody = dict.fromkeys(
            ("owner_id", "offered_to", "offered_until", "offered_all_at", "alerted_at", "escalated_at")
        )
        unprompted = dict.fromkeys(("unanswered_since", "reminded_at", "neglected_at"))
        changed = await work.handoffs.change(
            row.id,
            _IS_CLAIMED,
            *mine,
            **nobody,
            **unprompted,
            state=HandoffState.WAITING,
            waiting_since=work.now,
            wished_staff=to,
        )
        waiting = await self._changed(work, row.id, changed)
        event = await self._happened(work, waiting, HandoffEvent.TRANSFERRED, by, to=to, **{"from": giver})
        await tell_user(work, waiting, "transferred", event)
        return waiting

    async def hand_back(self, handoff_id: int, by: int, note: str = "") -> HandoffRow:
        """The owner, or a manager, lets the bot go on. Raises DeskError not_owner."""
        return await self._end(handoff_id, by, HandoffState.RETURNED, None, note)

    async def close(self, handoff_id: int, by: int, reason: CloseReason, note: str = "") -> HandoffRow:
        """The owner, or a manager, ends it; the user is asked for a rating. Raises DeskError not_owner."""
        return await self._end(handoff_id, by, HandoffState.CLOSED, reason, note)

    async def _end(
        self, handoff_id: int, by: int, state: HandoffState, reason: CloseReason | None, note: str
    ) -> HandoffRow:
        async with self._store.work() as work:
            mine = await self._may(work, by)
            changed = await work.handoffs.change(
                handoff_id,
                _IS_CLAIMED,
                *mine,
                state=state,
                closed_at=work.now,
                close_reason=reason,
                unanswered_since=None,
            )
            row = await self._changed(work, handoff_id, changed)
            if note:
                await self._note(work, row, by, note)
            await work.conversations.touch(row.conversation_id)
            kind = HandoffEvent.CLOSED if state == HandoffState.CLOSED else HandoffEvent.RETURNED
            event = await self._happened(work, row, kind, by, **({"reason": reason} if reason else {}))
            await tell_user(work, row, state.value, event)
            return row

    async def rate(
        self,
        conversation_id: str,
        stars: int,
        reason: RatingReason | None = None,
        text: str | None = None,
        number: str | None = None,
    ) -> HandoffRow:
        """The user's opinion, 1 to 5, of the last handoff that ended, or the one of `number`; the latest one counts.

        Few stars go to the managers, once. Raises DeskError bad_rating, nothing_to_rate.
        """
        if stars not in range(1, 6):
            raise DeskError("bad_rating")
        async with self._store.work() as work:
            ended = (HandoffState.CLOSED, HandoffState.RETURNED)
            rows = await work.handoffs.of_conversation(conversation_id)
            wanted = number.strip().upper() if number else None
            row = next((row for row in rows if row.state in ended and wanted in (None, row.number)), None)
            if row is None:
                raise DeskError("nothing_to_rate")
            before = row.rating  # the change writes to the row itself
            rated = await work.handoffs.change(row.id, rating=stars, rating_reason=reason, rating_text=text)
            kept = await self._changed(work, row.id, rated)
            event = await self._happened(work, kept, HandoffEvent.RATED, rating=stars, reason=reason)
            if stars <= self._rules.low_rating and stars != before:
                await tell_staff(work, row, await work.managers(), "low_rating", event)
            return kept

    async def _row(self, work: Work, handoff_id: int) -> HandoffRow:
        row = await work.handoffs.get(handoff_id)
        if row is None:
            raise DeskError("unknown_handoff")
        return row

    async def _may(self, work: Work, by: int) -> tuple[ColumnElement[bool], ...]:
        """What must hold for somebody to decide over a handoff: managers may always, others where it is theirs."""
        person = await work.serving(by)
        return () if person.role == StaffRole.MANAGER else (HandoffRow.owner_id == by,)

    async def _changed(self, work: Work, handoff_id: int, changed: HandoffRow | None) -> HandoffRow:
        if changed is None:
            row = await self._row(work, handoff_id)
            raise DeskError("not_owner" if row.state == HandoffState.CLAIMED else "wrong_state")
        return changed

    async def _note(self, work: Work, row: HandoffRow, by: int, note: str) -> None:
        key = uuid4().hex
        await work.messages.add(row.id, row.conversation_id, Direction.NOTE, note, key, staff_id=by)

    async def _happened(
        self, work: Work, row: HandoffRow, kind: HandoffEvent, staff_id: int | None = None, **detail: Any
    ) -> int:
        event = await work.handoffs.log(row.id, kind, staff_id, **detail)
        work.signal(kind.value, handoff_id=row.id, conversation_id=row.conversation_id, staff_id=staff_id)
        return event
