"""What trainers are to look at, and how far it was gathered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LABEL = sa.String(32)
TABLES = ("proposals", "proposal_cursors")


def _foreign(column: str, other: str, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=f"fk_proposals_{column}", ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("turn_id", ROW_ID, nullable=True),
        sa.Column("message_id", ROW_ID, nullable=True),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("proposed", JSON, nullable=False),
        sa.Column("group_no", ROW_ID, nullable=True),
        sa.Column("state", LABEL, nullable=False),
        sa.Column("decided_by", ROW_ID, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("point", sa.Text(), nullable=True),
        sa.Column("final_text", sa.Text(), nullable=True),
        sa.Column("rejection", LABEL, nullable=True),
        sa.Column("canned_id", ROW_ID, nullable=True),
        sa.CheckConstraint("(turn_id IS NULL) <> (message_id IS NULL)", name="ck_proposals_one_origin"),
        _foreign("turn_id", "turns.id"),
        _foreign("message_id", "desk_messages.id"),
        _foreign("conversation_id", "conversations.id"),
        _foreign("decided_by", "staff.id", None),
        _foreign("canned_id", "canned_replies.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.UniqueConstraint("turn_id", name="uq_proposals_turn_id"),
        sa.UniqueConstraint("message_id", name="uq_proposals_message_id"),
        sqlite_autoincrement=True,
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ix_proposals_open",
        "proposals",
        ["group_no", "at", "topic", "reasons"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_proposals_decided", "proposals", ["state", "decided_at", "id"])
    op.create_index("ix_proposals_conversation_id", "proposals", ["conversation_id"])
    op.create_table(
        "proposal_cursors",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("number", ROW_ID, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_proposal_cursors"),
    )
    # What came since the last look is found by when it came.
    op.create_index("ix_feedback_at", "feedback", ["at", "turn_id", "value"])
    op.create_index("ix_turn_marks_mark_at", "turn_marks", ["mark", "at", "turn_id"])


def downgrade() -> None:
    op.drop_index("ix_turn_marks_mark_at", table_name="turn_marks")
    op.drop_index("ix_feedback_at", table_name="feedback")
    for table in reversed(TABLES):
        op.drop_table(table)
