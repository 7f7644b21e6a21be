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
from actions.knowledge.search import PointSearch
from bot.batch.ask import Case, read_cases
from bot.batch.ask import ask as ask_cases
from bot.desk.delivery import Deliverer
from bot.terminal.chat import chat as talk
from bot.terminal.lines import Lines
from qifu.errors import QifuError, SeedError
from qifu.evaluation.conversations import hold, read_conversations
from qifu.evaluation.fit import fit as fit_weights
from qifu.evaluation.floors import below
from qifu.evaluation.held_out import leaks, read_held_out
from qifu.evaluation.report import summary, write_report
from qifu.evaluation.run import score
from qifu.labels import Channel
from qifu.running import Running, recovering, running
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
        alone = settings.model_copy(update={"rasa_port": 0, "action_port": 0})
        async with _opened(f"sqlite+aiosqlite:///{Path(folder) / 'qifu.db'}") as database:
            await load_seeds(database, home=settings.training_home)
            async with running(alone, database, model) as house:
                yield house


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    """A database that is closed with the block."""
    database = Database(url)
    try:
        yield database
    finally:
        await database.dispose()


async def chat(settings: Settings) -> None:
    """Talks in the terminal until the input ends."""
    async with apart(settings) as started, recovering(started.house):
        desk = started.house.desk
        lines = Lines(lambda prompt: typer.echo(prompt, nl=False))
        await talk(
            started.house.dialogue,
            lines,
            typer.echo,
            lambda screen: Deliverer(desk, {Channel.TERMINAL: screen}).running(),
        )


async def ask(settings: Settings, cases_file: Path, out: Path, at_once: int) -> None:
    """Answers the conversations of a file. Nothing is written unless all of them are read."""
    cases = _cases_of(cases_file)
    _prove_writable(out)
    async with apart(settings) as started:
        with tqdm(total=len(cases), unit="conversation", file=sys.stderr) as bar:

            def step() -> None:
                bar.update()

            answers = await ask_cases(started.house.dialogue, cases, step, at_once)
    _write_lines(out, answers)


def _cases_of(path: Path) -> list[Case]:
    try:
        # Only line feeds end a line: JSON texts may hold other separators, such as U+2028.
        return read_cases(path.read_text(encoding="utf-8-sig").split("\n"))
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise QifuError(f"{path}: line {line}: not valid UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise QifuError(f"{path} can't be read ({error.strerror})") from None


def _prove_writable(path: Path) -> None:
    """Raises QifuError where the answers couldn't be written, before the work of making them."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as error:
        raise QifuError(f"{path} can't be written to ({error.strerror}); choose another file with --out") from None


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    # Half a surrogate pair, which JSON can carry and UTF-8 can't, is written as it came: escaped.
    path.write_bytes(text.encode("utf-8", "backslashreplace"))


async def seed(settings: Settings) -> None:
    """Loads the seeds and says whether anything changed."""
    async with _opened(settings.database) as database:
        changed = await load_seeds(database, home=settings.training_home)
    typer.echo("seeds loaded" if changed else "seeds unchanged")


async def check(settings: Settings) -> None:
    """Prints what the seeds hold, or raises SeedError with every finding."""
    home = settings.training_home
    seeds, held_out = read_seeds(home / "seeds", home / "nlu" / "data"), read_held_out(home / "tests" / "nlu")
    if findings := [*check_seeds(seeds, home / "seeds"), *leaks(seeds.questions, held_out)]:
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
    """Asks every held-out message and holds every conversation, writes the report into `folder`, prints its figures.

    Raises QifuError that names each figure below its floor.
    """
    tests = settings.training_home / "tests"
    held_out, conversations = read_held_out(tests / "nlu"), read_conversations(tests / "dialogue")
    async with apart(settings) as started:
        with tqdm(total=len(held_out) + len(conversations), unit="message", file=sys.stderr) as bar:

            def step() -> None:
                bar.update()

            rows = await score(started.house.dialogue, held_out, step)
            talked = await hold(started.house.dialogue, conversations, step)
    write_report(rows, talked, folder)
    figures = summary(rows, talked)
    for name, value in figures.items():
        typer.echo(f"{name:32} {value}")
    typer.echo(f"table, misses and pictures: {folder}/")
    if low := below(figures, rows):
        raise QifuError("\n".join(("below the floors of qifu/evaluation/floors.yml:", *low)))


async def fit(settings: Settings) -> None:
    """Prints the ranking's weights as they are and as they would be best, with what each reaches on both halves."""
    held_out = read_held_out(settings.training_home / "tests" / "nlu")
    async with apart(settings) as started:
        services = started.house.services
        search = PointSearch(services.knowledge)
        now, best = await fit_weights(services.knowledge, search, services.parser.parse, held_out)
    for name, found in (("now", now), ("best", best)):
        typer.echo(f"{name:5} development {found.development:.3f}  test {found.test:.3f}  {found.weights}")


async def purge(settings: Settings) -> None:
    """Deletes old conversations and says how many."""
    async with _opened(settings.database) as database:
        await database.migrate()
        async with database.session() as session:
            gone = await purge_conversations(session, datetime.now(UTC) - timedelta(days=settings.keep_days))
    typer.echo(f"{gone} conversations deleted")
