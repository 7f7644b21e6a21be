"""What is known: plans, measures, points, matters, contacts, training questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
LABEL = sa.String(32)
MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "plans",
    "measures",
    "points",
    "matters",
    "contacts",
    "matter_points",
    "matter_contacts",
    "point_contacts",
    "measure_contacts",
    "questions",
    "seed_load",
)


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("date", sa.Text(), nullable=False),
        sa.Column("district", LABEL, nullable=False),
        sa.Column("status", LABEL, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_table(
        "measures",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("units", JSON, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_measures_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_measures"),
    )
    op.create_index("ix_measures_plan_id", "measures", ["plan_id"])
    op.create_table(
        "points",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("english", sa.Text(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name="fk_points_measure_id"),
        sa.PrimaryKeyConstraint("id", name="pk_points"),
    )
    op.create_index("ix_points_measure_id", "points", ["measure_id"])
    op.create_table(
        "matters",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("topic", LABEL, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("keywords", JSON, nullable=False),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("general", sa.Boolean(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_matters"),
    )
    op.create_index("ix_matters_topic", "matters", ["topic"])
    op.create_table(
        "contacts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", LABEL, nullable=False),
        sa.Column("handles", sa.Text(), nullable=False),
        sa.Column("handles_en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("aliases", JSON, nullable=False),
        sa.Column("topics", JSON, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_table(
        "matter_points",
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("point_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name="fk_matter_points_matter_id"),
        sa.ForeignKeyConstraint(["point_id"], ["points.id"], name="fk_matter_points_point_id"),
        sa.PrimaryKeyConstraint("matter_id", "point_id", name="pk_matter_points"),
    )
    op.create_index("ix_matter_points_point_id", "matter_points", ["point_id"])
    op.create_table(
        "matter_contacts",
        sa.Column("matter_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_matter_contacts_contact_id"),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], name="fk_matter_contacts_matter_id"),
        sa.PrimaryKeyConstraint("matter_id", "contact_id", name="pk_matter_contacts"),
    )
    op.create_index("ix_matter_contacts_contact_id", "matter_contacts", ["contact_id"])
    op.create_table(
        "point_contacts",
        sa.Column("point_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_point_contacts_contact_id"),
        sa.ForeignKeyConstraint(["point_id"], ["points.id"], name="fk_point_contacts_point_id"),
        sa.PrimaryKeyConstraint("point_id", "contact_id", name="pk_point_contacts"),
    )
    op.create_index("ix_point_contacts_contact_id", "point_contacts", ["contact_id"])
    op.create_table(
        "measure_contacts",
        sa.Column("measure_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_measure_contacts_contact_id"),
        sa.ForeignKeyConstraint(["measure_id"], ["measures.id"], name="fk_measure_contacts_measure_id"),
        sa.PrimaryKeyConstraint("measure_id", "contact_id", name="pk_measure_contacts"),
    )
    op.create_index("ix_measure_contacts_contact_id", "measure_contacts", ["contact_id"])
    op.create_table(
        "questions",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("point_id", sa.Text(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["points.id"], name="fk_questions_point_id"),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
    )
    op.create_index("ix_questions_intent", "questions", ["intent"])
    op.create_index("ix_questions_point_id", "questions", ["point_id"])
    op.create_table(
        "seed_load",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seed_load"),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
