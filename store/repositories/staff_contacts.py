"""What staff found out about contacts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from store.models import StaffContactRow
from store.repositories.base import Repository


class StaffContactRepository(Repository):
    """Rows are only ever added; the newest of a contact holds."""

    async def add(
        self,
        contact_id: str,
        *,
        phone: str | None = None,
        address: str | None = None,
        hours: str | None = None,
        source: str,
        source_date: date,
        by: int | None,
    ) -> StaffContactRow:
        """What holds from now on; without telephone, address and hours nothing does."""
        row = StaffContactRow(
            contact_id=contact_id,
            phone=phone,
            address=address,
            hours=hours,
            source=source,
            source_date=source_date,
            added_by=by,
            added_at=self.clock(),
        )
        self.session.add(row)
        await self.session.flush()
        return row

    async def current(self) -> dict[str, StaffContactRow]:
        """What holds now, by contact; those taken back are left out."""
        newest = select(func.max(StaffContactRow.id)).group_by(StaffContactRow.contact_id)
        rows = await self.session.scalars(select(StaffContactRow).where(StaffContactRow.id.in_(newest)))
        return {row.contact_id: row for row in rows if not row.is_withdrawn}

    async def history(self, contact_id: str) -> Sequence[StaffContactRow]:
        """Everything that was written of a contact, newest first."""
        chosen = select(StaffContactRow).where(StaffContactRow.contact_id == contact_id)
        return (await self.session.scalars(chosen.order_by(StaffContactRow.id.desc()))).all()
