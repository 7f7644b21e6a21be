"""A conversation over the small knowledge base, for every test of the actions."""

import pytest

from actions.services import Services
from tests.actions.knowledge import small_seeds
from tests.actions.talk import MEANINGS, TERMS, Talk, build_services
from tests.fakes.desk import FakeDesk, FakeKeeper
from tests.fakes.understanding import FakeParser


@pytest.fixture(scope="session")
def built() -> Services:
    """The services; what a conversation changes in them is replaced for each test."""
    return build_services(small_seeds(), FakeParser(MEANINGS, TERMS), FakeDesk(), FakeKeeper())


@pytest.fixture
def talk(built: Services) -> Talk:
    """A new conversation."""
    parser, desk, keeper = FakeParser(MEANINGS, TERMS), FakeDesk(), FakeKeeper()
    services = Services(**{**vars(built), "parser": parser, "desk": desk, "keeper": keeper})
    return Talk(services, parser, desk, keeper)
