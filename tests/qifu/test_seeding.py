"""The seeds are loaded once; loaded again nothing changes."""

from qifu.build import load_seeds
from qifu.seeding import seed, seeds_checksum
from seeds.model import Seeds
from store.database import Database
from store.repositories import KnowledgeRepository
from tests.actions.knowledge import small_seeds


async def test_seeds_replace_older_ones_and_are_loaded_once(database: Database, seeds: Seeds) -> None:
    async with database.session() as session:
        await KnowledgeRepository(session).replace_all(small_seeds(), "older")
    assert await seed(database)
    assert not await seed(database)
    loaded = await load_seeds(database)
    assert loaded.plans == seeds.plans
    assert loaded.points == seeds.points
    assert loaded.matters == seeds.matters
    assert loaded.contacts == seeds.contacts
    assert loaded.english == seeds.english
    assert len(loaded.questions) == len(seeds.questions)


def test_the_checksum_stays_while_nothing_changes() -> None:
    assert seeds_checksum() == seeds_checksum()
