"""Full-text search over what was said. What the texts say stands beside these tables, in `search_words`.

`search_words` is made by the migration, since each database has its own kind: an FTS5 table on SQLite, a tsvector with
a GIN index on PostgreSQL. Both hold the same tokens (store/tokens.py).
"""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, RowId

WORDS = "search_words"
"""The table of the words; its rows go with those of `search_texts`."""


class SearchTextRow(Base):
    """A text that was said at least once; the bot says the same things often. `digest` is the SHA-256 of its tokens."""

    __tablename__ = "search_texts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)


class SearchPlaceRow(Base):
    """A turn in which a text was said, by the user or by the bot."""

    __tablename__ = "search_places"
    __table_args__ = (Index("ix_search_places_turn_id", "turn_id", "text_id", "by_user"),)

    text_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("search_texts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    turn_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    by_user: Mapped[bool] = mapped_column(primary_key=True)


class SearchBacklogRow(Base):
    """An answered turn that search and lists don't know yet: it is taken up within seconds."""

    __tablename__ = "search_backlog"

    turn_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
