"""A model's name changes with everything the model is made of, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from checksum import checksum
from conftest import CONFIG


def test_the_same_room_has_the_same_checksum(room: Path) -> None:
    assert checksum(CONFIG, room) == checksum(CONFIG, room)
    (room / "notes.txt").write_text("x", encoding="utf-8")
    assert checksum(CONFIG, room) == checksum(CONFIG, room)


@pytest.mark.parametrize("file", ["data/questions.yml", "domain/intents.yml", "lookups/districts.yml"])
def test_a_changed_file_changes_it(room: Path, file: str) -> None:
    before = checksum(CONFIG, room)
    with (room / file).open("a", encoding="utf-8") as changed:
        changed.write("\n# one more line\n")
    assert checksum(CONFIG, room) != before


def test_a_new_file_and_a_renamed_one_change_it(room: Path) -> None:
    before = checksum(CONFIG, room)
    (room / "data" / "more.yml").write_text("nlu: []\n", encoding="utf-8")
    more = checksum(CONFIG, room)
    (room / "data" / "more.yml").rename(room / "data" / "other.yml")
    assert len({before, more, checksum(CONFIG, room)}) == 3


def test_another_configuration_and_other_points_change_it(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QIFU_POINTS", raising=False)
    seen = {checksum(CONFIG, room)}
    config = tmp_path / "config.yml"
    config.write_text(CONFIG.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    seen.add(checksum(config, room))
    for content in ("{}", '{"a/1#1": ["退税"]}'):
        (tmp_path / "points.json").write_text(content, encoding="utf-8")
        monkeypatch.setenv("QIFU_POINTS", str(tmp_path / "points.json"))
        seen.add(checksum(CONFIG, room))
    assert len(seen) == 4
