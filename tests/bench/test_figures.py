"""The figures, the targets and the report."""

from bench.figures import Row, Spread, rows, targets
from bench.load import Load
from bench.plan import LONG, Plan
from bench.processes import Weight
from bench.report import render
from bench.run import Measured, Round
from bench.stock_model import STOCK, StockModel


def a_round(ms: float, late: float = 1.0, process: str = "main process") -> Round:
    """A round of so many ms a message, and of `late` times as many from message 100 of the long conversation."""
    long = Load([ms] * 100 + [ms * late] * (LONG - 100), 1.0)
    loads = {users: Load([ms] * 100, ms / 10) for users in (1, 4)}
    done = Round(start=ms, loads=loads, long=long)
    done.weigh({process: Weight(100, 1), "Rasa": Weight(400, 2)}, {process: Weight(120, 2), "Rasa": Weight(420, 4)})
    return done


def measured(qifu_ms: float = 10, stock_ms: float = 40, late: float = 1.0) -> Measured:
    qifu = [a_round(qifu_ms, late), a_round(qifu_ms * 3, late), a_round(qifu_ms, late)]
    stock = [a_round(stock_ms, 2.0, "action server")] * 3
    return Measured(qifu, stock, StockModel(STOCK / "none.tar.gz", 1000))


def row(found: list[Row], name: str, users: int | None = None, of: str | None = None) -> Row:
    return next(one for one in found if (one.name, one.users, one.of) == (name, users, of))


def test_a_figure_is_the_median_of_the_rounds_with_the_extremes() -> None:
    assert row(rows(measured()), "p50", 1).qifu == Spread(10, 10, 30)


def test_the_factor_says_how_many_times_better_qifu_is() -> None:
    found = rows(measured())
    assert row(found, "p50", 4).factor == 4
    assert row(found, "rate", 4).factor == 4


def test_processor_time_is_counted_by_message_and_process() -> None:
    found = rows(measured())
    assert row(found, "cpu_of", of="Rasa").qifu == Spread(10, 10, 10)
    assert row(found, "cpu").qifu == Spread(15, 15, 15)
    assert row(found, "memory").stock == Spread(540, 540, 540)


def test_a_process_of_one_side_only_stands_alone() -> None:
    alone = row(rows(measured()), "memory_of", of="action server")
    assert alone.qifu is None
    assert alone.factor is None


def test_targets_are_reached_by_a_fast_and_steady_side() -> None:
    assert {target.name: target.reached for target in targets(rows(measured()))} == {
        "rate_1": True,
        "rate_4": True,
        "p50_1": True,
        "growth": True,
    }


def test_targets_are_missed_by_a_slow_and_growing_side() -> None:
    assert not any(target.reached for target in targets(rows(measured(qifu_ms=30, late=1.5))))


def test_the_report_shows_every_figure_and_how_it_was_measured() -> None:
    report = render(measured(qifu_ms=30), Plan(quick=True))
    assert "| latency, median, 4 users | 30.0 ms (30.0–90.0) | 40.0 ms (40.0–40.0) | 1.33 |" in report
    assert "| memory of action server | – | 120 MB (120–120) | – |" in report
    assert "MISSED: median latency of one user" in report
    assert "1000 questions (quick: one in 8)" in report
