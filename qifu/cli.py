"""The command `qifu`: serve, chat, ask, seed, check, train, evaluate, explain, purge, staff, models, desk, training."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from qifu import commands, desk_report
from qifu.errors import QifuError
from qifu.logs import set_up_logs
from qifu.models.commands import models_app
from qifu.settings import read_settings
from qifu.staff_commands import staff_app
from qifu.training import commands as training_commands
from qifu.training.workspace import Workspace

app = typer.Typer(help="企服：按上海营商环境方案回答企业的问题", no_args_is_help=True, add_completion=False)
app.add_typer(staff_app, name="staff")
app.add_typer(models_app, name="models")
desk_app = typer.Typer(help="服务台", no_args_is_help=True)
app.add_typer(desk_app, name="desk")

_Checkout = Annotated[Path, typer.Argument(help="a folder with seeds/, nlu/ and tests/", exists=True, file_okay=False)]
_Force = Annotated[bool, typer.Option(help="what is carried counts where both sides changed the same")]


def run(work: Coroutine[Any, Any, None]) -> None:
    """Runs a command; what goes wrong is one clear line, and exit code 1."""
    try:
        asyncio.run(work)
    except QifuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@app.callback()
def _prepare() -> None:
    try:
        settings = read_settings()
        # Commands talk to a person at a terminal: of the log they see what needs seeing; `serve` sets its own level.
        set_up_logs(settings.log_level if settings.log_level.upper() == "DEBUG" else "WARNING")
    except QifuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


@app.command()
def serve() -> None:
    """Starts everything: web chat, API, actions, Rasa, and Telegram where a token is set."""
    from qifu.serve import serve as work  # noqa: PLC0415  # heavy; only this command needs it

    settings = read_settings()
    set_up_logs(settings.log_level)
    run(work(settings))


@app.command()
def chat() -> None:
    """Talks in the terminal."""
    run(commands.chat(read_settings()))


@app.command()
def ask(
    cases: Annotated[Path, typer.Option("--in", help="JSONL file of conversations", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option("--out", help="JSONL file for the answers")],
    at_once: Annotated[int, typer.Option(help="conversations side by side", min=1, max=64)] = 4,
) -> None:
    """Runs whole conversations from a file through Rasa and the actions."""
    run(commands.ask(read_settings(), cases, out, at_once))


@app.command()
def seed() -> None:
    """Loads the seeds into the database; does nothing where they are in it."""
    run(commands.seed(read_settings()))


@app.command()
def check() -> None:
    """Proves that the seeds are whole; lists every finding as file:line: message."""
    run(commands.check(read_settings()))


@app.command()
def train(force: Annotated[bool, typer.Option(help="train even where a model for this data exists")] = False) -> None:
    """Trains a model for the training data as it is."""
    run(commands.train(read_settings(), force))


@app.command()
def explain(question: str, district: Annotated[str | None, typer.Option(help="e.g. minhang")] = None) -> None:
    """Shows matters and points for a question with the share of each signal."""
    run(commands.explain(read_settings(), question, district))


@app.command()
def evaluate(out: Annotated[Path, typer.Option("--out", help="folder for the report")] = Path("results")) -> None:
    """Measures the whole bot on the held-out questions."""
    run(commands.evaluate(read_settings(), out))


@app.command()
def fit() -> None:
    """Fits the ranking's weights on half of the held-out questions and prints what the other half says of them."""
    run(commands.fit(read_settings()))


@app.command()
def purge() -> None:
    """Deletes conversations older than QIFU_KEEP_DAYS days."""
    run(commands.purge(read_settings()))


@app.command(name="export-training")
def export_training(folder: _Checkout, force: _Force = False) -> None:
    """Writes what trainers edited into a checkout of the repository, question by question; git shows the rest."""
    run(training_commands.export_training(Workspace(read_settings()), folder, force))


@app.command(name="import-training")
def import_training(folder: _Checkout, force: _Force = False) -> None:
    """Brings what is new in a checkout, or in an update of qifu, into what trainers edit; their edits stay."""
    run(training_commands.import_training(Workspace(read_settings()), folder, force))


@desk_app.callback()
def _desk() -> None:
    """The service desk."""


@desk_app.command()
def report(
    first: Annotated[str | None, typer.Option("--from", help="first day, e.g. 2026-11-01")] = None,
    last: Annotated[str | None, typer.Option("--to", help="last day; today when not given")] = None,
) -> None:
    """Prints the desk's figures of a period, by default of the last thirty days."""
    run(desk_report.report(read_settings(), first, last))


def main() -> None:
    """The console script."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    app()
