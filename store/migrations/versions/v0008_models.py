"""Versions of the model, the answers they change, and the training schedule."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("model_versions", "model_changes", "training_schedule")


def _foreign(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=f"fk_{table}_{column}", ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "model_versions",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("made_by", ROW_ID, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("published_by", ROW_ID, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("report", JSON, nullable=True),
        sa.Column("wanted_at", MOMENT, nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        _foreign("model_versions", "made_by", "staff.id"),
        _foreign("model_versions", "published_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name="pk_model_versions"),
        sqlite_autoincrement=True,
    )
    live = sa.text("state = 'live'")
    op.create_index(
        "uq_model_versions_live", "model_versions", ["state"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_table(
        "model_changes",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("version_id", ROW_ID, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        _foreign("model_changes", "version_id", "model_versions.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_model_changes"),
    )
    op.create_index("ix_model_changes_version_id_asked_id", "model_changes", ["version_id", "asked", "id"])
    op.create_table(
        "training_schedule",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("daily_at", sa.Text(), nullable=True),
        sa.Column("last_day", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_training_schedule"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
