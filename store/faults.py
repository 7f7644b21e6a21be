"""Turns what a database or its driver raises into one StoreError that names the database and the remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from qifu.errors import StoreError

VARIABLE = "QIFU_DATABASE_URL"
_NOT_SET_UP = "its tables are missing; run `make serve` or `qifu seed` once, both set it up"

# https://www.sqlite.org/rescode.html, primary codes
_SQLITE = {
    sqlite3.SQLITE_CANTOPEN: f"can't be opened; make the file and its folder writable, or set {VARIABLE} or QIFU_HOME",
    sqlite3.SQLITE_READONLY: f"is read-only; make the file and its folder writable, or set {VARIABLE} or QIFU_HOME",
    sqlite3.SQLITE_PERM: f"may not be written; make the file and its folder writable, or set {VARIABLE} or QIFU_HOME",
    sqlite3.SQLITE_FULL: "has no room left; free space on its disk",
    sqlite3.SQLITE_IOERR: "can't be read or written; check its disk and the space left there",
    sqlite3.SQLITE_BUSY: "is held by another process; stop it and try again",
    sqlite3.SQLITE_LOCKED: "is held by another process; stop it and try again",
    sqlite3.SQLITE_NOTADB: "is no SQLite database; move the file away or restore a backup",
    sqlite3.SQLITE_CORRUPT: "is damaged; move the file away or restore a backup",
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html, exact codes before classes
_POSTGRES = {
    "3D000": f"does not exist on the server; create it with `createdb` or correct {VARIABLE}",
    "42P01": _NOT_SET_UP,
    "42501": f"lets this user do too little; grant it rights on the schema or use another user in {VARIABLE}",
    "53100": "has no room left; free space on the server's disk",
    "53300": "has no connection left; raise max_connections or stop other programs",
    "25006": "is read-only; use the primary server",
    "28": f"refused the login; check user and password in {VARIABLE}",
    "08": "broke the connection; check that the server runs",
    "53": "lacks resources; look at the server's log",
    "57P": "is shutting down or starting; try again when it is up",
}


def name_of(url: URL) -> str:
    """The database as people know it: a SQLite file's path, or a URL without its password."""
    if url.get_backend_name() == "sqlite":
        return f"database {url.database or ':memory:'}"
    return f"database {url.render_as_string(hide_password=True)}"


def connecting(error: Exception, url: URL) -> StoreError:
    """Why no connection came about. Drivers raise nearly anything here, network errors included."""
    if isinstance(error, OSError) and not isinstance(error, sqlite3.Error):
        if url.get_backend_name() == "sqlite":
            return StoreError(f"{name_of(url)} can't be created ({error.strerror}); set {VARIABLE} or QIFU_HOME")
        return StoreError(
            f"{name_of(url)}: no PostgreSQL answers at {url.host or 'localhost'}:{url.port or 5432}; "
            f"start it or correct {VARIABLE}"
        )
    remedy = _remedy(error) or f"can't be reached ({type(error).__name__}: {error}); check {VARIABLE}"
    return StoreError(f"{name_of(url)} {remedy}")


@contextmanager
def named_faults(url: URL) -> Iterator[None]:
    """Within it, every error of SQLAlchemy becomes a StoreError."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreError(f"{name_of(url)} has all connections busy; try again") from error
    except DBAPIError as error:
        remedy = _remedy(error.orig)
        if remedy is None and error.connection_invalidated:
            remedy = "broke the connection; check that the server runs"
        # The driver's words stay in the cause: they may quote what a user wrote.
        raise StoreError(f"{name_of(url)} {remedy or f'refused a statement ({type(error).__name__})'}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"{name_of(url)} can't do what was asked ({type(error).__name__})") from error


def _remedy(error: BaseException | None) -> str | None:
    """What an error, or the one behind it, says and how to help; SQLAlchemy wraps some drivers' errors in copies."""
    while error is not None:
        if found := _remedy_sqlite(error) if isinstance(error, sqlite3.Error) else _remedy_postgres(error):
            return found
        error = error.__cause__
    return None


def _remedy_sqlite(error: sqlite3.Error) -> str | None:
    if "no such table" in str(error):
        return _NOT_SET_UP
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else _SQLITE.get(code & 0xFF)


def _remedy_postgres(error: BaseException) -> str | None:
    state = str(getattr(error, "sqlstate", None) or "")
    return next((remedy for code, remedy in _POSTGRES.items() if state.startswith(code)), None)
