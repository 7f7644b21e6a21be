"""Logs are one JSON object a line, without what users wrote."""

import json

import pytest
import structlog

from qifu.logs import set_up_logs

SECRET = "我的手机号是13800138000"


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info")
    structlog.get_logger().info("turn_answered", turn=5)
    structlog.get_logger().debug("not_shown")
    [line] = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["turn"], event["level"]) == ("turn_answered", 5, "info")
    assert event["timestamp"].endswith("Z")


def test_an_exception_is_told_by_kind_and_place_only(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()
    try:
        raise ValueError(SECRET)
    except ValueError:
        structlog.get_logger().exception("action_failed", turn=5)
    line = capsys.readouterr().err
    assert SECRET not in line
    event = json.loads(line)
    assert event["exception"] == "ValueError"
    assert "test_logs.py" in event["at"][0]


@pytest.mark.parametrize("level", ["debug", "WARNING", "nonsense"])
def test_any_level_leaves_errors_visible(capsys: pytest.CaptureFixture[str], level: str) -> None:
    set_up_logs(level)
    structlog.get_logger().error("rasa_died")
    assert "rasa_died" in capsys.readouterr().err
