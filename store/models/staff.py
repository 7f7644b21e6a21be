"""Who looks after qifu: staff, their sessions in the console, what they did, and the switches they set."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from qifu.labels import StaffRole
from store.models.base import Base, CleanJson, RowId, label


class StaffRow(Base):
    """A member of staff; switched off instead of deleted, since what they did names them for good.

    `login` is kept in lower case. `districts`, `topics` and `languages` hold labels: what they are matched by; an
    empty list stands for all. `most_chats` is how many handoffs they take at once. `totp_secret` is Base32 (RFC 6238),
    `totp_step` the 30-second step of the last code used: no code works twice.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[StaffRole] = mapped_column(label(StaffRole))
    active: Mapped[bool]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool]
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    failed_logins: Mapped[int]
    locked_until: Mapped[datetime | None]
    telegram_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    districts: Mapped[list[Any]] = mapped_column(CleanJson)
    topics: Mapped[list[Any]] = mapped_column(CleanJson)
    languages: Mapped[list[Any]] = mapped_column(CleanJson)
    most_chats: Mapped[int]
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]


class StaffSessionRow(Base):
    """A browser that is logged in. Only the SHA-256 of its token is kept; `agent` is the browser's own name."""

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    address: Mapped[str]
    agent: Mapped[str]


class AuditRow(Base):
    """One thing somebody did or looked at. Rows are only ever added: the database refuses to change or delete one.

    Without `staff_id` it was the command line or qifu itself, or an unknown login. `subject` names the thing, such as
    `staff:3` or a conversation's id; `detail` says what changed, never a secret and never what a user wrote.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at_id", "at", "id"),
        Index("ix_audit_entries_staff_id_at_id", "staff_id", "at", "id"),
        Index("ix_audit_entries_action_at_id", "action", "at", "id"),
        Index("ix_audit_entries_subject_at_id", "subject", "at", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    action: Mapped[str]
    subject: Mapped[str | None]
    detail: Mapped[dict[str, Any] | None] = mapped_column(CleanJson)


class SwitchRow(Base):
    """How the switches stood from `at` on; the row with the highest id holds now. Empty texts are no notice."""

    __tablename__ = "switches"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    bot_on: Mapped[bool]
    notice_zh: Mapped[str]
    notice_en: Mapped[str]
