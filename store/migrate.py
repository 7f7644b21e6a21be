"""Brings a database to the tables of this code, through Alembic and without an ini file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from qifu.errors import StoreError

SCRIPTS = Path(__file__).resolve().parent / "migrations"

# Any number will do; it only has to be the same in every process of qifu.
_LOCK = 0x71_69_66_75


def config_for(connection: Connection | None = None) -> Config:
    """Alembic's configuration; `connection` is the one its environment is to work on."""
    config = Config()
    # Alembic reads % as the start of a placeholder.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, name: str) -> None:
    """Bring the database up to the newest revision, inside the connection's transaction.

    Two processes that start at once do it one after the other. Raises StoreError where the database is newer.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    if _state(connection, name) != "current":
        command.upgrade(config_for(connection), "head")


def check(connection: Connection, name: str) -> None:
    """Raises StoreError where the database isn't set up, or is older or newer than this code."""
    state = _state(connection, name)
    if state == "empty":
        raise StoreError(f"{name} isn't set up; run `make serve` or `qifu seed` once, both set it up")
    if state == "older":
        raise StoreError(f"{name} is older than this version of qifu; restart qifu to bring it up to date")


def _state(connection: Connection, name: str) -> str:
    """empty, older or current. Raises StoreError for a revision that this code doesn't know: it is newer."""
    scripts = ScriptDirectory.from_config(config_for())
    present = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in scripts.walk_revisions()}
    if unknown := sorted(set(present) - known):
        raise StoreError(
            f"{name} is newer than this version of qifu (its revision is {', '.join(unknown)}); "
            "update qifu or restore the backup made before the update"
        )
    if not present:
        return "empty"
    return "current" if set(present) == set(scripts.get_heads()) else "older"
