"""The desk's clock: the real one, but for simulations on the loopback."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from qifu.clock import clock_of, real_seconds
from qifu.settings import Settings
from store.models.base import utc_now

START = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def faster(**more: Any) -> Settings:
    """A clock that ran sixty times as fast for the last ten seconds."""
    values: dict[str, Any] = {"clock_speed": 60, "clock_start": START, "clock_since": utc_now() - timedelta(seconds=10)}
    return Settings(**(values | more))


def test_without_settings_it_is_the_real_one() -> None:
    assert clock_of(Settings()) is utc_now
    assert real_seconds(Settings(), 1.0) == 1.0


def test_it_goes_on_from_the_same_moments_in_every_process() -> None:
    settings = faster()
    shown = [clock_of(settings)() - START for _ in range(2)]
    assert timedelta(minutes=10) <= shown[0] <= shown[1] < timedelta(minutes=12)


def test_background_work_keeps_pace_within_reason() -> None:
    assert real_seconds(faster(clock_speed=5), 1.0) == pytest.approx(0.2)
    assert real_seconds(faster(), 1.0) == pytest.approx(0.1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "0.0.0.0"},
        {"host": "qifu.example"},
        {"clock_start": None},
        {"clock_since": None},
        {"clock_start": datetime(2026, 11, 23)},
        {"clock_speed": 0},
    ],
)
def test_a_clock_that_could_serve_people_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        faster(**wrong)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_on_the_loopback_it_may_run(host: str) -> None:
    assert faster(host=host).clock_speed == 60
