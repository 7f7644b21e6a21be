"""What users asked for before there was a desk isn't lost when the desk comes."""

from datetime import UTC, datetime

from alembic import command
from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from qifu.labels import AppealEvent, AppealState, CloseReason, District, HandoffEvent, HandoffState, Topic
from store.database import Database
from store.migrate import config_for
from store.models import HandoffRow
from store.models.base import Moment
from store.repositories import AppealRepository, ConversationRepository, HandoffRepository

WHEN = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)


def _before_the_desk(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    command.upgrade(config_for(connection), "0003")
    for name in ("web:a", "web:b"):
        begun = text("INSERT INTO conversations (id, channel, started_at, last_at) VALUES (:name, 'web', :at, :at)")
        connection.execute(begun.bindparams(bindparam("at", type_=Moment)), {"name": name, "at": WHEN})
    for number, kind, name, state in (
        ("BB20261009-0001", "handoff", "web:a", "received"),
        ("BB20261009-0002", "handoff", "web:a", "resolved"),
        ("BB20261009-0003", "handoff", "web:a", "received"),
        ("BB20261009-0004", "handoff", "web:b", "received"),
        ("SQ20261009-0001", "appeal", "web:a", "received"),
        ("SQ20261009-0002", "appeal", "web:b", "in_progress"),
    ):
        filed = text(
            "INSERT INTO requests (number, kind, conversation_id, district, topic, text, state, created_at) "
            "VALUES (:number, :kind, :name, 'minhang', 'taxes', :text, :state, :at)"
        )
        values = {"number": number, "kind": kind, "name": name, "state": state, "text": f"{number}的事", "at": WHEN}
        connection.execute(filed.bindparams(bindparam("at", type_=Moment)), values)


async def test_requests_become_handoffs_and_appeals_with_their_numbers_and_days(url: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_before_the_desk)
        await connection.commit()
    database = Database(url)
    await database.migrate()
    async with database.session() as session:
        handoffs, appeals = HandoffRepository(session), AppealRepository(session)
        rows = (await session.scalars(select(HandoffRow).order_by(HandoffRow.number))).all()
        assert [row.state for row in rows] == [
            HandoffState.CLOSED,
            HandoffState.CLOSED,
            HandoffState.WAITING,
            HandoffState.WAITING,
        ]
        assert [row.id for row in rows] == [1, 2, 3, 4]
        assert rows[0].close_reason == CloseReason.UNRESOLVED
        assert (rows[2].district, rows[2].topic, rows[2].question) == (
            District.MINHANG,
            Topic.TAXES,
            "BB20261009-0003的事",
        )
        assert rows[2].requested_at == WHEN
        assert [event.kind for event in await handoffs.events(rows[0].id)] == [
            HandoffEvent.REQUESTED,
            HandoffEvent.CLOSED,
        ]
        [event] = await handoffs.events(rows[3].id)
        assert (event.kind, event.detail["topic"], event.detail["reason"]) == (
            HandoffEvent.REQUESTED,
            "taxes",
            "asked",
        )

        [first] = await appeals.of_conversation("web:a")
        [second] = await appeals.of_conversation("web:b")
        assert (first.number, first.state, first.text) == (
            "SQ20261009-0001",
            AppealState.RECEIVED,
            "SQ20261009-0001的事",
        )
        assert second.state == AppealState.IN_PROGRESS
        assert [event.kind for event, _ in await appeals.history(second.id)] == [AppealEvent.FILED, AppealEvent.STARTED]
        [filed] = [event for event, _ in await appeals.history(first.id)]
        assert filed.detail["deadline"] == "2026-10-10T01:00:00+00:00"
        assert await ConversationRepository(session).get("web:a")
    await database.dispose()
