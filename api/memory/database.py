"""The database of records: a SQLite file, or PostgreSQL by address.

Everything that is acknowledged is on the disk: SQLite writes ahead with `synchronous=FULL`, as
PostgreSQL does by default. Nothing connects before something is to be kept or looked up.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError

from api.memory.faults import THE_DATABASE, noted, translated
from api.memory.tables import REVISION
from assistant.settings import Settings
from ingest.errors import DatabaseDownError, DatabaseOutdatedError, SettingsError, StorageError

Session = Connection
"""One transaction on the database; what the functions of the records take first."""

VERSIONS = "alembic_version"
"""The table in which Alembic notes the migration that a database is at."""

_LIMITS = {"statement_timeout": 1, "lock_timeout": 1, "idle_in_transaction_session_timeout": 10}
"""What PostgreSQL bounds, as multiples of the timeout; who holds locks may have been held up."""

_READING = "sanad_reading"


class Database:
    """The records of one process, for any number of its threads; it connects when first used.

    `timeout` is how many seconds connecting, waiting for a lock and one statement may take, each.
    An empty database gets its tables; one of another version is left as it is.
    Raises SettingsError when the address is none, or needs a library that is not installed.
    """

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        self._url = _parsed(url)
        self._timeout = timeout
        self._opening = Lock()
        self._engine_made: Engine | None = None
        self._file: tuple[int, int] | None = None
        self._known = False
        self.place = _place(self._url)

    @property
    def exists(self) -> bool:
        """Whether there is something to connect to; of a server nobody can tell without asking."""
        return not self.is_file or self._identity() is not None

    @property
    def is_file(self) -> bool:
        """Whether this is SQLite."""
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def session(self, *, readonly: bool = False) -> Iterator[Session]:
        """One transaction: kept as a whole when the block ends, or not at all when it raises.

        One that is `readonly` sees the database as it was at its first look, and holds nobody up.
        Raises DatabaseDownError, DatabaseOutdatedError, or StorageError for a disk that is full or
        may not be written; whatever the block raises otherwise goes through.
        """
        if not self._known:
            self.check()
        with self.transaction(readonly=readonly) as connection:
            yield connection

    @contextmanager
    def transaction(self, *, readonly: bool = False, patient: bool = False) -> Iterator[Session]:
        """The same on whatever tables are there; one that is `patient` may take any time."""
        with translated(self.place), self._engine().connect() as connection:
            connection.execution_options(**_options(connection, readonly))
            with connection.begin():
                if patient and not self.is_file:
                    for limit in _LIMITS:
                        connection.execute(text(f"SET LOCAL {limit} = 0"))
                yield connection

    def check(self) -> None:
        """Reach the database and see that it has the tables of this version, or give it them.

        Raises DatabaseDownError, DatabaseOutdatedError, StorageError.
        """
        found = self.revision()
        if found is None:
            self.migrate()
        elif found != REVISION:
            raise self._outdated(found)
        self._known = True

    def revision(self) -> str | None:
        """The migration that the database is at; None when it is empty.

        Raises DatabaseOutdatedError when its tables are not ours.
        """
        with self.transaction(readonly=True) as connection:
            return self.revision_in(connection)

    def revision_in(self, session: Session) -> str | None:
        """The same as this transaction sees it."""
        names = set(inspect(session).get_table_names())
        if VERSIONS in names:
            found = session.scalar(text(f"SELECT version_num FROM {VERSIONS}"))  # noqa: S608
            return str(found) if found is not None else None
        if names:
            raise noted(
                DatabaseOutdatedError(
                    f"{THE_DATABASE} holds tables that Sanad has not made; set SANAD_DATABASE_URL "
                    "to a database of its own."
                ),
                self.place,
            )
        return None

    def migrate(self) -> str | None:
        """Bring the tables to this version, keeping what they hold; gives the migration before.

        Of several processes that try, one does it and the others wait. Raises DatabaseOutdatedError
        when a newer version made them.
        """
        from api.memory import migrate  # noqa: PLC0415  (0.3 s that only a migration needs)

        with self.transaction(patient=True) as connection:
            migrate.alone(connection)
            before = self.revision_in(connection)
            if before is not None and before > REVISION:
                raise self._outdated(before)
            if before != REVISION:
                migrate.upgrade(connection)
        self._known = True
        return before

    def close(self) -> None:
        """Close all connections; using it again opens them again."""
        with self._opening:
            if self._engine_made is not None:
                self._engine_made.dispose()
            self._engine_made = None

    def _engine(self) -> Engine:
        with self._opening:
            if self._engine_made is not None and self.is_file and self._file != self._identity():
                self._engine_made.dispose()
                self._engine_made, self._known = None, False
                raise noted(
                    DatabaseDownError(
                        f"{THE_DATABASE} was taken away or replaced while it was in use; nothing "
                        "of this was kept. What is there now is opened with the next call."
                    ),
                    self.place,
                )
            if self._engine_made is None:
                self._engine_made = self._sqlite() if self.is_file else self._postgresql()
            return self._engine_made

    def _sqlite(self) -> Engine:
        path = Path(self._url.database or "")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise noted(
                StorageError(
                    f"{THE_DATABASE} cannot be opened for writing. Make its folder writable, or "
                    "set SANAD_DATABASE_URL."
                ),
                f"{self.place}: {error.strerror}",
            ) from error
        self._file = self._identity()
        engine = create_engine(
            self._url,
            connect_args={"timeout": self._timeout, "isolation_level": None},
            pool_timeout=self._timeout,
            **_COMMON,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _identity(self) -> tuple[int, int] | None:
        """Which file the name leads to; one that was replaced would take records to nowhere."""
        try:
            found = Path(self._url.database or "").stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _postgresql(self) -> Engine:
        engine = create_engine(
            self._url,
            connect_args={"connect_timeout": max(2, ceil(self._timeout))},
            pool_timeout=self._timeout,
            pool_pre_ping=True,
            **_COMMON,
        )
        event.listen(engine, "connect", partial(_prepare_postgresql, ceil(self._timeout * 1000)))
        return engine

    def _outdated(self, found: str) -> DatabaseOutdatedError:
        if found > REVISION:
            told = (
                f"was made by a newer version of Sanad (migration {found}, this one knows "
                f"{REVISION}); run that version, or restore a backup of this one."
            )
        else:
            told = (
                f"is at migration {found} and this version needs {REVISION}; run "
                "`sanad db backup FILE` and `sanad db migrate`."
            )
        return noted(DatabaseOutdatedError(f"{THE_DATABASE} {told}"), self.place)


def reflected(session: Session) -> list[Table]:
    """The tables of records as they are, whatever version made them; each after those it names."""
    found = MetaData()
    found.reflect(session)
    return [table for table in found.sorted_tables if table.name != VERSIONS]


def open_database(settings: Settings) -> Database:
    """The database that the settings name. It is not yet reached, see `Database.check`.

    Raises SettingsError.
    """
    return Database(settings.records_url(), timeout=settings.database_timeout)


_COMMON: dict[str, Any] = {
    "hide_parameters": True,
    "json_serializer": partial(json.dumps, ensure_ascii=False),
    "pool_size": 5,
    "max_overflow": 10,
}


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = URL.create("none")
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        if find_spec("psycopg") is None:
            raise SettingsError(
                "SANAD_DATABASE_URL names PostgreSQL, whose library is not installed: "
                "pip install 'sanad[postgresql]'."
            )
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        return parsed
    raise SettingsError(
        "SANAD_DATABASE_URL has to be sqlite:////path/of/a/file or "
        "postgresql://user:password@host/database."
    )


def _place(url: URL) -> str:
    """Which database it is, without user, password and options."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    where = f"{url.host or 'localhost'}:{url.port or 5432}"
    return f"{url.database or 'the default database'} of PostgreSQL at {where}"


def _options(connection: Connection, readonly: bool) -> dict[str, Any]:  # noqa: FBT001
    if not readonly:
        return {}
    if connection.dialect.name == "sqlite":
        return {_READING: True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _begin_sqlite(connection: Connection) -> None:
    """Whoever may write takes the lock first: taking it later fails instead of waiting."""
    reading = connection.get_execution_options().get(_READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(limit: int, connection: Any, _record: object) -> None:  # noqa: ANN401
    for name, times in _LIMITS.items():
        connection.execute(f"SET {name} = {limit * times}")
    connection.commit()
