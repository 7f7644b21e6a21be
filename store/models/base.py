"""The base of all tables and the kinds of columns they share."""

import math
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped
from sqlalchemy.types import TypeDecorator, TypeEngine

# Constraints need stable names: a later migration can only change what it can name on both databases.
NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

# PostgreSQL refuses NUL in text, and neither database takes half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

LONGEST_LABEL = 32
"""How many characters a label (topic, outcome, channel …) may have in the database."""


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def clean_text(text: str) -> str:
    """`text` as every database takes it: what can't be stored is replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def clean_json(value: Any) -> Any:
    """A JSON value as every database takes it: clean text, no NaN or infinity (None instead), tuples as lists."""
    match value:
        case str():
            return clean_text(value)
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {clean_text(str(key)): clean_json(item) for key, item in value.items()}
        case list() | tuple():
            return [clean_json(item) for item in value]
        case _:
            return value


class CleanText(TypeDecorator[str]):
    """Text of any length, cleaned on its way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean_text(value)


class CleanJson(TypeDecorator[Any]):
    """A JSON value, cleaned on its way in; None is SQL's NULL.

    JSONB on PostgreSQL, so that it can be searched; `verbatim` keeps it as it was written, numbers and order too.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, verbatim: bool = False) -> None:
        super().__init__(none_as_null=True)
        self.verbatim = verbatim

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql" and not self.verbatim:
            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return clean_json(value)


class Moment(TypeDecorator[datetime]):
    """A point in time, stored and returned in UTC. Raises ValueError for a datetime without a time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite has no time zones: what comes back naive was stored as UTC.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def label(kind: type[StrEnum]) -> Enum:
    """A column type for a label: its value as text, checked on both ways but open in the database for new labels."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=LONGEST_LABEL,
        values_callable=lambda labels: [member.value for member in labels],
        validate_strings=True,
    )


# SQLite counts rows up only in a column that is called INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """All tables of qifu."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {str: CleanText, datetime: Moment}


class Ranked:
    """A table whose rows have the order they stand in in the seeds."""

    rank: Mapped[int]
