"""Gathers what trainers should look at, a little at a time, from where it was left.

What a crash interrupts is gathered again: a turn is proposed once, and a cursor moves with what it has passed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from actions.knowledge.base import Knowledge
from console.inbox.proposing import left_open, of_handoff, of_turn
from console.review.alike import Leads
from qifu.labels import Outcome
from qifu.training.labels import ProposalReason
from store.database import Database
from store.models import TurnRow
from store.repositories import NewProposal, ProposalRepository, ProposalSourceRepository, ReviewRepository
from store.repositories.base import Clock
from store.repositories.proposal_sources import HARDLY, Cursor, Told
from store.tokens import tokens

BATCH = 20
"""So many are kept in one transaction: on SQLite messages wait for as long as it takes."""
_MOST_BATCHES = 25
_FIRST = timedelta(days=30)
"""A new inbox begins with what was said since then."""
_ABANDONED = timedelta(minutes=30)
"""After this, choices that nobody took count as not taken."""
_STALE = timedelta(hours=1)
_MOST_LEADS = 5000
_SETTLED = timedelta(seconds=2)

type Batch = tuple[list[NewProposal], Cursor | None]
type Source = Callable[[ProposalSourceRepository, Cursor, datetime], Awaitable[Batch]]


class Gatherer:
    """One a process. `knowledge` tells what staff quoted, where there is one."""

    def __init__(self, database: Database, clock: Clock, knowledge: Callable[[], Knowledge | None]) -> None:
        self._database, self._clock, self._knowledge = database, clock, knowledge
        self._lock = asyncio.Lock()
        self._leads, self._latest = Leads(), 0
        self._sources: dict[str, tuple[Source, timedelta]] = {
            "failed": (self._failed, _SETTLED),
            "clarified": (self._clarified, _ABANDONED),
            "thumbs": (self._thumbs, _SETTLED),
            "marked": (self._marked, _SETTLED),
            "handoffs": (self._handoffs, _SETTLED),
        }

    async def gather(self, most: int = _MOST_BATCHES) -> int:
        """Takes up what is new, at most so many batches of each source; how many proposals it made."""
        async with self._lock:
            made = 0
            for name, (source, lag) in self._sources.items():
                for _ in range(most):
                    added, more = await self._take(name, source, lag)
                    made += added
                    if not more:
                        break
            return made

    async def _take(self, name: str, source: Source, lag: timedelta) -> tuple[int, bool]:
        """Takes one batch of a source: how many it made, and whether there may be more."""
        now = self._clock()
        async with self._database.session() as session:
            sources = ProposalSourceRepository(session, self._clock)
            settled = await sources.settled() if name == "failed" else now - lag
            left = await sources.cursor(name) or Cursor(now - _FIRST)
            found, last = await source(sources, left, settled)
        if last is None and settled - left.at < _STALE:
            return 0, False
        said = await asyncio.to_thread(lambda: [set(tokens(new.text)) for new in found])
        if found:
            await self._learn()
        try:
            async with self._database.session() as session:
                made = await self._keep(ProposalRepository(session, self._clock), found, said)
                await ProposalSourceRepository(session).set_cursor(name, last or Cursor(max(settled, left.at)))
        except BaseException:
            # Numbers that were not committed may be given to others.
            self._leads, self._latest = Leads(), 0
            raise
        return made, last is not None

    async def _keep(self, proposals: ProposalRepository, found: Sequence[NewProposal], said: Sequence[set[str]]) -> int:
        """Keeps proposals, each with those that it is like."""
        made = 0
        for new, words in zip(found, said, strict=True):
            if (number := await proposals.add(new)) is None:
                continue
            group = self._leads.near(words)
            if group is None:
                group = number
                self._leads.add(number, words)
            self._latest = max(self._latest, number)
            await proposals.set_group(number, group)
            made += 1
        return made

    async def _learn(self) -> None:
        """Takes up the groups that were there before, and those that other processes made."""
        if len(self._leads) > 2 * _MOST_LEADS:
            self._leads, self._latest = Leads(), 0
        async with self._database.session() as session:
            leads = await ProposalRepository(session).leads(self._latest, _MOST_LEADS)
        said = await asyncio.to_thread(lambda: [set(tokens(text)) for _, text in leads])
        for (number, _), words in zip(leads, said, strict=True):
            self._leads.add(number, words)
            self._latest = number

    async def _failed(self, sources: ProposalSourceRepository, after: Cursor, until: datetime) -> Batch:
        told = await sources.failed(after, until, BATCH)
        found = []
        for turn in await self._turns(sources, told):
            # What was said while the bot was off, or to nothing at all, says nothing of understanding.
            if (
                not turn.is_payload
                and turn.intent is not None
                and (new := of_turn(turn, (), _why(turn), turn.accepted_at))
            ):
                found.append(new)
        return found, _last(told)

    async def _clarified(self, sources: ProposalSourceRepository, after: Cursor, until: datetime) -> Batch:
        told = await sources.clarified(after, until, BATCH)
        found = []
        for turn in await self._turns(sources, told):
            before, following = await sources.around(turn)
            if left_open(turn, following) and (new := of_turn(turn, before, ProposalReason.CLARIFY, turn.accepted_at)):
                found.append(new)
        return found, _last(told)

    async def _thumbs(self, sources: ProposalSourceRepository, after: Cursor, until: datetime) -> Batch:
        told = await sources.thumbs(after, until, BATCH)
        return await self._told(sources, told, ProposalReason.THUMB_DOWN), _last(told)

    async def _marked(self, sources: ProposalSourceRepository, after: Cursor, until: datetime) -> Batch:
        told = await sources.marked(after, until, BATCH)
        return await self._told(sources, told, ProposalReason.TRAINER), _last(told)

    async def _told(
        self, sources: ProposalSourceRepository, told: Sequence[Told], reason: ProposalReason
    ) -> list[NewProposal]:
        when = {found.turn_id: found.at for found in told}
        found = []
        for turn in await self._turns(sources, told):
            before, _ = await sources.around(turn)
            if new := of_turn(turn, before, reason, when[turn.id]):
                found.append(new)
        return found

    async def _handoffs(self, sources: ProposalSourceRepository, after: Cursor, until: datetime) -> Batch:
        ended = await sources.ended(after, until, BATCH)
        found = []
        for cursor, handoff in ended:
            turns = await sources.turns_before(handoff.conversation_id, handoff.requested_at)
            said = await sources.said(handoff.id)
            if new := of_handoff(handoff, turns, said, self._knowledge(), cursor.at):
                found.append(new)
        return found, ended[-1][0] if ended else None

    async def _turns(self, sources: ProposalSourceRepository, told: Sequence[Told]) -> Sequence[TurnRow]:
        if not told:
            return ()
        return await ReviewRepository(sources.session, self._clock).turns([found.turn_id for found in told])


def _why(turn: TurnRow) -> ProposalReason:
    if turn.outcome is Outcome.NO_ANSWER:
        return ProposalReason.NO_ANSWER
    hardly = turn.confidence is not None and turn.confidence < HARDLY
    return ProposalReason.LOW_CONFIDENCE if hardly else ProposalReason.SAMPLE


def _last(told: Sequence[Told]) -> Cursor | None:
    return Cursor(*told[-1]) if told else None
