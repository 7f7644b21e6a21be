"""A desk with staff on duty, a clock that is moved, and a notifier that listens; on SQLite and on PostgreSQL."""

import pytest

from bot.desk.desk import Desk
from store.database import Database
from tests.bot.desk.support import OPEN_AT, WEB, People, a_conversation, some_staff
from tests.fakes.notifier import FakeNotifier
from tests.store.conftest import backend, database, template, url  # noqa: F401  # each test runs on both databases
from tests.store.factories import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    """Ten o'clock on a working day in Shanghai."""
    return FakeClock(OPEN_AT)


@pytest.fixture
async def desk(database: Database, clock: FakeClock) -> Desk:  # noqa: F811
    """A desk with one conversation and nobody on duty."""
    await a_conversation(database, WEB)
    return Desk(database, clock=clock)


@pytest.fixture
async def people(database: Database, desk: Desk) -> People:  # noqa: F811
    """Two service staff on duty, a manager off duty, a trainer."""
    people = await some_staff(database)
    for staff_id in (people.wang, people.li):
        await desk.roster.come(staff_id)
    return people


@pytest.fixture
def notifier() -> FakeNotifier:
    """Hears all notices."""
    return FakeNotifier()
