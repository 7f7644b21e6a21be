"""What tests of several rooms share."""

import os
from collections.abc import Iterator

import pytest

from seeds.model import Seeds
from seeds.read import read_seeds
from tests.fakes.postgres import PostgresMissingError, PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL; QIFU_SKIP_POSTGRES=1 skips the tests that need one."""
    if os.environ.get("QIFU_SKIP_POSTGRES") == "1":
        pytest.skip("QIFU_SKIP_POSTGRES=1")
    try:
        server = PostgresServer()
    except PostgresMissingError as error:
        pytest.fail(str(error), pytrace=False)
    with server:
        yield server


@pytest.fixture(scope="session")
def seeds() -> Seeds:
    """The real seeds, read once."""
    return read_seeds()
