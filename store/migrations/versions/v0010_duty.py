"""Days off of the roster, answers promised outside service hours, and who was taken off duty for being away."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "duty_days_off",
        sa.Column("staff_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_duty_days_off_staff_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", "day", name="pk_duty_days_off"),
    )
    op.add_column("presence", sa.Column("idle", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("appeals", sa.Column("answer_by", MOMENT, nullable=True))
    op.add_column("appeals", sa.Column("answered_at", MOMENT, nullable=True))
    promised = sa.text("answer_by IS NOT NULL AND answered_at IS NULL")
    op.create_index("ix_appeals_promised", "appeals", ["answer_by"], sqlite_where=promised, postgresql_where=promised)


def downgrade() -> None:
    op.drop_index("ix_appeals_promised", "appeals")
    op.drop_column("appeals", "answered_at")
    op.drop_column("appeals", "answer_by")
    op.drop_column("presence", "idle")
    op.drop_table("duty_days_off")
