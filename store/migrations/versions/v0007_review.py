"""Reviewing conversations: full-text search, labels, marks, comments, saved filters, exports; indexes for its lists."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LABEL = sa.String(32)
MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "search_texts",
    "search_places",
    "search_backlog",
    "conversation_reviews",
    "review_labels",
    "conversation_labels",
    "turn_marks",
    "review_comments",
    "saved_filters",
    "exports",
)
ANSWERED = sa.text("outcome IS NOT NULL")


def upgrade() -> None:
    _indexes()
    _search()
    _review()
    _saved()


def _indexes() -> None:
    with op.batch_alter_table("conversations") as batch:
        batch.add_column(sa.Column("turns", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE conversations SET turns = "
        "(SELECT count(*) FROM turns WHERE turns.conversation_id = conversations.id AND turns.outcome IS NOT NULL)"
    )
    op.drop_index("ix_conversations_last_at_id", table_name="conversations")
    op.create_index("ix_conversations_last_at_id", "conversations", ["last_at", "id", "started_at"])
    op.create_index("ix_conversations_channel_last_at_id", "conversations", ["channel", "last_at", "id"])
    op.create_index("ix_conversations_district_last_at_id", "conversations", ["district", "last_at", "id"])
    op.create_index("ix_conversations_turns", "conversations", ["turns", "last_at", "id"])
    # Rows of turns are long: what lists and figures ask for stands in the indexes themselves.
    for name in ("ix_turns_outcome_id", "ix_turns_topic_id", "ix_turns_accepted_at"):
        op.drop_index(name, table_name="turns")
    _on_turns("talk", ["conversation_id", "outcome", "topic", "matter", "confidence", "accepted_at"])
    _on_turns("outcome", ["outcome", "topic", "accepted_at", "matter", "confidence", "conversation_id"])
    _on_turns("time", ["accepted_at", "outcome", "topic", "matter", "confidence", "conversation_id"])
    op.create_index("ix_feedback_value", "feedback", ["value", "conversation_id", "turn_id"])


def _on_turns(name: str, columns: list[str]) -> None:
    op.create_index(f"ix_turns_{name}", "turns", columns, sqlite_where=ANSWERED, postgresql_where=ANSWERED)


def _search() -> None:
    op.create_table(
        "search_texts",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_texts"),
        sa.UniqueConstraint("digest", name="uq_search_texts_digest"),
        # Its ids are those of the words beside it: one that is gone must not become another's.
        sqlite_autoincrement=True,
    )
    op.create_table(
        "search_places",
        sa.Column("text_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("turn_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("by_user", sa.Boolean(), nullable=False),
        _foreign("search_places", "text_id", "search_texts.id"),
        _foreign("search_places", "turn_id", "turns.id"),
        sa.PrimaryKeyConstraint("text_id", "turn_id", "by_user", name="pk_search_places"),
    )
    op.create_index("ix_search_places_turn_id", "search_places", ["turn_id", "text_id", "by_user"])
    op.create_table(
        "search_backlog",
        sa.Column("turn_id", ROW_ID, autoincrement=False, nullable=False),
        _foreign("search_backlog", "turn_id", "turns.id"),
        sa.PrimaryKeyConstraint("turn_id", name="pk_search_backlog"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize = 'unicode61 remove_diacritics 0')")
        op.execute(
            "CREATE TRIGGER search_words_of_texts AFTER DELETE ON search_texts "
            "BEGIN DELETE FROM search_words WHERE rowid = old.id; END"
        )
    else:
        op.execute(
            "CREATE TABLE search_words ("
            "id BIGINT PRIMARY KEY REFERENCES search_texts (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_search_words ON search_words USING gin (words)")
    op.execute("INSERT INTO search_backlog (turn_id) SELECT id FROM turns WHERE outcome IS NOT NULL")


def _review() -> None:
    op.create_table(
        "conversation_reviews",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("conversation_reviews", "conversation_id", "conversations.id"),
        _foreign("conversation_reviews", "staff_id", "staff.id", None),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_conversation_reviews"),
    )
    op.create_table(
        "review_labels",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("review_labels", "staff_id", "staff.id", None),
        sa.PrimaryKeyConstraint("id", name="pk_review_labels"),
        sa.UniqueConstraint("name", name="uq_review_labels_name"),
    )
    op.create_table(
        "conversation_labels",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("label_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("conversation_labels", "conversation_id", "conversations.id"),
        _foreign("conversation_labels", "label_id", "review_labels.id"),
        _foreign("conversation_labels", "staff_id", "staff.id", None),
        sa.PrimaryKeyConstraint("conversation_id", "label_id", name="pk_conversation_labels"),
    )
    op.create_index("ix_conversation_labels_label_id", "conversation_labels", ["label_id", "conversation_id"])
    op.create_table(
        "turn_marks",
        sa.Column("turn_id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("mark", LABEL, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("turn_marks", "turn_id", "turns.id"),
        _foreign("turn_marks", "conversation_id", "conversations.id"),
        _foreign("turn_marks", "staff_id", "staff.id", None),
        sa.PrimaryKeyConstraint("turn_id", "mark", name="pk_turn_marks"),
    )
    op.create_index("ix_turn_marks_mark", "turn_marks", ["mark", "turn_id", "conversation_id"])
    op.create_index("ix_turn_marks_conversation_id", "turn_marks", ["conversation_id"])
    op.create_table(
        "review_comments",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("turn_id", ROW_ID, nullable=True),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("review_comments", "conversation_id", "conversations.id"),
        _foreign("review_comments", "turn_id", "turns.id"),
        _foreign("review_comments", "staff_id", "staff.id", None),
        sa.PrimaryKeyConstraint("id", name="pk_review_comments"),
    )
    op.create_index("ix_review_comments_conversation_id_id", "review_comments", ["conversation_id", "id"])
    op.create_index("ix_review_comments_turn_id", "review_comments", ["turn_id"])


def _saved() -> None:
    op.create_table(
        "saved_filters",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _foreign("saved_filters", "staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filters"),
        sa.UniqueConstraint("staff_id", "name", name="uq_saved_filters_staff_id_name"),
        # Links carry its id.
        sqlite_autoincrement=True,
    )
    op.create_table(
        "exports",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("staff_id", ROW_ID, nullable=False),
        sa.Column("form", LABEL, nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("state", LABEL, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        _foreign("exports", "staff_id", "staff.id"),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exports_staff_id_id", "exports", ["staff_id", "id"])


def _foreign(table: str, column: str, other: str, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=f"fk_{table}_{column}", ondelete=ondelete)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER search_words_of_texts")
    op.execute("DROP TABLE search_words")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_feedback_value", table_name="feedback")
    for name in ("talk", "outcome", "time"):
        op.drop_index(f"ix_turns_{name}", table_name="turns")
    op.create_index("ix_turns_outcome_id", "turns", ["outcome", "id"])
    op.create_index("ix_turns_topic_id", "turns", ["topic", "id"])
    op.create_index("ix_turns_accepted_at", "turns", ["accepted_at"])
    for name in ("channel_last_at_id", "district_last_at_id", "turns", "last_at_id"):
        op.drop_index(f"ix_conversations_{name}", table_name="conversations")
    op.create_index("ix_conversations_last_at_id", "conversations", ["last_at", "id"])
    with op.batch_alter_table("conversations") as batch:
        batch.drop_column("turns")
