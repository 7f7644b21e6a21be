"""`python -m bench.review`: fills databases and reports medians of the console's lists, as tables in Markdown."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated

import typer

from bench.review.fill import fill
from bench.review.questions import naively, questions
from qifu.errors import QifuError
from store.database import Database
from store.repositories import Key, ReviewFilter, ReviewListRepository
from tests.fakes.postgres import PostgresServer

_PAGE = 50
_DEEP = 20
"""The page that is called deep."""


class Kind(StrEnum):
    """The kinds of databases."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True)
class Plan:
    """How much is filled in, and how often each list is asked for."""

    turns: int
    rounds: int
    naive: bool


def main(
    turns: Annotated[int, typer.Option(help="turns to fill in", min=1000)] = 1_000_000,
    rounds: Annotated[int, typer.Option(help="rounds; the table shows medians", min=1)] = 5,
    on: Annotated[list[Kind] | None, typer.Option(help="kinds of databases; all by default")] = None,
    naive: Annotated[bool, typer.Option(help="measure the plain list with OFFSET as well")] = True,
    out: Annotated[Path, typer.Option("--out", help="file for the report")] = Path("results/review.md"),
) -> None:
    """Measures the lists of conversations over a large database."""
    plan, report = Plan(turns, rounds, naive), ""
    try:
        for kind in on or list(Kind):
            with _empty(kind) as url:
                report += f"## {kind}\n\n{asyncio.run(_measure(url, plan))}\n"
    except QifuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(report, encoding="utf-8")
    typer.echo(report)


@contextmanager
def _empty(kind: Kind) -> Iterator[str]:
    """The URL of an empty database that goes when the block ends."""
    if kind is Kind.POSTGRESQL:
        with PostgresServer() as server:
            yield server.url()
        return
    file = Path("var/bench/review.db").resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        _remove(file)
        yield f"sqlite+aiosqlite:///{file}"
    finally:
        _remove(file)


def _remove(file: Path) -> None:
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()


async def _measure(url: str, plan: Plan) -> str:
    database = Database(url)
    try:
        await database.migrate()
        await fill(database, plan.turns)
        lines = [
            f"{plan.turns:,} turns, medians of {plan.rounds} in ms, {_PAGE} conversations a page; plain: a join with "
            "DISTINCT, LIKE and OFFSET",
            "",
            f"| list | first page | next page | page {_DEEP} | plain, first | plain, page {_DEEP} | found |",
            "|---|---|---|---|---|---|---|",
        ]
        for name, chosen in questions().items():
            lines.append(await _line(database, name, chosen, plan))
            typer.echo(lines[-1], err=True)
    finally:
        await database.dispose()
    return "\n".join(lines) + "\n"


async def _line(database: Database, name: str, chosen: ReviewFilter, plan: Plan) -> str:
    async def listed(after: Key | None = None) -> Key | None:
        async with database.session() as session:
            repository = ReviewListRepository(session)
            page = await repository.with_hits(chosen, await repository.page(chosen, _PAGE, after))
        return page[-1].key if len(page) == _PAGE else None

    second = await listed()
    deep = second
    for _ in range(_DEEP - 2):
        deep = await listed(deep) if deep else None
    cells = [await _median(listed, plan.rounds)]
    cells.append(await _median(lambda: listed(second), plan.rounds) if second else "")
    cells.append(await _median(lambda: listed(deep), plan.rounds) if deep else "")
    async with database.session() as session:
        found = await ReviewListRepository(session).how_many(chosen, 1000)
    for offset in (0, _PAGE * (_DEEP - 1)):
        query = naively(chosen, _PAGE, offset) if plan.naive else None

        async def plain(query: object = query) -> None:
            async with database.session() as session:
                await session.execute(query)  # type: ignore[call-overload]

        cells.append(await _median(plain, min(plan.rounds, 2)) if query is not None else "")
    cells.append(f"{found:,}{'+' if found == 1000 else ''}")
    return f"| {name} | {' | '.join(cells)} |"


async def _median(act: Callable[[], Awaitable[object]], rounds: int) -> str:
    taken = []
    for _ in range(rounds):
        began = perf_counter()
        await act()
        taken.append(perf_counter() - began)
    return f"{median(taken) * 1000:.0f}"


if __name__ == "__main__":
    typer.run(main)
