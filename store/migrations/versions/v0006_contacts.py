"""What staff found out about contacts, with its source."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "staff_contacts",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=False),
        sa.Column("added_by", ROW_ID, nullable=True),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.CheckConstraint("source <> ''", name="ck_staff_contacts_source"),
        sa.ForeignKeyConstraint(["added_by"], ["staff.id"], name="fk_staff_contacts_added_by"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_contacts"),
    )
    op.create_index("ix_staff_contacts_contact_id_id", "staff_contacts", ["contact_id", "id"])


def downgrade() -> None:
    op.drop_table("staff_contacts")
