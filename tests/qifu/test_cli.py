"""The command line: what goes wrong is one clear line and an exit code, never a trace."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qifu import commands
from qifu.cli import app

runner = CliRunner()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of the test's own."""
    monkeypatch.setenv("QIFU_HOME", str(tmp_path / "home"))


def run(*arguments: str) -> Result:
    """Runs a command; a trace fails the test."""
    result = runner.invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def test_every_command_has_a_line_of_help() -> None:
    listed = run("--help").output
    for name in ("serve", "chat", "ask", "seed", "check", "train", "explain", "evaluate", "purge"):
        assert name in listed
        assert run(name, "--help").exit_code == 0


def test_a_wrong_setting_is_named_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIFU_PORT", "eighty")
    result = run("serve")
    assert result.exit_code == 2
    assert "QIFU_PORT" in result.output


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"q": "x"}\n{"q": 5}\n', "line 2:"),
        (b'{"q": "x"}\nnonsense\n', "line 2: not valid JSON"),
        ('{"q": "好"}\n'.encode("gbk"), "line 1: not valid UTF-8"),
        (b"\x00", "line 1:"),
    ],
)
def test_bad_cases_are_named_by_line_before_anything_starts(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "cases.jsonl").write_bytes(content)
    result = run("ask", "--in", str(tmp_path / "cases.jsonl"), "--out", str(tmp_path / "replies.jsonl"))
    assert result.exit_code == 1
    assert complaint in result.output
    assert not (tmp_path / "replies.jsonl").exists()


def test_cases_that_arent_there_are_named(tmp_path: Path) -> None:
    result = run("ask", "--in", str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "replies.jsonl"))
    assert result.exit_code == 2
    assert "none.jsonl" in result.output.replace("\n", "").replace("│", "").replace(" ", "")


def test_answers_that_cant_be_written_are_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text('{"q": "x"}\n', encoding="utf-8")
    for out in (tmp_path, tmp_path / "cases.jsonl" / "below"):
        result = run("ask", "--in", str(tmp_path / "cases.jsonl"), "--out", str(out))
        assert result.exit_code == 1
        assert "--out" in result.output


def test_cases_are_lines_whatever_else_separates_lines_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('\ufeff{"id": 1, "q": "一\u2028二\u0085三"}\r\n\n{"id": 2, "q": "四"}', encoding="utf-8")
    assert [(case.id, case.said) for case in commands._cases_of(path)] == [(1, ("一\u2028二\u0085三",)), (2, ("四",))]


def test_half_a_surrogate_pair_is_written_as_it_came(tmp_path: Path) -> None:
    row = {"u": "退\ud800税", "replies": ["好"]}
    commands._write_lines(tmp_path / "replies.jsonl", [row, row])
    lines = (tmp_path / "replies.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [row, row]
    assert "好" in lines[0]


def test_the_seeds_are_whole() -> None:
    result = run("check")
    assert (result.exit_code, result.output.strip()[-10:]) == (0, " all whole")


def test_a_purge_of_nothing_deletes_nothing() -> None:
    result = run("purge")
    assert (result.exit_code, result.output) == (0, "0 conversations deleted\n")


def test_a_database_that_cant_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("QIFU_DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'qifu.db'}")
    result = run("purge")
    assert result.exit_code == 1
    assert "file" in result.output
    monkeypatch.setenv("QIFU_DATABASE_URL", "mysql://root@db/qifu")
    assert "QIFU_DATABASE_URL" in run("seed").output
