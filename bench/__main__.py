"""The command: `python -m bench`, prints the report and writes it to results/bench.md."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from bench.plan import Plan
from bench.report import render
from bench.run import Measured, measure
from qifu.errors import QifuError
from qifu.logs import set_up_logs
from qifu.settings import read_settings


def main(
    rounds: Annotated[int, typer.Option(help="rounds; the table shows medians", min=1, max=20)] = 3,
    messages: Annotated[int, typer.Option(help="messages for each number of users", min=20, max=2000)] = 160,
    epochs: Annotated[int, typer.Option(help="epochs of the stock model's training", min=1, max=300)] = 1,
    quick: Annotated[bool, typer.Option(help="train the stock model on a subset of the questions")] = False,
    out: Annotated[Path, typer.Option("--out", help="file for the report")] = Path("results/bench.md"),
) -> None:
    """Measures qifu beside a stock Rasa set-up."""
    plan = Plan(rounds=rounds, messages=messages, epochs=epochs, quick=quick)
    try:
        set_up_logs("WARNING")
        measured = asyncio.run(_measure(plan))
    except QifuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(130) from None
    report = render(measured, plan)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(report, encoding="utf-8")
    typer.echo(report)


async def _measure(plan: Plan) -> Measured:
    # Ended from outside, it still ends its processes.
    task = asyncio.current_task()
    if task:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await measure(read_settings(), plan, lambda step: typer.echo(step, err=True))


if __name__ == "__main__":
    typer.run(main)
