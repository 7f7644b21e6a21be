"""What the database says in the end, read by plain SQL, so that nothing of the tested code stands between."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

type Row = dict[str, Any]

_TABLES = {
    "turns": "SELECT * FROM turns ORDER BY id",
    "messages": "SELECT * FROM desk_messages ORDER BY id",
    "handoffs": "SELECT * FROM handoffs ORDER BY id",
    "handoff_events": "SELECT * FROM handoff_events ORDER BY id",
    "appeals": "SELECT * FROM appeals ORDER BY id",
    "appeal_events": "SELECT * FROM appeal_events ORDER BY id",
    "notices": "SELECT * FROM notices ORDER BY id",
    "feedback": "SELECT * FROM feedback",
    "staff": "SELECT * FROM staff ORDER BY id",
    "updates": "SELECT * FROM updates ORDER BY update_id",
}
_JSON = {"detail", "replies", "attachments", "files", "staff_ids", "payload"}


@dataclass
class Facts:
    """The rows of the tables, moments in UTC, JSON read."""

    turns: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    handoffs: list[Row] = field(default_factory=list)
    handoff_events: list[Row] = field(default_factory=list)
    appeals: list[Row] = field(default_factory=list)
    appeal_events: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    feedback: list[Row] = field(default_factory=list)
    staff: list[Row] = field(default_factory=list)
    updates: list[Row] = field(default_factory=list)


async def read_facts(url: str) -> Facts:
    """Everything that the checks look at."""
    engine = create_async_engine(url)
    facts = Facts()
    try:
        async with engine.connect() as connection:
            for name, query in _TABLES.items():
                rows = (await connection.execute(text(query))).mappings()
                setattr(facts, name, [{key: _value(key, value) for key, value in row.items()} for row in rows])
    finally:
        await engine.dispose()
    return facts


def _value(name: str, value: Any) -> Any:
    if name in _JSON and isinstance(value, str):
        return json.loads(value)
    if (name == "at" or name.endswith(("_at", "_since", "deadline"))) and value is not None:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return value
