"""One qifu at a time in one home; a second one says what runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qifu.errors import ServiceError
from qifu.lock import is_held, only_one

ADDRESS = "http://127.0.0.1:8000"


def test_a_second_qifu_says_what_runs_and_where(tmp_path: Path) -> None:
    with only_one(tmp_path, ADDRESS):
        with pytest.raises(ServiceError) as caught, only_one(tmp_path, "http://127.0.0.1:9000"):
            pass
        assert str(os.getpid()) in str(caught.value)
        assert ADDRESS in str(caught.value)


def test_the_second_one_leaves_the_first_ones_word_alone(tmp_path: Path) -> None:
    with only_one(tmp_path, ADDRESS):
        for _ in range(2):
            with pytest.raises(ServiceError, match=ADDRESS), only_one(tmp_path, "http://other"):
                pass


def test_when_the_first_has_ended_another_may_start(tmp_path: Path) -> None:
    with only_one(tmp_path, ADDRESS):
        pass
    with pytest.raises(ZeroDivisionError), only_one(tmp_path, ADDRESS):
        raise ZeroDivisionError
    with only_one(tmp_path, ADDRESS):
        pass


def test_a_killed_qifu_leaves_no_lock(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from qifu.lock import only_one
with only_one(Path({str(tmp_path)!r}), {ADDRESS!r}):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9  # noqa: S603  # our own code
    assert ADDRESS in (tmp_path / "qifu.lock").read_text(encoding="utf-8")
    with only_one(tmp_path, "http://next"):
        assert "http://next" in (tmp_path / "qifu.lock").read_text(encoding="utf-8")


def test_one_that_is_just_being_started_is_told_so(tmp_path: Path) -> None:
    with only_one(tmp_path, ADDRESS):
        (tmp_path / "qifu.lock").write_text("", encoding="utf-8")
        with pytest.raises(ServiceError, match="already"), only_one(tmp_path, ADDRESS):
            pass


def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for home in (file, file / "below"):
        with pytest.raises(ServiceError, match="QIFU_HOME"), only_one(home, ADDRESS):
            pass


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    (tmp_path / "qifu.lock").symlink_to("/dev/full")
    with pytest.raises(ServiceError, match="QIFU_HOME"), only_one(tmp_path, ADDRESS):
        pass


def test_whether_a_qifu_runs_can_be_asked_without_disturbing_it(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    with only_one(tmp_path, ADDRESS):
        assert is_held(tmp_path)
        with pytest.raises(ServiceError, match=ADDRESS), only_one(tmp_path, "http://other"):
            pass
    assert not is_held(tmp_path)
