"""What trainers are to look at: added once each, listed by groups, decided once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, select, text, tuple_, update

from qifu.training.labels import ProposalReason, ProposalState, Rejection
from store.models import ProposalRow
from store.repositories.base import Repository, insert_for, table_of

type Order = Literal["newest", "biggest"]

MOST_PROPOSED = 3
# In so many words, as the partial index has it.
_IS_OPEN: ColumnElement[bool] = literal_column("proposals.state = 'open'")
_row = table_of(ProposalRow).c


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """Something said that trainers should look at. `at` is when it was said, `told_at` when the reason came up.

    `text` and `answer` are masked. `proposed` are {intent, point, share}, the best first.
    """

    conversation_id: str
    at: datetime
    told_at: datetime
    reason: ProposalReason
    text: str
    turn_id: int | None = None
    message_id: int | None = None
    topic: str | None = None
    proposed: Sequence[dict[str, Any]] = ()
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFilter:
    """Which proposals to show; None is all. Times are when it was said: from `since`, before `until`."""

    reason: ProposalReason | None = None
    topic: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class GroupKey(NamedTuple):
    """A place in the list of groups: the day of the latest (Shanghai's, ISO), how many there are, the group."""

    day: str
    n: int
    group_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a trainer makes of proposals; `text` is how it was accepted."""

    state: ProposalState
    by: int
    intent: str | None = None
    point: str | None = None
    text: str | None = None
    rejection: Rejection | None = None


class ProposalRepository(Repository):
    """Proposals. A turn or message is proposed once, however many reasons there are."""

    async def add(self, new: NewProposal) -> int | None:
        """Keeps a proposal, its id; None where it was proposed before: then the reason and the answer are added to it.

        What a trainer rejected is open again where staff handed it on afterwards.
        """
        values = {
            "conversation_id": new.conversation_id,
            "turn_id": new.turn_id,
            "message_id": new.message_id,
            "at": new.at,
            "reasons": new.reason.bit,
            "topic": new.topic,
            "text": new.text,
            "answer": new.answer,
            "proposed": list(new.proposed)[:MOST_PROPOSED],
            "state": ProposalState.OPEN,
        }
        added = insert_for(self.dialect, ProposalRow).values(values).on_conflict_do_nothing()
        made = await self.session.scalar(added.returning(ProposalRow.id))
        if made is None:
            await self._add_reason(new)
        return made

    async def _add_reason(self, new: NewProposal) -> None:
        same = _row.turn_id == new.turn_id if new.turn_id is not None else _row.message_id == new.message_id
        held = (await self.session.execute(select(_row.id, _row.proposed, _row.reasons, _row.answer).where(same))).one()
        told = [entry for entry in new.proposed if entry.get("share") is None]
        proposed = [*told, *(entry for entry in held.proposed if entry not in told)]
        values = {
            "reasons": held.reasons | new.reason.bit,
            "answer": held.answer or new.answer,
            "proposed": proposed[:MOST_PROPOSED],
        }
        if values != {"reasons": held.reasons, "answer": held.answer, "proposed": held.proposed}:
            await self.session.execute(update(ProposalRow).where(_row.id == held.id).values(values))
        if new.reason is ProposalReason.TRAINER:
            rejected = (_row.state == ProposalState.REJECTED, _row.decided_at < new.told_at)
            await self._open(_row.id == held.id, *rejected)

    async def set_group(self, proposal_id: int, group_no: int) -> None:
        """Puts a proposal among those it is like."""
        await self.session.execute(update(ProposalRow).where(_row.id == proposal_id).values(group_no=group_no))

    async def leads(self, after: int, most: int) -> list[tuple[int, str]]:
        """The first ones of the latest groups, from after an id on: id and text, in order."""
        newest = await self.session.scalar(select(func.max(_row.id))) or 0
        chosen = select(_row.id, _row.text).where(_row.id > max(after, newest - most), _row.group_no == _row.id)
        return [(row.id, row.text) for row in await self.session.execute(chosen.order_by(_row.id))]

    async def get(self, ids: Sequence[int]) -> Sequence[ProposalRow]:
        """The proposals of these ids, the latest first."""
        chosen = select(ProposalRow).where(_row.id.in_(ids)).order_by(_row.at.desc(), _row.id.desc())
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def groups(
        self, chosen: ProposalFilter, limit: int, after: GroupKey | None = None, order: Order = "newest"
    ) -> list[GroupKey]:
        """Groups of open proposals with how many of them fulfil the filter.

        newest: those of the latest day first, of a day the biggest; biggest: the biggest first, of these the latest.
        """
        await self._plan_freely()
        day, n = self._day(func.max(_row.at)), func.count()
        by = (day, n, _row.group_no) if order == "newest" else (n, day, _row.group_no)
        found = select(day, n, _row.group_no).where(_IS_OPEN, *_conditions(chosen)).group_by(_row.group_no)
        if after:
            place = (after.day, after.n, after.group_no) if order == "newest" else (after.n, after.day, after.group_no)
            found = found.having(tuple_(*by) < tuple_(*place))
        rows = await self.session.execute(found.order_by(*(column.desc() for column in by)).limit(limit))
        return [GroupKey(row[0], row[1], row[2] or 0) for row in rows]

    async def members(
        self, groups: Sequence[int], chosen: ProposalFilter, most: int = 50
    ) -> dict[int, list[ProposalRow]]:
        """The open proposals of groups that fulfil the filter, at most so many each, the latest first."""
        place = func.row_number().over(partition_by=_row.group_no, order_by=(_row.at.desc(), _row.id.desc()))
        numbered = (
            select(_row.id, place.label("place"))
            .where(_IS_OPEN, _row.group_no.in_(groups), *_conditions(chosen))
            .subquery()
        )
        wanted = select(ProposalRow).join(numbered, numbered.c.id == ProposalRow.id).where(numbered.c.place <= most)
        found: dict[int, list[ProposalRow]] = {group: [] for group in groups}
        rows = await self.session.scalars(
            wanted.order_by(_row.at.desc(), _row.id.desc()), execution_options={"populate_existing": True}
        )
        for row in rows:
            found[row.group_no or 0].append(row)
        return found

    async def counts(self, chosen: ProposalFilter) -> tuple[int, Counter[ProposalReason]]:
        """How many open proposals fulfil the filter, and how many there are of each reason, whichever it asks for."""
        others = ProposalFilter(topic=chosen.topic, since=chosen.since, until=chosen.until)
        rows = await self.session.execute(
            select(_row.reasons, func.count()).where(_IS_OPEN, *_conditions(others)).group_by(_row.reasons)
        )
        total, counted = 0, Counter[ProposalReason]()
        for bits, n in rows:
            total += n if chosen.reason is None or bits & chosen.reason.bit else 0
            for reason in ProposalReason.of(bits):
                counted[reason] += n
        return total, counted

    async def decided(
        self, state: ProposalState, limit: int, before: tuple[datetime, int] | None = None
    ) -> Sequence[ProposalRow]:
        """What was decided, the latest first, from before a moment and id on."""
        chosen = select(ProposalRow).where(_row.state == state)
        if before:
            chosen = chosen.where(tuple_(_row.decided_at, _row.id) < tuple_(*before))
        chosen = chosen.order_by(_row.decided_at.desc(), _row.id.desc()).limit(limit)
        return (await self.session.scalars(chosen, execution_options={"populate_existing": True})).all()

    async def decide(self, ids: Sequence[int], decision: Decision) -> int:
        """Decides those that are still open; how many it were."""
        changed = update(ProposalRow).where(_row.id.in_(ids), _row.state == ProposalState.OPEN)
        values = {
            "state": decision.state,
            "decided_by": decision.by,
            "decided_at": self.clock(),
            "intent": decision.intent,
            "point": decision.point,
            "final_text": decision.text,
            "rejection": decision.rejection,
        }
        return await self.count(changed.values(values).execution_options(synchronize_session=False))

    async def reopen(self, proposal_id: int) -> bool:
        """Opens a rejected proposal again; False where there is none."""
        return await self._open(_row.id == proposal_id, _row.state == ProposalState.REJECTED) > 0

    async def set_canned(self, proposal_id: int, canned_id: int) -> None:
        """Notes that its answer is kept as a canned reply."""
        await self.session.execute(update(ProposalRow).where(_row.id == proposal_id).values(canned_id=canned_id))

    async def _open(self, *conditions: ColumnElement[bool]) -> int:
        nothing = dict.fromkeys(("decided_by", "decided_at", "intent", "point", "final_text", "rejection"))
        changed = update(ProposalRow).where(*conditions).values(state=ProposalState.OPEN, **nothing)
        return await self.count(changed.execution_options(synchronize_session=False))

    async def _plan_freely(self) -> None:
        if self.dialect == "postgresql":
            await self.session.execute(text("SET LOCAL jit = off"))

    def _day(self, at: ColumnElement[Any]) -> ColumnElement[Any]:
        """The day in Shanghai as ISO writes it."""
        if self.dialect == "sqlite":
            return func.date(at, "+8 hours")
        return func.to_char(func.timezone("Asia/Shanghai", at), "YYYY-MM-DD")


def _conditions(chosen: ProposalFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.reason is not None:
        found.append(_row.reasons.bitwise_and(chosen.reason.bit) != 0)
    if chosen.topic is not None:
        found.append(_row.topic == chosen.topic)
    if chosen.since is not None:
        found.append(_row.at >= chosen.since)
    if chosen.until is not None:
        found.append(_row.at < chosen.until)
    return found
