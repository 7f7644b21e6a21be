"""`qifu models`: the versions of the model from the command line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from console.wording import Words, read_words
from qifu.errors import ModelError, QifuError
from qifu.lock import is_held
from qifu.models.registry import Registry
from qifu.settings import Settings, read_settings
from store.database import Database
from store.models import ModelVersionRow
from store.repositories import ModelRepository

models_app = typer.Typer(help="语言模型的版本", no_args_is_help=True)

_LOOK_EVERY = 0.5
_PATIENCE = 600.0


@models_app.command(name="list")
def list_all() -> None:
    """Lists the versions, the newest first."""

    async def work(registry: Registry, words: Words) -> None:
        for row in await registry.all():
            made = f"{row.made_at:%Y-%m-%d %H:%M}"
            gone = "" if registry.model_of(row) else words("models.file_gone")
            error = (row.error or "").partition("\n")[0]
            cells = (str(row.id), words(f"model_state.{row.state}"), row.checksum, made, gone or error)
            typer.echo("\t".join(cells).rstrip())

    _run(work)


@models_app.command()
def publish(
    number: Annotated[int, typer.Argument(help="the version's number", min=1)],
    reason: Annotated[str, typer.Option(help="why, where a figure is below its floor")] = "",
) -> None:
    """Makes a version live; a running qifu changes over without a pause."""

    async def work(registry: Registry, words: Words) -> None:
        await _publish(registry, words, number, reason)

    _run(work)


@models_app.command()
def rollback() -> None:
    """Makes the version live again that was before."""

    async def work(registry: Registry, words: Words) -> None:
        await _publish(registry, words, (await registry.before()).id, "")

    _run(work)


async def _publish(registry: Registry, words: Words, number: int, reason: str) -> None:
    row = await registry.publishable(number, reason=reason, may_override=True)
    if is_held(registry.settings.home):
        async with registry.database.session() as session:
            await ModelRepository(session).want(number, reason or None)
        typer.echo(words("models.asked", n=number), err=True)
        row = await _answered(registry, number)
        if row.refusal:
            raise QifuError(words.group("model_error").get(row.refusal, row.refusal))
    else:
        await registry.make_live(row, None, reason)
    typer.echo(words("models.published", n=number))


async def _answered(registry: Registry, number: int) -> ModelVersionRow:
    """The version once the running qifu has published or refused it."""
    try:
        async with asyncio.timeout(_PATIENCE):
            while (row := await registry.get(number)).wanted_at is not None:  # noqa: ASYNC110 - another process
                await asyncio.sleep(_LOOK_EVERY)
    except TimeoutError:
        raise QifuError(f"the running qifu didn't answer within {_PATIENCE:.0f} s; its log says more") from None
    return row


@asynccontextmanager
async def _registry_of(settings: Settings) -> AsyncIterator[Registry]:
    database = Database(settings.database)
    try:
        await database.migrate()
        yield Registry(settings, database)
    finally:
        await database.dispose()


def _run(work: Callable[[Registry, Words], Awaitable[None]]) -> None:
    """Runs a command; what a version refuses is said in words."""
    from qifu.cli import run  # noqa: PLC0415  # the command line imports this module

    async def told() -> None:
        words = read_words()
        try:
            async with _registry_of(read_settings()) as registry:
                await work(registry, words)
        except ModelError as error:
            raise QifuError(words(f"model_error.{error.code}", **error.values)) from None

    run(told())
