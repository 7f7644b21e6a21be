"""What was stored is there after the process was killed."""

import asyncio
import os
import sys

from qifu.settings import ROOT
from store.database import Database
from store.repositories import TurnRepository
from tests.store.factories import an_incoming


async def accept_and_die(url: str) -> None:
    """Store two messages, the second without a commit, and end without any clean-up."""
    database = Database(url)
    async with database.session() as session:
        await TurnRepository(session).accept(an_incoming("第一条", message_id="m1"))
    async with database.session() as session:
        await TurnRepository(session).accept(an_incoming("第二条", message_id="m2"))
        os._exit(9)


async def test_a_message_outlives_the_process_that_stored_it(url: str) -> None:
    database = Database(url)
    await database.migrate()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, url, cwd=ROOT)
    assert await asyncio.wait_for(process.wait(), timeout=60) == 9
    async with database.session() as session:
        waiting = await TurnRepository(session).unanswered()
    assert [incoming.text for _, incoming in waiting] == ["第一条"]
    async with database.session() as session:
        assert (await TurnRepository(session).accept(an_incoming("第二条", message_id="m2"))).is_new
    await database.dispose()


if __name__ == "__main__":
    asyncio.run(accept_and_die(sys.argv[1]))
