"""Brings the database up to date: its tables and the seeds in it."""

import hashlib

from qifu.errors import SeedError
from qifu.settings import ROOT
from seeds.check import check_seeds
from seeds.read import QUESTIONS, SEEDS, read_seeds
from store.database import Database
from store.repositories import KnowledgeRepository

_CODE = ("clean.py", "parse.py", "read.py", "register.py", "model.py")


def seeds_checksum() -> str:
    """A checksum over every seed file, the training questions and the code that reads them."""
    digest = hashlib.sha256()
    files = [*SEEDS.rglob("*.yml"), *SEEDS.rglob("*.txt"), *QUESTIONS.glob("*.yml"), *(SEEDS / name for name in _CODE)]
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


async def seed(database: Database, check: bool = True) -> bool:
    """Migrates the database and loads the seeds; False where they are in it already.

    Raises SeedError with every finding, and loads nothing then.
    """
    await database.migrate()
    checksum = seeds_checksum()
    async with database.session() as session:
        if await KnowledgeRepository(session).checksum() == checksum:
            return False
    seeds = read_seeds()
    if check and (findings := check_seeds(seeds)):
        raise SeedError(findings)
    async with database.session() as session:
        return await KnowledgeRepository(session).replace_all(seeds, checksum)
