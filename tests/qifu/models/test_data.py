"""The data of a version are kept as they were, whole, and once."""

from pathlib import Path

import pytest

from qifu.errors import ServiceError
from qifu.models.data import data_checksum, data_folder, held_out_checksum, keep_data


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small folder of trainers."""
    home = tmp_path / "training"
    for name in ("seeds/plans/a.txt", "seeds/matters/taxes.yml", "nlu/data/taxes.yml", "tests/nlu/taxes.yml"):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    (home / "seeds" / "read.py").touch()
    return home


def test_everything_a_version_is_made_of_is_kept_and_nothing_else(home: Path, tmp_path: Path) -> None:
    kept = keep_data(home, tmp_path / "models")
    assert kept == data_folder(tmp_path / "models", data_checksum(home))
    files = {str(path.relative_to(kept)) for path in kept.rglob("*") if path.is_file()}
    assert files == {"seeds/plans/a.txt", "seeds/matters/taxes.yml", "nlu/data/taxes.yml"}
    assert keep_data(home, tmp_path / "models") == kept
    assert [path.name for path in (tmp_path / "models").iterdir()] == [kept.name], "nothing temporary stays"


def test_held_out_questions_dont_make_data_new_but_measuring(home: Path) -> None:
    data, held_out = data_checksum(home), held_out_checksum(home)
    (home / "tests" / "nlu" / "taxes.yml").write_text("more", encoding="utf-8")
    assert data_checksum(home) == data
    assert held_out_checksum(home) != held_out


@pytest.mark.parametrize("name", ["seeds/plans/a.txt", "nlu/data/taxes.yml", "nlu/lookups/new.yml"])
def test_any_change_makes_the_data_new(home: Path, name: str) -> None:
    before = data_checksum(home)
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed", encoding="utf-8")
    assert data_checksum(home) != before


def test_a_place_that_cant_be_written_to_is_named(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServiceError, match="QIFU_HOME"):
        keep_data(home, tmp_path / "file" / "models")
