"""Brings the database up to date: its tables and the seeds in it."""

import hashlib
from pathlib import Path

from qifu.errors import SeedError
from qifu.settings import ROOT
from seeds.check import check_seeds
from seeds.read import SEEDS, read_seeds
from store.database import Database
from store.repositories import KnowledgeRepository

_CODE = ("clean.py", "parse.py", "read.py", "register.py", "model.py")


def seeds_checksum(home: Path = ROOT) -> str:
    """A checksum over every seed file and the training questions of `home`, and the code that reads them."""
    digest = hashlib.sha256()
    seeds, questions = home / "seeds", home / "nlu" / "data"
    files = [*seeds.rglob("*.yml"), *seeds.rglob("*.txt"), *questions.glob("*.yml")]
    named = [(str(path.relative_to(home)), path) for path in files]
    for name, path in sorted([*named, *((f"seeds/{name}", SEEDS / name) for name in _CODE)]):
        digest.update(name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


async def seed(database: Database, check: bool = True, home: Path = ROOT) -> bool:
    """Migrates the database and loads the seeds of `home`; False where they are in it already.

    Raises SeedError with every finding, and loads nothing then.
    """
    await database.migrate()
    checksum = seeds_checksum(home)
    async with database.session() as session:
        if await KnowledgeRepository(session).checksum() == checksum:
            return False
    seeds = read_seeds(home / "seeds", home / "nlu" / "data")
    if check and (findings := check_seeds(seeds, home / "seeds")):
        raise SeedError(findings)
    async with database.session() as session:
        return await KnowledgeRepository(session).replace_all(seeds, checksum)
