"""Who looks after qifu: staff, sessions, audit entries, switches."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
LABEL = sa.String(32)
MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("staff", "staff_sessions", "audit_entries", "switches")


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", LABEL, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("districts", JSON, nullable=False),
        sa.Column("topics", JSON, nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("most_chats", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_login_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("login", name="uq_staff_login"),
        sa.UniqueConstraint("telegram_id", name="uq_staff_telegram_id"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_sessions_staff_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_staff_sessions_token_hash"),
    )
    op.create_index("ix_staff_sessions_staff_id", "staff_sessions", ["staff_id"])
    op.create_table(
        "audit_entries",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("detail", JSON, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_audit_entries_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_at_id", "audit_entries", ["at", "id"])
    op.create_index("ix_audit_entries_staff_id_at_id", "audit_entries", ["staff_id", "at", "id"])
    op.create_index("ix_audit_entries_action_at_id", "audit_entries", ["action", "at", "id"])
    op.create_index("ix_audit_entries_subject_at_id", "audit_entries", ["subject", "at", "id"])
    _only_ever_added()
    op.create_table(
        "switches",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("changed_by", ROW_ID, nullable=True),
        sa.Column("bot_on", sa.Boolean(), nullable=False),
        sa.Column("notice_zh", sa.Text(), nullable=False),
        sa.Column("notice_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name="fk_switches_changed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_switches"),
    )


def _only_ever_added() -> None:
    """The database itself keeps the history: neither a mistake nor a person rewrites it."""
    words = "audit entries are only ever added"
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entries_no_{change.lower()} BEFORE {change} ON audit_entries "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_entries_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_only_added()"
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_only_added()")
