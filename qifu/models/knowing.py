"""The knowledge of a version with its search index, made in a process of its own: it takes seconds of pure computing.

`python -m qifu.models.knowing DATA OUT` reads and checks the seeds of a folder and writes them with their index, as a
pickle that only the process that asked for it reads.
"""

import asyncio
import pickle
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from actions.knowledge.base import Knowledge
from actions.knowledge.search import PointSearch
from qifu.errors import QifuError, SeedError
from qifu.lines import Known
from qifu.models import child
from seeds.check import check_seeds
from seeds.read import read_seeds


async def known_from(data: Path) -> Known:
    """What a version answers from, by the folder of its data. Raises TrainingError with every finding."""
    with tempfile.TemporaryDirectory(prefix="qifu-") as folder:
        out = Path(folder) / "known"
        await child.work("qifu.models.knowing", str(data), str(out))
        return await asyncio.to_thread(_read, out)


def _read(path: Path) -> Known:
    with path.open("rb") as file:
        known: Known = pickle.load(file)  # noqa: S301  # written by `main` into a folder of our own
    return known


def known_of(data: Path) -> Known:
    """Reads, checks and indexes. Raises SeedError with every finding, named from the folder on."""
    seeds = read_seeds(data / "seeds", data / "nlu" / "data")
    if findings := check_seeds(seeds, data / "seeds"):
        raise SeedError(findings)
    knowledge = Knowledge(replace(seeds, documents={}))
    return Known(knowledge, PointSearch(knowledge))


def main(data: Path, out: Path) -> int:
    """The command; exit code 1 with the findings on stderr."""
    child.begin()
    try:
        known = known_of(data)
    except QifuError as error:
        sys.stderr.write(str(error).replace(f"{data}/", "") + "\n")
        return 1
    with out.open("wb") as file:
        pickle.dump(known, file, protocol=pickle.HIGHEST_PROTOCOL)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
