"""The desk on Telegram: codes that link staff, threads of handoffs, and which message shows what."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("telegram_codes", "telegram_threads", "telegram_messages")


def _foreign(table: str, column: str, other: str, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=f"fk_{table}_{column}", ondelete=ondelete)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    op.create_table(
        "telegram_codes",
        sa.Column("staff_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _foreign("telegram_codes", "staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_telegram_codes"),
        sa.UniqueConstraint("code_hash", name="uq_telegram_codes_code_hash"),
    )
    op.create_table(
        "telegram_threads",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("handoff_id", ROW_ID, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", ROW_ID, nullable=True),
        sa.Column("posted_to", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("chosen_at", MOMENT, nullable=False),
        _foreign("telegram_threads", "handoff_id", "handoffs.id"),
        _foreign("telegram_threads", "staff_id", "staff.id", None),
        sa.PrimaryKeyConstraint("id", name="pk_telegram_threads"),
        sa.UniqueConstraint("handoff_id", "chat_id", name="uq_telegram_threads_handoff_id_chat_id"),
    )
    _partial("ix_telegram_threads_open", "telegram_threads", ["chat_id"], "is_open")
    op.create_table(
        "telegram_messages",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("handoff_id", ROW_ID, nullable=False),
        sa.Column("desk_message_id", ROW_ID, nullable=True),
        sa.Column("shown_at", MOMENT, nullable=True),
        sa.Column("is_caption", sa.Boolean(), nullable=False),
        sa.Column("is_offer", sa.Boolean(), nullable=False),
        _foreign("telegram_messages", "handoff_id", "handoffs.id"),
        _foreign("telegram_messages", "desk_message_id", "desk_messages.id"),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name="pk_telegram_messages"),
    )
    op.create_index("ix_telegram_messages_desk_message_id", "telegram_messages", ["desk_message_id"])
    op.create_index("ix_telegram_messages_handoff_id", "telegram_messages", ["handoff_id"])
    _partial("ix_telegram_messages_offers", "telegram_messages", ["handoff_id", "chat_id"], "is_offer")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
