"""What is remembered: conversations, turns, requests, subscriptions, Telegram's inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
LABEL = sa.String(32)
MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "conversations",
    "turns",
    "dialogue_states",
    "feedback",
    "requests",
    "request_counters",
    "subscriptions",
    "updates",
)


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", LABEL, nullable=False),
        sa.Column("language", LABEL, nullable=True),
        sa.Column("district", LABEL, nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index("ix_conversations_last_at_id", "conversations", ["last_at", "id"])
    op.create_table(
        "turns",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_payload", sa.Boolean(), nullable=False),
        sa.Column("language", LABEL, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("replies", JSON, nullable=True),
        sa.Column("outcome", LABEL, nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("entities", JSON, nullable=True),
        sa.Column("points", JSON, nullable=True),
        sa.Column("contacts", JSON, nullable=True),
        sa.Column("parse", JSON, nullable=True),
        sa.Column("ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_turns_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("conversation_id", "message_id", name="uq_turns_conversation_id_message_id"),
        # Ids of deleted turns stay unused: old buttons still carry them.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_accepted_at", "turns", ["accepted_at"])
    op.create_index("ix_turns_conversation_id_id", "turns", ["conversation_id", "id"])
    op.create_index("ix_turns_outcome_id", "turns", ["outcome", "id"])
    op.create_index("ix_turns_topic_id", "turns", ["topic", "id"])
    op.create_index(
        "ix_turns_unanswered",
        "turns",
        ["id"],
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "dialogue_states",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        # Not JSONB: what is read is to be what was written, numbers and order too.
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_dialogue_states_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_dialogue_states"),
    )
    op.create_table(
        "feedback",
        sa.Column("turn_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_feedback_value")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_feedback_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_feedback_turn_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn_id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_conversation_id", "feedback", ["conversation_id"])
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
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_requests_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("number", name="uq_requests_number"),
    )
    op.create_index("ix_requests_conversation_id", "requests", ["conversation_id"])
    op.create_index("ix_requests_kind_state_created_at", "requests", ["kind", "state", "created_at"])
    op.create_table(
        "request_counters",
        sa.Column("kind", LABEL, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "day", name="pk_request_counters"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("district", LABEL, nullable=True),
        sa.Column("topics", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_subscriptions_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_subscriptions"),
    )
    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("update_id", name="pk_updates"),
    )
    op.create_index("ix_updates_received_at", "updates", ["received_at"])
    op.create_index(
        "ix_updates_unhandled",
        "updates",
        ["received_at", "update_id"],
        sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
