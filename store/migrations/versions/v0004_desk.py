"""The desk: handoffs, appeals, their events and messages, duty, canned replies, notices; requests become these."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
LABEL = sa.String(32)
MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "handoffs",
    "handoff_events",
    "desk_messages",
    "appeals",
    "appeal_events",
    "appeal_notes",
    "duty_shifts",
    "presence",
    "canned_replies",
    "notices",
)
APPEND_ONLY = ("handoff_events", "appeal_events")


def upgrade() -> None:
    _handoffs()
    _messages()
    _appeals()
    _duty()
    _notices()
    for table in APPEND_ONLY:
        _only_ever_added(table)
    _move_requests()
    op.drop_table("requests")


def _foreign(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=f"fk_{table}_{column}", ondelete=ondelete)


def _partial(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("channel", LABEL, nullable=False),
        sa.Column("language", LABEL, nullable=False),
        sa.Column("state", LABEL, nullable=False),
        sa.Column("reason", LABEL, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("district", LABEL, nullable=True),
        sa.Column("topic", LABEL, nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("owner_id", ROW_ID, nullable=True),
        sa.Column("wished_staff", ROW_ID, nullable=True),
        sa.Column("offered_to", ROW_ID, nullable=True),
        sa.Column("offered_until", MOMENT, nullable=True),
        sa.Column("offered_all_at", MOMENT, nullable=True),
        sa.Column("requested_at", MOMENT, nullable=False),
        sa.Column("waiting_since", MOMENT, nullable=False),
        sa.Column("alerted_at", MOMENT, nullable=True),
        sa.Column("escalated_at", MOMENT, nullable=True),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("unanswered_since", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("neglected_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("close_reason", LABEL, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_reason", LABEL, nullable=True),
        sa.Column("rating_text", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'claimed') <= (owner_id IS NOT NULL)", name=op.f("ck_handoffs_owned")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_handoffs_rating")),
        _foreign("handoffs", "conversation_id", "conversations.id", "CASCADE"),
        *(_foreign("handoffs", column, "staff.id") for column in ("owner_id", "wished_staff", "offered_to")),
        sa.PrimaryKeyConstraint("id", name="pk_handoffs"),
        sa.UniqueConstraint("number", name="uq_handoffs_number"),
        # Events outlive their handoff, so that its id must not become another's.
        sqlite_autoincrement=True,
    )
    is_open = "state IN ('waiting', 'claimed')"
    _partial("uq_handoffs_open", "handoffs", ["conversation_id"], is_open, unique=True)
    _partial("ix_handoffs_open_state", "handoffs", ["state", "waiting_since"], is_open)
    op.create_index("ix_handoffs_conversation_id_id", "handoffs", ["conversation_id", "id"])
    op.create_index("ix_handoffs_requested_at_id", "handoffs", ["requested_at", "id"])
    op.create_index("ix_handoffs_owner_id_id", "handoffs", ["owner_id", "id"])
    _events("handoff_events", "handoff_id")


def _events(table: str, subject: str) -> None:
    op.create_table(
        table,
        sa.Column("id", ROW_ID, nullable=False),
        # No foreign key: events stay when what they are about is forgotten.
        sa.Column(subject, ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", LABEL, nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=True),
        sa.Column("detail", JSON, nullable=False),
        _foreign(table, "staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_{subject}_id", table, [subject, "id"])
    op.create_index(f"ix_{table}_kind_at", table, ["kind", "at"])


def _messages() -> None:
    op.create_table(
        "desk_messages",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("handoff_id", ROW_ID, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("direction", LABEL, nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachments", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("turn_id", ROW_ID, nullable=True),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("client_key", sa.Text(), nullable=False),
        _foreign("desk_messages", "handoff_id", "handoffs.id", "CASCADE"),
        _foreign("desk_messages", "conversation_id", "conversations.id", "CASCADE"),
        _foreign("desk_messages", "staff_id", "staff.id"),
        _foreign("desk_messages", "turn_id", "turns.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_messages"),
        sa.UniqueConstraint("conversation_id", "client_key", name="uq_desk_messages_conversation_id_client_key"),
    )
    op.create_index("ix_desk_messages_handoff_id_id", "desk_messages", ["handoff_id", "id"])
    op.create_index("ix_desk_messages_turn_id", "desk_messages", ["turn_id"])
    _partial("ix_desk_messages_undelivered", "desk_messages", ["id"], "delivered_at IS NULL")


def _appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("client_key", sa.Text(), nullable=True),
        sa.Column("channel", LABEL, nullable=False),
        sa.Column("language", LABEL, nullable=False),
        sa.Column("origin", LABEL, nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_refused", sa.Boolean(), nullable=False),
        sa.Column("district", LABEL, nullable=True),
        sa.Column("topic", LABEL, nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", LABEL, nullable=False),
        sa.Column("grade", LABEL, nullable=True),
        sa.Column("tier", LABEL, nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("owner_id", ROW_ID, nullable=True),
        sa.Column("deadline", MOMENT, nullable=False),
        sa.Column("overdue_on", sa.Date(), nullable=True),
        sa.Column("hotline_number", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("rating_reason", LABEL, nullable=True),
        sa.Column("rating_text", sa.Text(), nullable=True),
        sa.Column("reopened_at", MOMENT, nullable=True),
        sa.Column("joined_to", ROW_ID, nullable=True),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_appeals_rating")),
        _foreign("appeals", "conversation_id", "conversations.id", "CASCADE"),
        _foreign("appeals", "owner_id", "staff.id"),
        _foreign("appeals", "joined_to", "appeals.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("number", name="uq_appeals_number"),
        sa.UniqueConstraint("conversation_id", "client_key", name="uq_appeals_conversation_id_client_key"),
        # Events outlive their appeal, so that its id must not become another's.
        sqlite_autoincrement=True,
    )
    for columns in (["conversation_id", "id"], ["state", "id"], ["owner_id", "id"], ["created_at", "id"]):
        op.create_index(f"ix_appeals_{'_'.join(columns)}", "appeals", columns)
    _partial("ix_appeals_joined_to", "appeals", ["joined_to"], "joined_to IS NOT NULL")
    _partial("ix_appeals_due", "appeals", ["deadline"], "joined_to IS NULL AND state NOT IN ('resolved', 'rated')")
    _events("appeal_events", "appeal_id")
    op.create_table(
        "appeal_notes",
        sa.Column("event_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("appeal_id", ROW_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _foreign("appeal_notes", "event_id", "appeal_events.id", "CASCADE"),
        _foreign("appeal_notes", "appeal_id", "appeals.id", "CASCADE"),
        sa.PrimaryKeyConstraint("event_id", name="pk_appeal_notes"),
    )
    op.create_index("ix_appeal_notes_appeal_id", "appeal_notes", ["appeal_id"])


def _duty() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name=op.f("ck_duty_shifts_weekday_or_day")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_duty_shifts_weekday")),
        _foreign("duty_shifts", "staff_id", "staff.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_duty_shifts"),
    )
    op.create_index("ix_duty_shifts_staff_id", "duty_shifts", ["staff_id"])
    op.create_index("ix_duty_shifts_day", "duty_shifts", ["day"])
    op.create_table(
        "presence",
        sa.Column("staff_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        _foreign("presence", "staff_id", "staff.id", "CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_presence"),
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", LABEL, nullable=False),
        sa.Column("topic", LABEL, nullable=True),
        sa.Column("changed_by", ROW_ID, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        _foreign("canned_replies", "changed_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name="pk_canned_replies"),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("staff_ids", JSON, nullable=True),
        sa.Column("handoff_id", ROW_ID, nullable=True),
        sa.Column("appeal_id", ROW_ID, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("unique_key", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", MOMENT, nullable=True),
        sa.CheckConstraint("(conversation_id IS NULL) <> (staff_ids IS NULL)", name=op.f("ck_notices_one_side")),
        _foreign("notices", "conversation_id", "conversations.id", "CASCADE"),
        _foreign("notices", "handoff_id", "handoffs.id", "CASCADE"),
        _foreign("notices", "appeal_id", "appeals.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("unique_key", name="uq_notices_unique_key"),
    )
    for column in ("conversation_id", "handoff_id", "appeal_id"):
        op.create_index(f"ix_notices_{column}", "notices", [column])
    _partial("ix_notices_undelivered", "notices", ["id"], "delivered_at IS NULL")


def _only_ever_added(table: str) -> None:
    """The database itself keeps the history: neither a mistake nor a person rewrites it."""
    words = "events are only ever added"
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION events_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_only_added()"
    )


def _move_requests() -> None:
    """What users asked for before there was a desk keeps its number and its day, and waits for the desk now."""
    rows = op.get_bind().execute(
        sa.text(
            "SELECT r.number, r.kind, r.conversation_id, r.district, r.topic, r.text, r.state, r.created_at, "
            "c.channel, coalesce(c.language, 'zh') AS language "
            "FROM requests r JOIN conversations c ON c.id = r.conversation_id ORDER BY r.id DESC"
        ).columns(created_at=MOMENT)
    )
    handoffs, appeals, waiting = [], [], set()
    for row in rows.mappings():
        if row["kind"] == "appeal":
            appeals.append(row)
            continue
        # Only one handoff of a conversation can be open: the newest.
        is_open = row["state"] == "received" and row["conversation_id"] not in waiting
        waiting.add(row["conversation_id"])
        handoffs.append((row, is_open))
    metadata = sa.MetaData()
    bind = op.get_bind()
    tables = {name: sa.Table(name, metadata, autoload_with=bind) for name in TABLES[:5]}
    for row, is_open in reversed(handoffs):
        _move_handoff(tables, row, is_open)
    for row in reversed(appeals):
        _move_appeal(tables, row)


def _said(row: sa.RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in ("number", "conversation_id", "channel", "language", "district", "topic")}


def _labels(row: sa.RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in ("channel", "language", "district", "topic")} | {"matter": None}


def _insert(table: sa.Table, values: dict[str, Any]) -> int:
    key = op.get_bind().execute(table.insert().values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def _aware(at: datetime) -> datetime:
    """SQLite returns moments without the time zone in which they were stored."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _move_handoff(tables: dict[str, sa.Table], row: sa.RowMapping, is_open: bool) -> None:
    at = row["created_at"]
    end = {} if is_open else {"closed_at": at, "close_reason": "unresolved"}
    values = {
        **_said(row),
        "question": row["text"],
        "state": "waiting" if is_open else "closed",
        "reason": "asked",
        "requested_at": at,
        "waiting_since": at,
        **end,
    }
    handoff_id = _insert(tables["handoffs"], values)
    events = [("requested", {**_labels(row), "reason": "asked"})]
    events += [] if is_open else [("closed", {"reason": "unresolved"})]
    for kind, detail in events:
        event = {"handoff_id": handoff_id, "at": at, "kind": kind, "detail": detail}
        _insert(tables["handoff_events"], event)


