"""What staff found out about contacts that no plan gives: telephone, address, hours, each with its source."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, RowId


class StaffContactRow(Base):
    """What staff wrote of a contact; the row with the highest id holds, the others are its history.

    A row without telephone, address and hours takes back what was written before. `contact_id` is a contact's of the
    seeds; it outlives a contact that is no longer among them. `source_date` is the day the source is of.
    """

    __tablename__ = "staff_contacts"
    __table_args__ = (
        Index("ix_staff_contacts_contact_id_id", "contact_id", "id"),
        CheckConstraint("source <> ''", name="source"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    contact_id: Mapped[str]
    phone: Mapped[str | None]
    address: Mapped[str | None]
    hours: Mapped[str | None]
    source: Mapped[str]
    source_date: Mapped[date] = mapped_column(Date)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime]

    @property
    def is_withdrawn(self) -> bool:
        """Whether it only takes back what was written before."""
        return not (self.phone or self.address or self.hours)
