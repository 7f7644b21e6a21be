"""Takes off duty who went away from the console without a word, so that nobody is offered to an empty chair."""

from datetime import timedelta

import structlog

from bot.desk.desk import Desk
from bot.desk.roster import on_duty
from store.repositories import AuditRepository, StaffSessionRepository
from store.repositories.numbers import SHANGHAI

log = structlog.get_logger(__name__)

LOOKS_EVERY = 30.0
"""Seconds between two looks."""


class Away:
    """`idle` is how long a session lasts without use."""

    def __init__(self, desk: Desk, idle: timedelta) -> None:
        self._desk, self._idle = desk, idle

    async def look(self) -> None:
        """Whoever is on duty, was at the console today, and whose last session has ended for lack of use, is off duty.

        Not so who may be reached on Telegram, or has done something at the desk meanwhile. Who logs out says so
        themselves; who never came today is on the roster's word.
        """
        async with self._desk.store.work() as work:
            since = work.now - self._idle
            people = [row for row in await on_duty(work, self._desk.rules.calendar) if row.telegram_id is None]
            seen = await StaffSessionRepository(work.session, self._desk.store.clock).last_seen(
                [row.id for row in people], since
            )
            said = {row.staff_id: row.since for row in await work.duty.presence()}
            today = work.now.astimezone(SHANGHAI).date()
            away = [
                staff
                for staff, (at, good) in seen.items()
                if not good and max(at, said.get(staff, at)) < since and at.astimezone(SHANGHAI).date() == today
            ]
            busy = await work.duty.acted_since(since) if away else set()
            for staff in away:
                if staff in busy:
                    continue
                await work.duty.set_presence(staff, False, idle=True)
                await AuditRepository(work.session, lambda: work.now).write(None, "duty.idle", f"staff:{staff}")
                work.signal("presence", staff_id=staff)
                log.info("staff_off_duty", staff=staff)
