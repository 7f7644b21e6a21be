"""One transaction of the desk: the repositories it needs, and the signals to send once it is committed."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk.signals import Signal, Signals
from qifu.errors import DeskError
from qifu.labels import StaffRole
from store.database import Database
from store.models import StaffRow
from store.repositories import (
    AppealRepository,
    ConversationRepository,
    DeskMessageRepository,
    DutyRepository,
    HandoffRepository,
    NoticeRepository,
    StaffRepository,
)

type Clock = Callable[[], datetime]

SERVING = (StaffRole.SERVICE, StaffRole.MANAGER)
"""Roles that talk with users."""


class Work:
    """The repositories of one session; `now` is one moment for all of it."""

    def __init__(self, session: AsyncSession, now: datetime) -> None:
        self.session = session
        self.now = now
        self.signals: list[Signal] = []

    def _clock(self) -> datetime:
        return self.now

    @cached_property
    def handoffs(self) -> HandoffRepository:
        """Handoffs and their events."""
        return HandoffRepository(self.session, self._clock)

    @cached_property
    def messages(self) -> DeskMessageRepository:
        """What is said in handoffs."""
        return DeskMessageRepository(self.session, self._clock)

    @cached_property
    def appeals(self) -> AppealRepository:
        """Appeals and their events."""
        return AppealRepository(self.session, self._clock)

    @cached_property
    def notices(self) -> NoticeRepository:
        """The outbox."""
        return NoticeRepository(self.session, self._clock)

    @cached_property
    def duty(self) -> DutyRepository:
        """Shifts and presence."""
        return DutyRepository(self.session, self._clock)

    @cached_property
    def staff(self) -> StaffRepository:
        """Who works here."""
        return StaffRepository(self.session, self._clock)

    @cached_property
    def conversations(self) -> ConversationRepository:
        """Who talks with the bot."""
        return ConversationRepository(self.session, self._clock)

    async def serving(self, staff_id: int) -> StaffRow:
        """The member of staff. Raises DeskError not_service where they don't (any more) talk with users."""
        row = await self.staff.get(staff_id)
        if row is None or not row.active or row.role not in SERVING:
            raise DeskError("not_service")
        return row

    async def manager(self, staff_id: int) -> StaffRow:
        """The manager. Raises DeskError not_manager for anybody else."""
        row = await self.staff.get(staff_id)
        if row is None or not row.active or row.role != StaffRole.MANAGER:
            raise DeskError("not_manager")
        return row

    async def managers(self) -> list[int]:
        """The ids of all active managers."""
        return [row.id for row in await self.staff.all(active=True, roles=[StaffRole.MANAGER])]

    def signal(self, kind: str, **about: Any) -> None:
        """Send a signal once this is committed."""
        self.signals.append(Signal(kind, **about))


class DeskStore:
    """Opens transactions. `clock` tells the present moment, with a time zone."""

    def __init__(self, database: Database, clock: Clock, signals: Signals) -> None:
        self.database = database
        self.clock = clock
        self.signals = signals

    @asynccontextmanager
    async def work(self, now: datetime | None = None) -> AsyncIterator[Work]:
        """A transaction, committed when the block ends; then its signals are sent."""
        async with self.database.session() as session:
            work = Work(session, now or self.clock())
            yield work
        for signal in work.signals:
            self.signals.send(signal)
