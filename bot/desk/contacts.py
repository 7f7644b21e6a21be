"""What staff add to the register of contacts; users are told only what has a source."""

import re
from collections.abc import Sequence
from datetime import date

from actions.knowledge.base import Knowledge
from actions.knowledge.contact_book import Addition, ContactBook
from bot.desk.validation import phone_number, plain
from bot.desk.work import Clock
from qifu.errors import DeskError
from store.database import Database
from store.models import StaffContactRow
from store.models.base import utc_now
from store.repositories import AuditRepository, StaffContactRepository
from store.repositories.numbers import SHANGHAI

LONGEST = 120
_SHORTEST_SOURCE = 4
_HOTLINE = re.compile(r"[19]\d{4,5}")


class StaffContacts:
    """Writes additions down and lets the knowledge of this process hold them at once; others hold them once started."""

    def __init__(self, database: Database, knowledge: Knowledge, clock: Clock = utc_now) -> None:
        self._database = database
        self._knowledge = knowledge
        self._book = ContactBook(knowledge)
        self._clock = clock

    async def load(self) -> None:
        """Makes the knowledge hold what stands in the database."""
        self._book.apply(_addition(row) for row in (await self.current()).values())

    async def current(self) -> dict[str, StaffContactRow]:
        """What holds now, by contact."""
        async with self._database.session() as session:
            return await StaffContactRepository(session, self._clock).current()

    async def history(self, contact_id: str) -> Sequence[StaffContactRow]:
        """Everything that was written of a contact, newest first."""
        async with self._database.session() as session:
            return await StaffContactRepository(session, self._clock).history(contact_id)

    async def add(
        self,
        by: int,
        contact_id: str,
        *,
        phone: str = "",
        address: str = "",
        hours: str = "",
        source: str,
        source_date: date,
    ) -> StaffContactRow:
        """Keeps what somebody found out in place of what was written before; empty fields say nothing.

        All three empty take back what was written. Raises DeskError unknown_contact, contact_phone, contact_source,
        contact_date.
        """
        number = _number(phone)
        source = plain(source)[:LONGEST]
        if contact_id not in self._knowledge.seeds.contacts:
            raise DeskError("unknown_contact")
        if len(source) < _SHORTEST_SOURCE:
            raise DeskError("contact_source")
        if source_date > self._clock().astimezone(SHANGHAI).date():
            raise DeskError("contact_date")
        values = {
            "phone": number,
            "address": plain(address)[:LONGEST] or None,
            "hours": plain(hours)[:LONGEST] or None,
        }
        async with self._database.session() as session:
            row = await StaffContactRepository(session, self._clock).add(
                contact_id, **values, source=source, source_date=source_date, by=by
            )
            action = "contact.remove" if row.is_withdrawn else "contact.add"
            await AuditRepository(session, self._clock).write(by, action, contact_id, {**values, "source": source})
        await self.load()
        return row


def _number(written: str) -> str | None:
    """A telephone number or a hotline's; None where none is given."""
    written = plain(written)
    if not written:
        return None
    number = written if _HOTLINE.fullmatch(written) else phone_number(written)
    if number is None:
        raise DeskError("contact_phone")
    return number


def _addition(row: StaffContactRow) -> Addition:
    source = f"{row.source}，{row.source_date:%Y-%m-%d}"
    return Addition(row.contact_id, source, row.phone, row.address, row.hours)