def _move_appeal(tables: dict[str, sa.Table], row: sa.RowMapping) -> None:
    at = row["created_at"]
    deadline = _aware(at) + timedelta(days=1)
    values = {
        **_said(row),
        "origin": "message",
        "phone_refused": False,
        "text": row["text"],
        "files": [],
        "created_at": at,
        "state": row["state"],
        "deadline": deadline,
    }
    appeal_id = _insert(tables["appeals"], values)
    events = [("filed", {**_labels(row), "origin": "message", "deadline": deadline.isoformat()})]
    # A request of old kept no more of its way than where it stood.
    known = {"assigned": "assigned", "in_progress": "started", "resolved": "resolved", "rated": "resolved"}
    events += [(known[row["state"]], {})] if row["state"] in known else []
    for kind, detail in events:
        event = {"appeal_id": appeal_id, "at": at, "kind": kind, "detail": detail}
        _insert(tables["appeal_events"], event)


def downgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", LABEL, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("district", LABEL, nullable=True),
        sa.Column("topic", LABEL, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", LABEL, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _foreign("requests", "conversation_id", "conversations.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("number", name="uq_requests_number"),
    )
    op.create_index("ix_requests_conversation_id", "requests", ["conversation_id"])
    op.create_index("ix_requests_kind_state_created_at", "requests", ["kind", "state", "created_at"])
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION events_only_added()")
