"""Staff at the console, and managers: they use the desk on the same database, as the console's pages do."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass

from sqlalchemy import select

from bot.desk.desk import Desk
from qifu.errors import DeskError, StoreError
from qifu.labels import AppealGrade, AppealState, AppealTier, CloseReason, Direction
from store.models import AppealRow, HandoffRow
from tests.simulation.diary import Answered, Diary
from tests.simulation.plan import MINUTE
from tests.simulation.simtime import SimTime

_EVERY, _EAGER = 8.0, 0.1
"""How often they look, in seconds, and how likely each then reaches for somebody who waits."""
_ENDS = (CloseReason.RESOLVED, CloseReason.RESOLVED, CloseReason.RESOLVED, CloseReason.REFERRED)
_OPEN = (AppealState.RECEIVED, AppealState.ASSIGNED, AppealState.IN_PROGRESS, AppealState.REOPENED)


@dataclass(frozen=True)
class Person:
    """Somebody at the console."""

    id: int
    login: str


class Office:
    """The console's side. `managers` look after appeals and after users whom nobody answers."""

    def __init__(
        self,
        desk: Desk,
        staff: list[Person],
        managers: list[Person],
        *,
        dice: random.Random,
        diary: Diary,
        time: SimTime,
        closing: float,
    ) -> None:
        self._desk, self._staff, self._managers = desk, staff, managers
        self._dice, self._diary, self._time, self._closing = dice, diary, time, closing
        self._neglected: deque[str] = deque()

    def rescue(self, number: str) -> None:
        """A manager heard that a user is left without an answer."""
        self._neglected.append(number)

    async def open(self) -> None:
        """Works until cancelled."""
        for person in self._staff:
            await self._desk.roster.come(person.id)
        while True:
            await self._round()
            await self._time.sleep(_EVERY * self._dice.uniform(0.5, 1.5))

    @property
    def _is_closing(self) -> bool:
        return self._time.passed >= self._closing

    async def _round(self) -> None:
        for work in (self._claims, self._talks, self._appeals, self._rescues):
            try:
                await work()
            except DeskError as error:
                self._diary.met[f"console: refused, {error.code}"] += 1
            except StoreError as error:
                self._diary.met[f"console: {type(error).__name__}"] += 1

    async def _claims(self) -> None:
        waiting = await self._desk.handoffs.waiting()
        for person in self._staff:
            theirs = len(await self._desk.handoffs.claimed(person.id))
            if waiting and (theirs < 3 or self._is_closing) and self._dice.random() < _EAGER:
                row = self._dice.choice(waiting)
                # Both reach for the same one, and somebody with a phone may, too.
                claims = await asyncio.gather(
                    *(self._desk.handoffs.claim(row.id, each.id) for each in self._staff), return_exceptions=True
                )
                won = sum(not isinstance(claim, BaseException) and claim.won for claim in claims)
                self._diary.met[f"console: {won} of {len(claims)} claims at once won"] += 1

    async def _talks(self) -> None:
        for person in self._staff:
            for row in await self._desk.handoffs.claimed(person.id):
                await self._talk(person, row)

    async def _talk(self, person: Person, row: HandoffRow) -> None:
        said = await self._desk.talk.messages(row.id)
        mine = sum(message.direction == Direction.STAFF for message in said)
        quiet = row.unanswered_since is None
        if mine >= 2 or (quiet and self._is_closing) or (quiet and self._dice.random() < 0.1):
            if self._dice.random() < 0.15 and not self._is_closing:
                await self._desk.handoffs.hand_back(row.id, person.id)
            else:
                await self._desk.handoffs.close(row.id, person.id, self._dice.choice(_ENDS))
        elif not quiet and self._dice.random() < 0.7:
            token = self._diary.staff_token()
            self._diary.answered.append(Answered(person.login, row.id, token, self._time.now(), at_console=True))
            await self._desk.talk.staff_message(row.id, person.id, f"您好，请看一下 {token}", f"console-{token}")

    async def _rescues(self) -> None:
        """What stands neglected goes back to all."""
        while self._neglected and self._managers:
            number = self._neglected.popleft()
            by = self._managers[0].id
            row = next((row for row in await self._desk.handoffs.claimed() if row.number == number), None)
            if row is not None and row.neglected_at is not None:
                await self._desk.handoffs.transfer(row.id, by, note="没有人回复")
                self._diary.met["manager: took it from who didn't answer"] += 1

    async def _appeals(self) -> None:
        if not self._managers or self._dice.random() < 0.6:
            return
        by = self._managers[0].id
        chosen = select(AppealRow).where(AppealRow.state.in_(_OPEN), AppealRow.joined_to.is_(None)).limit(3)
        async with self._desk.store.work() as work:
            rows = list(await work.session.scalars(chosen))
        for row in rows:
            await self._look_after(row, by)

    async def _look_after(self, row: AppealRow, by: int) -> None:
        appeals = self._desk.appeals
        if row.state in (AppealState.RECEIVED, AppealState.REOPENED):
            if row.grade is None:
                await appeals.grade(row.id, by, self._dice.choice(list(AppealGrade)), AppealTier.DISTRICT)
            await appeals.assign(row.id, by, owner=by)
        elif row.state == AppealState.ASSIGNED:
            await appeals.start(row.id, by)
        elif self._time.now().timestamp() - row.created_at.timestamp() > MINUTE:
            await appeals.resolve(row.id, by, "已经处理好了，请查看。")
