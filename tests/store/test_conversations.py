"""Conversations keep their choices, and the dialogue's state comes back as it was saved."""

import asyncio
import math
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from qifu.labels import Channel, District, Language
from store.database import Database
from store.models.base import clean_json
from store.repositories import ConversationRepository, StateRepository
from tests.store.factories import WEB, FakeClock

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


async def test_a_conversation_is_begun_once_however_many_ask_for_it(database: Database) -> None:
    async def begin() -> str:
        async with database.session() as session:
            return (await ConversationRepository(session).get_or_create(WEB, Channel.WEB, Language.EN)).id

    assert set(await asyncio.gather(*(begin() for _ in range(8)))) == {WEB}


async def test_a_conversation_remembers_language_district_and_when_it_was_last_active(session: AsyncSession) -> None:
    clock = FakeClock()
    conversations = ConversationRepository(session, clock)
    row = await conversations.get_or_create(WEB, Channel.WEB)
    assert (row.language, row.district, row.started_at) == (None, None, clock.now)

    clock.forward(hours=2)
    await conversations.set_language(WEB, Language.EN)
    await conversations.set_district(WEB, District.MINHANG)
    await conversations.touch(WEB)

    session.expunge_all()
    found = await conversations.get(WEB)
    assert found is not None
    assert (found.channel, found.language, found.district) == (Channel.WEB, Language.EN, District.MINHANG)
    assert found.last_at == clock.now
    assert found.last_at.tzinfo is not None
    assert (found.last_at - found.started_at).total_seconds() == 7200


async def test_a_state_replaces_the_one_before(session: AsyncSession) -> None:
    await ConversationRepository(session).get_or_create(WEB, Channel.WEB)
    states = StateRepository(session)
    assert await states.load(WEB) is None
    await states.save(WEB, {"district": "putuo", "form": {"step": 1}})
    await states.save(WEB, {"district": "minhang"})
    assert await states.load(WEB) == {"district": "minhang"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=st.dictionaries(st.text(), json_values, max_size=5))
async def test_any_state_comes_back_as_it_was_saved(database: Database, state: dict[str, Any]) -> None:
    async with database.session() as session:
        await ConversationRepository(session).get_or_create(WEB, Channel.WEB)
        await StateRepository(session).save(WEB, state)
    async with database.session() as session:
        loaded = await StateRepository(session).load(WEB)
    assert loaded == clean_json(state)
    assert loaded is not None
    assert list(loaded) == list(clean_json(state))


async def test_what_no_database_stores_is_replaced(session: AsyncSession) -> None:
    await ConversationRepository(session).get_or_create("web:a\x00b", Channel.WEB)
    await StateRepository(session).save("web:a\x00b", {"x": "a\x00\ud800b", "y": math.nan, "z": (1, math.inf)})
    assert await StateRepository(session).load("web:a\x00b") == {"x": "a\ufffd\ufffdb", "y": None, "z": [1, None]}
