"""Appeals (诉求) in a closed loop: filed, looked at, dealt with, resolved, rated; each change told to the user."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.desk.appeal_changes import AppealChanges
from bot.desk.drafts import AppealDraft, Filing, duplicate_of, problems
from bot.desk.rules import DeskRules
from bot.desk.work import DeskStore, Work
from qifu.errors import DeskError
from qifu.labels import (
    AppealEvent,
    AppealGrade,
    AppealOrigin,
    AppealState,
    AppealTier,
    District,
    Language,
    RatingReason,
)
from store.models import AppealRow
from store.repositories import Recorded

type Propose = Callable[[str | None, District | None], list[str]]
"""The responsible units' contact ids for a matter and a district, the likeliest first."""

_DAY = timedelta(days=1)
_TO_DO = (AppealState.RECEIVED, AppealState.ASSIGNED, AppealState.IN_PROGRESS, AppealState.REOPENED)
_TAKEN_ON = (AppealState.ASSIGNED, AppealState.IN_PROGRESS)
_DONE = (AppealState.RESOLVED, AppealState.RATED)


class Appeals(AppealChanges):
    """All that can happen to appeals, each call one transaction.

    `by` is a member of staff. Managers assign and grade; they and the owner deal with it, others get DeskError
    not_owner. One nobody knows is DeskError unknown_appeal, one not in the state for it DeskError wrong_state.
    """

    def __init__(self, store: DeskStore, rules: DeskRules, propose: Propose) -> None:
        self._store = store
        self._rules = rules
        self._propose = propose

    async def file(self, conversation_id: str, draft: AppealDraft, client_key: str | None = None) -> Filing:
        """Files an appeal. The same key files once; one that says the same as an open one of this user joins it.

        Raises DeskError invalid (`values["problems"]` lists what is wrong), too_many, unknown_conversation.
        """
        if wrong := problems(draft):
            raise DeskError("invalid", problems=wrong)
        async with self._store.work() as work:
            conversation = await work.conversations.get(conversation_id)
            if conversation is None:
                raise DeskError("unknown_conversation")
            # Holds the conversation until this is committed: its appeals are filed one after the other.
            await work.conversations.touch(conversation_id)
            if client_key and (known := await work.appeals.by_key(conversation_id, client_key)):
                return Filing(await self._original(work, known), new=False, joined=known.joined_to is not None)
            if await work.appeals.count_since(conversation_id, work.now - _DAY) >= self._rules.appeals_a_day:
                raise DeskError("too_many", most=self._rules.appeals_a_day)
            recent = await work.appeals.of_conversation(conversation_id, work.now - self._rules.same_days * _DAY)
            same = duplicate_of(draft, recent)
            promised = self._rules.promise(work.now) if draft.origin == AppealOrigin.AFTER_HOURS else None
            row = await work.appeals.add(
                conversation_id=conversation_id,
                client_key=client_key,
                channel=conversation.channel,
                language=draft.language or conversation.language or Language.ZH,
                state=AppealState.RECEIVED,
                deadline=promised or self._rules.due(work.now),
                answer_by=None if same else promised,
                joined_to=same.id if same else None,
                **draft.columns(),
            )
            if same:
                return await self._join(work, same, row, promised)
            about = {
                name: getattr(row, name) for name in ("channel", "language", "origin", "district", "topic", "matter")
            }
            about |= _promise(promised) | {"deadline": row.deadline.isoformat()}
            event = await work.appeals.log(row.id, AppealEvent.FILED, **about)
            await self._tell_staff(work, row, "appeal_filed", event)
            await self._tell_user(work, row, "appeal_filed", event)
            return Filing(row, new=True, joined=False)

    async def _join(self, work: Work, same: AppealRow, row: AppealRow, promised: datetime | None) -> Filing:
        """The open appeal that says the same; an answer that was promised now is promised for that one."""
        detail: dict[str, Any] = {"appeal": row.id}
        if promised and same.promised_by is None:
            same = await self._change(work, same, _TO_DO, answer_by=promised, answered_at=None)
            detail |= _promise(promised)
        event = await work.appeals.log(same.id, AppealEvent.JOINED, words=row.number, **detail)
        await self._tell_staff(work, same, "appeal_joined", event)
        return Filing(same, new=False, joined=True)

    async def of_conversation(self, conversation_id: str, number: str | None = None) -> list[AppealRow]:
        """A user's own appeals, newest first, without duplicates; another's number finds nothing.

        The number of a duplicate finds the appeal it was joined to.
        """
        async with self._store.work() as work:
            rows = await work.appeals.of_conversation(conversation_id)
            if number is None:
                return [row for row in rows if row.joined_to is None]
            named = next((row for row in rows if row.number == number.strip().upper()), None)
            return [await self._original(work, named)] if named else []

    async def get(self, appeal_id: int) -> AppealRow:
        """The appeal."""
        async with self._store.work() as work:
            return await self._row(work, appeal_id)

    async def by_number(self, number: str) -> AppealRow | None:
        """The appeal of a number as a person may write it, or None."""
        async with self._store.work() as work:
            return await work.appeals.by_number(number)

    async def history(self, appeal_id: int) -> list[Recorded]:
        """Everything that happened to it, in order, with the words written then."""
        async with self._store.work() as work:
            return await work.appeals.history(appeal_id)

    def proposed_units(self, row: AppealRow) -> list[str]:
        """The contact ids of the units that seem responsible, the likeliest first."""
        return self._propose(row.matter, row.district)

    async def grade(self, appeal_id: int, by: int, grade: AppealGrade, tier: AppealTier) -> AppealRow:
        """A manager says how it is to be dealt with and by whom; the deadline counts from filing or reopening."""
        async with self._store.work() as work:
            await work.manager(by)
            row = await self._row(work, appeal_id)
            deadline = self._rules.due(row.reopened_at or row.created_at, grade, tier)
            values = {"grade": grade, "tier": tier, "deadline": deadline, "overdue_on": None}
            changed = await self._change(work, row, _TO_DO, **values)
            detail: dict[str, Any] = {"grade": grade, "tier": tier, "deadline": deadline.isoformat()}
            await self._happened(work, changed, AppealEvent.GRADED, by, **detail)
            return changed

    async def assign(
        self, appeal_id: int, by: int, *, owner: int | None = None, unit: str | None = None, note: str | None = None
    ) -> AppealRow:
        """A manager names the member of staff and the responsible unit; what isn't given stays as it was."""
        async with self._store.work() as work:
            await work.manager(by)
            row = await self._row(work, appeal_id)
            if owner is not None:
                await work.serving(owner)
            owner, unit = owner or row.owner_id, unit or row.unit
            changed = await self._change(work, row, _TO_DO, state=AppealState.ASSIGNED, owner_id=owner, unit=unit)
            event = await self._happened(work, changed, AppealEvent.ASSIGNED, by, note, owner=owner, unit=unit)
            if owner is not None and owner != by:
                await self._tell_staff(work, changed, "appeal_assigned", event, [owner])
            return changed

    async def start(self, appeal_id: int, by: int) -> AppealRow:
        """The owner, or a manager, begins to deal with it."""
        async with self._store.work() as work:
            row = await self._mine(work, appeal_id, by)
            if row.owner_id is None:
                raise DeskError("wrong_state")
            changed = await self._change(work, row, (AppealState.ASSIGNED,), state=AppealState.IN_PROGRESS)
            await self._happened(work, changed, AppealEvent.STARTED, by)
            return changed

    async def refer(self, appeal_id: int, by: int, hotline_number: str) -> AppealRow:
        """It was passed on to 12345 under the number given there; it stays open until there is a result.

        Raises DeskError hotline_number where that is none.
        """
        hotline_number = hotline_number.strip()
        if not 4 <= len(hotline_number) <= 40 or not any(c.isdigit() for c in hotline_number):
            raise DeskError("hotline_number")
        async with self._store.work() as work:
            row = await self._mine(work, appeal_id, by)
            changed = await self._change(
                work, row, _TO_DO, state=AppealState.IN_PROGRESS, hotline_number=hotline_number
            )
            await self._happened(work, changed, AppealEvent.REFERRED, by, hotline_number)
            return changed

    async def answer(self, appeal_id: int, by: int, text: str) -> AppealRow:
        """A person writes to the user about it, and it stays open; an answer that was promised is given with it.

        That person is the owner or a manager, or anybody who serves where nobody has it.
        """
        text = text.strip()
        if not text:
            raise DeskError("empty")
        async with self._store.work() as work:
            person = await work.serving(by)
            row = await self._row(work, appeal_id)
            if row.owner_id is not None:
                await self._mine(work, appeal_id, by)
            changed = await self._change(work, row, _TO_DO, answered_at=row.answered_at or work.now)
            await work.conversations.touch(row.conversation_id)
            told = {"answer": text, "name": person.name}
            await self._happened(work, changed, AppealEvent.ANSWERED, by, text, told=told)
            return changed

    async def note(self, appeal_id: int, by: int, text: str) -> None:
        """An internal remark of anybody who serves; the user isn't told."""
        async with self._store.work() as work:
            await work.serving(by)
            row = await self._row(work, appeal_id)
            await work.appeals.log(row.id, AppealEvent.NOTED, by, text)
            work.signal("noted", appeal_id=row.id)

    async def resolve(self, appeal_id: int, by: int, text: str) -> AppealRow:
        """The owner, or a manager, says what came of it; the user reads this and is asked for a rating."""
        text = text.strip()
        if not text:
            raise DeskError("empty")
        async with self._store.work() as work:
            row = await self._mine(work, appeal_id, by)
            values = {"state": AppealState.RESOLVED, "resolution": text, "resolved_at": work.now}
            answered = row.answered_at or work.now
            changed = await self._change(work, row, _TAKEN_ON, answered_at=answered, **values)
            await work.conversations.touch(row.conversation_id)
            await self._happened(work, changed, AppealEvent.RESOLVED, by, text, told={"resolution": text})
            return changed

    async def rate(
        self,
        conversation_id: str,
        number: str,
        stars: int,
        reason: RatingReason | None = None,
        text: str | None = None,
    ) -> AppealRow:
        """The user's opinion, 1 to 5; the latest one counts. Few stars go to the managers.

        Raises DeskError bad_rating, unknown_appeal, wrong_state where it isn't resolved.
        """
        if stars not in range(1, 6):
            raise DeskError("bad_rating")
        async with self._store.work() as work:
            row = await self._theirs(work, conversation_id, number)
            rating = {"rating": stars, "rating_reason": reason, "rating_text": text}
            changed = await self._change(work, row, _DONE, state=AppealState.RATED, **rating)
            event = await self._happened(work, changed, AppealEvent.RATED, None, text, rating=stars, reason=reason)
            if stars <= self._rules.low_rating:
                await self._tell_staff(work, changed, "appeal_low_rating", event)
            return changed

    async def reopen(self, conversation_id: str, number: str, text: str) -> AppealRow:
        """The user isn't content with the result; once. It begins anew, and so does its deadline.

        Raises DeskError reopened_before, unknown_appeal, wrong_state where it isn't resolved.
        """
        async with self._store.work() as work:
            row = await self._theirs(work, conversation_id, number)
            if row.reopened:
                raise DeskError("reopened_before")
            deadline = self._rules.due(work.now, row.grade, row.tier)
            values = {"state": AppealState.REOPENED, "reopened_at": work.now, "deadline": deadline, "overdue_on": None}
            changed = await self._change(work, row, _DONE, AppealRow.reopened_at.is_(None), **values)
            event = await self._happened(
                work, changed, AppealEvent.REOPENED, None, text.strip() or None, deadline=deadline.isoformat()
            )
            await self._tell_staff(work, changed, "appeal_reopened", event)
            return changed


def _promise(until: datetime | None) -> dict[str, str]:
    """By when an answer is promised, as an event has it."""
    return {"answer_by": until.isoformat()} if until else {}
