"""The command: `python -m tests.simulation`; exit code 1 where something doesn't hold."""

import asyncio
import os
import secrets
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from qifu.logs import set_up_logs
from qifu.settings import Settings
from tests.fakes.postgres import PostgresServer
from tests.simulation.plan import Plan
from tests.simulation.report import render
from tests.simulation.run import Outcome, simulate


def main(  # noqa: PLR0917  # options, each by its name
    users: Annotated[int, typer.Option(min=1, max=2000)] = 200,
    staff: Annotated[int, typer.Option(help="two of them at the console", min=4, max=100)] = 12,
    hours: Annotated[float, typer.Option(help="of the desk's clock", min=0.05, max=7)] = 2.0,
    speed: Annotated[float, typer.Option(help="the desk's seconds in a real one", min=1, max=120)] = 30.0,
    kills: Annotated[int, typer.Option(help="of the main process", min=0)] = 2,
    rasa_kills: Annotated[int, typer.Option(min=0)] = 1,
    seed: Annotated[int | None, typer.Option(help="the same one throws the same dice")] = None,
    postgres: Annotated[bool, typer.Option(help="PostgreSQL instead of SQLite")] = False,
    keep: Annotated[Path | None, typer.Option(help="folder for the home, kept afterwards")] = None,
) -> None:
    """Simulates a service desk's day in minutes and checks that nothing was lost, doubled or miscounted."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    plan = Plan(users, staff, hours, speed, kills=kills, rasa_kills=rasa_kills, seed=seed)
    typer.echo(f"seed {seed}")
    set_up_logs("ERROR")
    chosen = os.environ.get("QIFU_TEST_MODELS")
    models = (Path(chosen) if chosen else Settings().models).resolve()
    outcome = asyncio.run(_simulated(plan, models, postgres, keep))
    typer.echo(render(outcome))
    raise typer.Exit(1 if outcome.violations else 0)


async def _simulated(plan: Plan, models: Path, postgres: bool, keep: Path | None) -> Outcome:
    with (
        nullcontext(str(keep)) if keep else tempfile.TemporaryDirectory(prefix="qifu-simulation-") as folder,
        PostgresServer() if postgres else nullcontext() as server,
    ):
        url = server.url() if server else None
        return await simulate(plan, models, Path(folder) / "home", url, lambda step: typer.echo(step, err=True))


if __name__ == "__main__":
    typer.run(main)
