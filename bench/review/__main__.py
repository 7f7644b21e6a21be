"""`python -m bench.review`: fills a database and reports medians of the console's lists, as a table in Markdown."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated

import typer

from bench.review.fill import fill
from bench.review.questions import naively, questions
from qifu.errors import QifuError
from store.database import Database
from store.repositories import ReviewFilter, ReviewListRepository
from store.repositories.review_list import Key

_PAGE = 50
_DEEP = 20
"""Pages before the one that is called deep."""


def main(  # noqa: PLR0917 - each is an option
    turns: Annotated[int, typer.Option(help="turns to fill in", min=1000)] = 300_000,
    rounds: Annotated[int, typer.Option(help="rounds; the table shows medians", min=1)] = 5,
    database: Annotated[str, typer.Option(help="an empty database's URL; a file below var/ by default")] = "",
    keep: Annotated[bool, typer.Option(help="use the database as it was filled before")] = False,
    naive: Annotated[bool, typer.Option(help="measure the plain list with OFFSET as well")] = True,
    out: Annotated[Path, typer.Option("--out", help="file for the report")] = Path("results/review.md"),
) -> None:
    """Measures the lists of conversations over a large database."""
    file = Path("var/bench/review.db").resolve()
    if not database:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not keep:
            for old in file.parent.glob(f"{file.name}*"):
                old.unlink()
    try:
        report = asyncio.run(_measure(database or f"sqlite+aiosqlite:///{file}", turns, rounds, keep, naive))
    except QifuError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(report, encoding="utf-8")
    typer.echo(report)


async def _measure(url: str, turns: int, rounds: int, keep: bool, naive: bool) -> str:
    database = Database(url)
    try:
        if not keep:
            await database.migrate()
            await fill(database, turns)
        lines = [
            f"{turns:,} turns, medians of {rounds} in ms, {_PAGE} conversations a page",
            "",
            "| list | first page | next page | page 20 | plain, first | plain, page 20 | found |",
            "|---|---|---|---|---|---|---|",
        ]
        for name, chosen in questions().items():
            lines.append(await _line(database, name, chosen, rounds, naive))
            typer.echo(lines[-1], err=True)
    finally:
        await database.dispose()
    return "\n".join(lines) + "\n"


async def _line(database: Database, name: str, chosen: ReviewFilter, rounds: int, naive: bool) -> str:
    async def listed(after: Key | None = None) -> Key | None:
        async with database.session() as session:
            repository = ReviewListRepository(session)
            page = await repository.with_hits(chosen, await repository.page(chosen, _PAGE, after))
        return page[-1].key if len(page) == _PAGE else None

    second = await listed()
    deep = second
    for _ in range(_DEEP - 2):
        deep = await listed(deep) if deep else None
    cells = [await _median(listed, rounds)]
    cells.append(await _median(lambda: listed(second), rounds) if second else "")
    cells.append(await _median(lambda: listed(deep), rounds) if deep else "")
    async with database.session() as session:
        found = await ReviewListRepository(session).how_many(chosen, 1000)
    for offset in (0, _PAGE * (_DEEP - 1)):
        query = naively(chosen, _PAGE, offset) if naive else None

        async def plain(query: object = query) -> None:
            async with database.session() as session:
                await session.execute(query)  # type: ignore[call-overload]

        cells.append(await _median(plain, min(rounds, 2)) if query is not None else "")
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
