"""A workspace over a copy of the repository's data of a few topics, small enough to be read often."""

import shutil
from pathlib import Path

import pytest

from qifu.settings import ROOT, Settings
from qifu.training.catalogue import Reading
from qifu.training.workspace import Workspace

_PARTS = (
    "seeds/plans.yml",
    "seeds/topics.yml",
    "seeds/contacts.yml",
    "seeds/plans/*",
    "seeds/matters/taxes.yml",
    "seeds/matters/bankruptcy.yml",
    "nlu/data/taxes.yml",
    "nlu/data/bankruptcy.yml",
    "nlu/data/rules.yml",
    "nlu/data/out_of_scope_abuse.yml",
    "nlu/domain/*.yml",
    "tests/nlu/taxes.yml",
    "tests/nlu/bankruptcy.yml",
    "tests/dialogue/clarify.yml",
)
_ACTS = """\
version: "3.1"
nlu:
# What ends a conversation.
- intent: goodbye
  examples: |
    - 再见
    - 拜拜，谢谢侬
- intent: thanks
  examples: |
    - 谢谢
"""


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where seeds/, nlu/ and tests/ of two topics and two acts stand; nobody writes to it."""
    root = tmp_path_factory.mktemp("small")
    for pattern in _PARTS:
        for path in ROOT.glob(pattern):
            to = root / path.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
    (root / "nlu/data/acts.yml").write_text(_ACTS, encoding="utf-8")
    return root


@pytest.fixture
def source(small: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change: a checkout."""
    return Path(shutil.copytree(small, tmp_path / "checkout"))


@pytest.fixture(scope="session")
def reading() -> Reading:
    """Remembers the files that all tests share."""
    return Reading()


@pytest.fixture
def workspace(small: Path, tmp_path: Path, reading: Reading) -> Workspace:
    """Trainers' data, not edited yet."""
    return Workspace(Settings(home=tmp_path / "home", database_url=None), source=small, reading=reading)
