"""The PostgreSQL that tests start says what is missing where it can't be started."""

from pathlib import Path

import pytest

from tests.fakes.postgres import PostgresMissingError, find_binaries


def test_a_machine_without_a_server_is_told_which_package_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PostgresMissingError, match=r"apt-get install postgresql.*QIFU_SKIP_POSTGRES=1"):
        find_binaries(debian=tmp_path)


def test_debians_newest_server_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for version in ("9.6", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (tmp_path / version / "bin" / name).touch()
    assert find_binaries(debian=tmp_path) == tmp_path / "16" / "bin"
