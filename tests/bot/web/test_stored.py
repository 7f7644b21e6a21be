"""Transcripts from the database."""

from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path

import pytest

from bot.dialogue.turn import Incoming
from bot.web.stored import StoredTranscripts
from qifu.labels import Channel, District, Language
from store.database import Database
from store.repositories import ConversationRepository, TurnRepository
from tests.fakes.dialogue import echo

WEB = "web:" + "a" * 32


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'qifu.db'}")
    await database.migrate()
    yield database
    await database.dispose()


async def said(database: Database, message_id: str, answered: bool = True) -> int:
    """Stores a message, with its answer if it has one."""
    incoming = Incoming(WEB, Channel.WEB, message_id, f"问{message_id}")
    async with database.session() as session:
        accepted = await TurnRepository(session).accept(incoming)
        if answered:
            await TurnRepository(session).answer(accepted.row.id, echo(incoming))
        return accepted.row.id


async def test_a_conversation_that_was_never_opened_is_none(database: Database) -> None:
    assert await StoredTranscripts(database).conversation(WEB) is None


async def test_a_conversation_knows_its_district_and_language(database: Database) -> None:
    async with database.session() as session:
        await ConversationRepository(session).get_or_create(WEB, Channel.WEB, Language.EN)
        await ConversationRepository(session).set_district(WEB, District.PUTUO)
    found = await StoredTranscripts(database).conversation(WEB)
    assert found
    assert (found.district, found.language) == (District.PUTUO, Language.EN)


async def test_turns_come_oldest_first_with_their_message_ids(database: Database) -> None:
    ids = [await said(database, f"m{number}") for number in range(3)]
    entries = await StoredTranscripts(database).entries(WEB, 0, 10)
    assert [(entry.turn.id, entry.message_id) for entry in entries] == [(id_, f"m{n}") for n, id_ in enumerate(ids)]
    assert entries[0].at.tzinfo is not None
    assert entries[0].at.utcoffset() == UTC.utcoffset(None)


async def test_only_the_newest_and_only_later_ones(database: Database) -> None:
    ids = [await said(database, f"m{number}") for number in range(4)]
    transcripts = StoredTranscripts(database)
    assert [entry.turn.id for entry in await transcripts.entries(WEB, 0, 2)] == ids[2:]
    assert [entry.turn.id for entry in await transcripts.entries(WEB, ids[2], 10)] == ids[3:]


async def test_a_message_that_waits_for_its_answer_is_pending(database: Database) -> None:
    await said(database, "m1", answered=False)
    (entry,) = await StoredTranscripts(database).entries(WEB, 0, 10)
    assert entry.pending
    assert entry.turn.text == "问m1"
    assert entry.turn.replies == ()
