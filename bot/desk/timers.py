"""The desk's clock: what is due is read from the database, so that it survives any restart and happens once.

`tick` finds what is due and writes it down, event and notice together; bot/desk/delivery.py brings notices to people.
Both may run in several processes at once.
"""

from datetime import date
from typing import Any

from bot.desk.offers import offer_all, tell_staff, tell_user
from bot.desk.roster import on_duty
from bot.desk.rules import DeskRules
from bot.desk.work import DeskStore, Work
from qifu.labels import AppealEvent, HandoffEvent, HandoffState
from store.models import AppealRow, HandoffRow
from store.repositories.numbers import SHANGHAI

_IS_WAITING = HandoffRow.state == HandoffState.WAITING
_IS_CLAIMED = HandoffRow.state == HandoffState.CLAIMED


class Timers:
    """Call `tick` about every second."""

    def __init__(self, store: DeskStore, rules: DeskRules) -> None:
        self._store = store
        self._rules = rules

    async def tick(self) -> int:
        """Does what is due now; how many things that were."""
        async with self._store.work() as work:
            done = 0
            for row in await work.handoffs.waiting():
                done += await self._waits(work, row)
            for row in await work.handoffs.claimed():
                done += await self._is_unanswered(work, row)
            today = work.now.astimezone(SHANGHAI).date()
            if self._rules.calendar.is_open(work.now):
                for appeal in await work.appeals.overdue(work.now, today):
                    done += await self._is_overdue(work, appeal, today)
            return done

    async def _waits(self, work: Work, row: HandoffRow) -> int:
        calendar, rules, done = self._rules.calendar, self._rules, 0
        waited = calendar.service_seconds(row.waiting_since, work.now)
        if row.offered_all_at is None and (row.offered_until is None or row.offered_until <= work.now):
            done += await offer_all(work, row, rules) is not None
        if row.alerted_at is None and waited >= rules.alert:
            unalerted = HandoffRow.alerted_at.is_(None)
            if await work.handoffs.change(row.id, _IS_WAITING, unalerted, alerted_at=work.now):
                people = [person.id for person in await on_duty(work, calendar)]
                done += await self._tell(work, row, HandoffEvent.ALERTED, people or await work.managers())
        if row.escalated_at is None and waited >= rules.escalate:
            unescalated = HandoffRow.escalated_at.is_(None)
            if await work.handoffs.change(row.id, _IS_WAITING, unescalated, escalated_at=work.now):
                done += await self._tell(work, row, HandoffEvent.ESCALATED, await work.managers())
        if not calendar.is_open(work.now):
            opens = calendar.next_opening(work.now)
            await tell_user(work, row, "closed_meanwhile", f"{row.number}:{opens:%Y%m%d}", opens_at=opens.isoformat())
        return done

    async def _is_unanswered(self, work: Work, row: HandoffRow) -> int:
        if row.unanswered_since is None:
            return 0
        done = 0
        waited = self._rules.calendar.service_seconds(row.unanswered_since, work.now)
        if row.reminded_at is None and waited >= self._rules.remind and row.owner_id is not None:
            unreminded = HandoffRow.reminded_at.is_(None)
            if await work.handoffs.change(row.id, _IS_CLAIMED, unreminded, reminded_at=work.now):
                done += await self._tell(work, row, HandoffEvent.REMINDED, [row.owner_id])
        if row.neglected_at is None and waited >= self._rules.neglect:
            unseen = HandoffRow.neglected_at.is_(None)
            if await work.handoffs.change(row.id, _IS_CLAIMED, unseen, neglected_at=work.now):
                done += await self._tell(work, row, HandoffEvent.NEGLECTED, await work.managers())
        return done

    async def _tell(self, work: Work, row: HandoffRow, kind: HandoffEvent, staff_ids: list[int]) -> int:
        event = await work.handoffs.log(row.id, kind, to=staff_ids)
        await tell_staff(work, row, staff_ids, kind.value, event)
        work.signal(kind.value, handoff_id=row.id, conversation_id=row.conversation_id)
        return 1

    async def _is_overdue(self, work: Work, row: AppealRow, today: date) -> int:
        unseen = AppealRow.overdue_on.is_(None) | (AppealRow.overdue_on < today)
        if not await work.appeals.change(row.id, unseen, AppealRow.state == row.state, overdue_on=today):
            return 0
        promised = row.promised_by is not None and row.promised_by < work.now
        detail: dict[str, Any] = {"promised": True} if promised else {}
        await work.appeals.log(row.id, AppealEvent.OVERDUE, **detail)
        people = sorted({*await work.managers(), *([row.owner_id] if row.owner_id else [])})
        kind, key = "appeal_unanswered" if promised else "appeal_overdue", f"staff:appeal_overdue:{row.number}:{today}"
        await work.notices.tell_staff(people, kind, key, appeal_id=row.id, number=row.number)
        work.signal("appeal_overdue", appeal_id=row.id)
        return 1
