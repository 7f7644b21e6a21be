"""What the commands do, apart from serving."""

import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import typer
from tqdm import tqdm

from actions.knowledge.ranking import Context
from bot.batch.ask import Case, read_cases
from bot.batch.ask import ask as ask_cases
from bot.terminal.chat import chat as talk
from qifu.errors import QifuError, SeedError
from qifu.evaluation.held_out import leaks, read_held_out
from qifu.evaluation.report import summary, write_report
from qifu.evaluation.run import score
from qifu.running import Running, running
from qifu.seeding import seed as load_seeds
from qifu.settings import Settings
from qifu.understanding_room import ensure_model
from seeds.check import check_seeds
from seeds.read import read_seeds
from store.database import Database
from store.retention import purge as purge_conversations


@asynccontextmanager
async def apart(settings: Settings) -> AsyncIterator[Running]:
    """A house of its own beside a running one: free ports and a database that is thrown away."""
    model = await ensure_model(settings)
    with tempfile.TemporaryDirectory(prefix="qifu-") as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'qifu.db'}")
        await load_seeds(database)
        alone = settings.model_copy(update={"rasa_port": 0, "action_port": 0})
        async with running(alone, database, model) as house:
            yield house


async def chat(settings: Settings) -> None:
    """Talks in the terminal until the input ends."""
    async with apart(settings) as started:
        await talk(started.house.dialogue, input, typer.echo)


async def ask(settings: Settings, cases_file: Path, out: Path, at_once: int) -> None:
    """Answers the conversations of a file. Nothing is written unless all of them are read."""
    cases = _cases_of(cases_file)
    async with apart(settings) as started:
        with tqdm(total=len(cases), unit="conversation", file=sys.stderr) as bar:

            def step() -> None:
                bar.update()

            answers = await ask_cases(started.house.dialogue, cases, step, at_once)
    _write_lines(out, answers)


def _cases_of(path: Path) -> list[Case]:
    try:
        return read_cases(path.read_text(encoding="utf-8").splitlines())
    except UnicodeDecodeError as error:
        raise QifuError(f"{path}: not valid UTF-8 at byte {error.start}; save the file as UTF-8") from None


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


async def seed(settings: Settings) -> None:
    """Loads the seeds and says whether anything changed."""
    database = Database(settings.database)
    try:
        changed = await load_seeds(database)
    finally:
        await database.dispose()
    typer.echo("seeds loaded" if changed else "seeds unchanged")


async def check() -> None:
    """Prints what the seeds hold, or raises SeedError with every finding."""
    seeds = read_seeds()
    if findings := [*check_seeds(seeds), *leaks(seeds.questions, read_held_out())]:
        raise SeedError(findings)
    typer.echo(
        f"{len(seeds.plans)} plans, {len(seeds.measures)} measures, {len(seeds.points)} points, "
        f"{len(seeds.matters)} matters, {len(seeds.contacts)} contacts, {len(seeds.questions)} questions: all whole"
    )


async def train(settings: Settings, force: bool) -> None:
    """Trains where needed and prints the model's path."""
    typer.echo(str(await ensure_model(settings, force)))


async def explain(settings: Settings, question: str, district: str | None) -> None:
    """Prints intents, matters and points with each signal's share."""
    async with apart(settings) as started:
        services = started.house.services
        understood = await services.parser.parse(question)
        candidates = services.ranker.rank(understood, Context((district,) if district else ()))
    for name, share in sorted(understood.intents.items(), key=lambda row: -row[1])[:5]:
        typer.echo(f"{share:6.3f}  intent  {name}")
    for name, share in list(understood.matters.items())[:5]:
        typer.echo(f"{share:6.3f}  matter  {name}")
    for candidate in candidates[:8]:
        shares = "  ".join(f"{name} {share:.3f}" for name, share in candidate.shares.items())
        typer.echo(f"{candidate.score:6.3f}  point   {candidate.point}  ({candidate.matter})  {shares}")


async def evaluate(settings: Settings, folder: Path) -> None:
    """Asks every held-out message, writes the report into `folder` and prints its figures."""
    held_out = read_held_out()
    async with apart(settings) as started:
        with tqdm(total=len(held_out), unit="message", file=sys.stderr) as bar:

            def step() -> None:
                bar.update()

            rows = await score(started.house.dialogue, held_out, step)
    write_report(rows, folder)
    for name, value in summary(rows).items():
        typer.echo(f"{name:32} {value}")
    typer.echo(f"table, misses and pictures: {folder}/")


async def purge(settings: Settings) -> None:
    """Deletes old conversations and says how many."""
    database = Database(settings.database)
    try:
        await database.migrate()
        async with database.session() as session:
            gone = await purge_conversations(session, datetime.now(UTC) - timedelta(days=settings.keep_days))
    finally:
        await database.dispose()
    typer.echo(f"{gone} conversations deleted")
