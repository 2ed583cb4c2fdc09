"""What a database says when it cannot, as the errors of Sanad: what happened and what to do.

Neither the statement nor what was to be kept, nor the address with its password, gets into one.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ingest.errors import (
    DatabaseDownError,
    DatabaseOutdatedError,
    InputError,
    SanadError,
    StorageError,
)

_Told = Callable[[], SanadError]
_Error = TypeVar("_Error", bound=SanadError)

THE_DATABASE = "The database of records"
"""What everybody is told of it; where it is only whoever runs it, see `noted`."""


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Raise what the database at `place` says as an error of Sanad; a bug stays what it is.

    Raises DatabaseDownError, DatabaseOutdatedError, StorageError or InputError.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise noted(_busy(), f"{place}: all connections are in use") from error
    except UnicodeEncodeError as error:
        raise _not_text() from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = error.orig if isinstance(error, StatementError) else error
        told = _told(error, reason)
        if told is None:
            raise
        raise noted(told, f"{place}: {_first_line(reason)}") from error


def noted(error: _Error, for_operator: str) -> _Error:
    """The error with a note for whoever runs Sanad; who sent the input needs none."""
    if not isinstance(error, InputError):
        error.add_note(f"({for_operator})")
    return error


def _told(error: SQLAlchemyError | sqlite3.Error, reason: object) -> SanadError | None:
    fault = _fault(reason)
    for beginnings, told in _FAULTS:
        if fault.startswith(beginnings):
            return told()
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    nameless = not fault and isinstance(error, OperationalError)
    if lost or nameless or fault.startswith(_AWAY):
        return DatabaseDownError(
            f"{THE_DATABASE} cannot be reached, so nothing can be kept or looked up there. Try "
            "again later; whoever runs Sanad has to start it or to correct SANAD_DATABASE_URL."
        )
    return None


def _fault(reason: object) -> str:
    """What the database calls the fault; empty when none was there to call it anything."""
    if isinstance(reason, UnicodeEncodeError) or "NUL (0x00)" in str(reason):
        return "22021"
    if "no such table" in str(reason) or "no such column" in str(reason):
        return "42P01"
    return getattr(reason, "sqlite_errorname", None) or getattr(reason, "sqlstate", None) or ""


def _first_line(reason: object) -> str:
    return str(reason).strip().partition("\n")[0].rstrip(".")


def _busy() -> SanadError:
    return DatabaseDownError(
        f"{THE_DATABASE} is busy with something else for too long; nothing of this was kept. Try "
        "again."
    )


def _full() -> SanadError:
    return StorageError(
        f"{THE_DATABASE} has no space left on its disk; nothing of this was kept. Free some space."
    )


def _read_only() -> SanadError:
    return StorageError(
        f"{THE_DATABASE} may only be read; nothing of this was kept. Give Sanad the right to write."
    )


def _other_tables() -> SanadError:
    return DatabaseOutdatedError(
        f"{THE_DATABASE} lacks tables of this version; run `sanad db migrate`."
    )


def _taken() -> SanadError:
    return InputError("A record like this is there already, or what it belongs to is gone.")


def _not_text() -> SanadError:
    return InputError("A text holds what no database keeps: NUL, or half of a character.")


def _damaged() -> SanadError:
    return StorageError(
        f"{THE_DATABASE} is damaged; nothing of this was kept. Move the file away and put a backup "
        "in its place: `sanad db restore FILE`."
    )


_FAULTS: tuple[tuple[tuple[str, ...], _Told], ...] = (
    (("SQLITE_BUSY", "SQLITE_LOCKED", "57014", "25P03", "55P03", "40001", "40P01"), _busy),
    (("SQLITE_FULL", "53100"), _full),
    (("SQLITE_READONLY", "SQLITE_PERM", "25006", "42501"), _read_only),
    (("42P01", "42703"), _other_tables),
    (("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "23505"), _taken),
    (("SQLITE_CONSTRAINT_FOREIGNKEY", "23503"), _taken),
    (("22021", "22P05"), _not_text),
    (("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002"), _damaged),
)
"""How faults begin, by SQLite's name or PostgreSQL's SQLSTATE, and what is told of them."""

_AWAY = ("SQLITE_CANTOPEN", "SQLITE_IOERR", "08", "28", "3D", "53", "57P", "58")
"""How those begin that say that the database is not there for us."""
