"""`qifu staff`: the accounts of the console from the command line, for the first one and for the day nobody gets in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated

import typer

from console.accounts.passwords import Passwords
from console.accounts.people import People, Profile
from console.accounts.sessions import Sessions
from console.wording import read_words
from qifu.errors import AccountError, QifuError
from qifu.labels import District, StaffRole
from qifu.settings import Settings, read_settings
from store.database import Database

staff_app = typer.Typer(help="管理台的账号", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="the account's login")]


@asynccontextmanager
async def people_of(settings: Settings) -> AsyncIterator[People]:
    """The accounts in the database of the settings, brought up to date."""
    database = Database(settings.database)
    try:
        await database.migrate()
        idle, longest = timedelta(seconds=settings.console_idle), timedelta(seconds=settings.console_longest)
        yield People(database, Passwords(), Sessions(database, idle, longest))
    finally:
        await database.dispose()


@staff_app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="the person's name")],
    role: Annotated[StaffRole, typer.Option(help="what they may do")] = StaffRole.SERVICE,
    district: Annotated[list[District] | None, typer.Option(help="may be given several times; none is all")] = None,
) -> None:
    """Adds an account and prints its one-time password."""

    async def work(people: People) -> None:
        _tell(login, await people.add(None, login, Profile(name, role, districts=district or [])))

    _run(work)


@staff_app.command()
def reset(login: Login) -> None:
    """Prints a new one-time password; one-time codes, the lock and all sessions of the account are gone."""

    async def work(people: People) -> None:
        row = await people.by_login(login)
        _tell(row.login, await people.reset(None, row.id))

    _run(work)


@staff_app.command(name="list")
def list_all() -> None:
    """Lists all accounts."""

    async def work(people: People) -> None:
        words = read_words()
        for row in await people.all():
            state = "" if row.active else words("accounts.off")
            typer.echo(f"{row.login}\t{row.name}\t{words(f'role.{row.role}')}\t{state}".rstrip())

    _run(work)


@staff_app.command()
def off(login: Login) -> None:
    """Switches an account off; whoever uses it is out within seconds."""

    async def work(people: People) -> None:
        row = await people.by_login(login)
        await people.switch(None, row.id, active=False)
        typer.echo(read_words()("accounts.done_off", name=row.name))

    _run(work)


def _tell(login: str, password: str) -> None:
    words = read_words()
    for key, value in (("login.login", login), ("accounts.password_title", password)):
        typer.echo(f"{words(key)}  {value}")


def _run(work: Callable[[People], Awaitable[None]]) -> None:
    """Runs a command; what the accounts refuse is said in words."""
    from qifu.cli import run  # noqa: PLC0415  # the command line imports this module

    async def told() -> None:
        try:
            async with people_of(read_settings()) as people:
                await work(people)
        except AccountError as error:
            raise QifuError(read_words()(f"account_error.{error}")) from None

    run(told())
