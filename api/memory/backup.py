"""Backups: all records in one file that either kind of database can be restored from.

A backup is a gzipped tar of `manifest.json` and one file of JSON lines for each table. The manifest
tells the migration of the tables and, of each file, its rows and its SHA-256. Tables are taken as
they are found, so that a database can be backed up before it is migrated and restored after.
"""

import gzip
import hashlib
import json
import os
import tarfile
import zlib
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import JSON, BigInteger, Column, DateTime, Table, func, insert, select, text

from api.memory import migrate
from api.memory.database import VERSIONS, Database, Session, reflected
from api.memory.faults import THE_DATABASE
from api.memory.tables import REVISION
from ingest.errors import (
    BackupDamagedError,
    DatabaseOutdatedError,
    InputError,
    PathMissingError,
    StorageError,
)

_MANIFEST = "manifest.json"
_TOGETHER = 1_000
"""Rows that are read or written at a time."""

_LARGEST_MANIFEST = 1_000_000
FIRST = "0001"
"""The first migration."""


class Part(BaseModel):
    """What one table holds, in the file `<table>.jsonl`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    sanad: str
    created: datetime
    revision: str = Field(pattern=r"^[0-9]{4}$")
    tables: dict[str, Part]


def back_up(database: Database, path: Path, *, now: datetime) -> Manifest:
    """Write all records, as they are at one moment, into a new file; others go on writing.

    Raises InputError when the file exists, StorageError, DatabaseDownError, DatabaseOutdatedError.
    """
    if path.exists():
        raise InputError(f"{path} exists; a backup is not written over another file.")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".sanad-backup-") as folder:
            manifest = _written(database, Path(folder), now)
            with unfinished.open("xb") as file:
                unfinished.chmod(0o600)
                _pack(Path(folder), manifest, file)
                file.flush()
                os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error
    return manifest


def restore(database: Database, path: Path, *, replace: bool = False) -> Manifest:
    """Put the records of a backup into an empty database, or in the place of all that it holds.

    The file is checked as a whole before anything is changed, and all is changed in one
    transaction. A backup of an earlier version is migrated. Raises BackupDamagedError, InputError
    when there are records and they are not to be replaced, PathMissingError, StorageError,
    DatabaseDownError, DatabaseOutdatedError.
    """
    if not path.is_file():
        raise PathMissingError(f"There is no file {path}.")
    with TemporaryDirectory(prefix="sanad-restore-") as name:
        folder = Path(name)
        manifest = _unpacked(path, folder)
        if manifest.revision < FIRST:
            raise BackupDamagedError(f"{path} is of no migration that there ever was.")
        if manifest.revision > REVISION:
            raise DatabaseOutdatedError(
                f"{path} was written by a newer version of Sanad (migration {manifest.revision}, "
                f"this one knows {REVISION}); restore it with that version."
            )
        with database.transaction(patient=True) as session:
            migrate.alone(session)
            _clear(database, session, replace=replace)
            migrate.upgrade(session, manifest.revision)
            there = reflected(session)
            if {table.name for table in there} != set(manifest.tables):
                raise BackupDamagedError(f"{path} lacks a table; nothing was restored from it.")
            for table in there:
                _fill(session, table, folder / f"{table.name}.jsonl")
            if manifest.revision != REVISION:
                migrate.upgrade(session)
    return manifest


def _written(database: Database, folder: Path, now: datetime) -> Manifest:
    with database.transaction(readonly=True, patient=True) as session:
        revision = database.revision_in(session)
        if revision is None:
            raise InputError(f"{THE_DATABASE} is empty; there is nothing to back up.")
        parts = {table.name: _dump(session, table, folder) for table in reflected(session)}
    manifest = Manifest(
        sanad=version("sanad"), created=now.astimezone(UTC), revision=revision, tables=parts
    )
    (folder / _MANIFEST).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
    return manifest


def _dump(session: Session, table: Table, folder: Path) -> Part:
    digest, count = hashlib.sha256(), 0
    rows = session.execute(
        select(table).order_by(*table.primary_key), execution_options={"yield_per": _TOGETHER}
    ).mappings()
    with (folder / f"{table.name}.jsonl").open("wb") as file:
        for row in rows:
            named = {name: _plain(value) for name, value in row.items()}
            data = (json.dumps(named, ensure_ascii=False) + "\n").encode()
            digest.update(data)
            file.write(data)
            count += 1
    return Part(rows=count, sha256=digest.hexdigest())


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value


def _pack(folder: Path, manifest: Manifest, file: Any) -> None:  # noqa: ANN401  (a binary file)
    with (
        gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as tar,
    ):
        for name in (_MANIFEST, *(f"{table}.jsonl" for table in manifest.tables)):
            tar.add(folder / name, name, filter=_anybodys)


def _anybodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _unpacked(path: Path, folder: Path) -> Manifest:
    """Read the file into a folder and see that it is what the manifest says."""
    try:
        with tarfile.open(path, "r:gz") as tar:
            manifest = Manifest.model_validate_json(_short(tar, _MANIFEST))
            for table, part in manifest.tables.items():
                _take(tar, f"{table}.jsonl", folder, part)
    except (tarfile.TarError, OSError, EOFError, zlib.error, KeyError, ValidationError) as error:
        raise BackupDamagedError(
            f"{path} is not a backup of Sanad, or damaged ({type(error).__name__}); nothing was "
            "restored. Use another backup."
        ) from error
    return manifest


def _member(tar: tarfile.TarFile, name: str) -> Any:  # noqa: ANN401  (a binary file)
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _short(tar: tarfile.TarFile, name: str) -> bytes:
    data: bytes = _member(tar, name).read(_LARGEST_MANIFEST + 1)
    if len(data) > _LARGEST_MANIFEST:
        raise KeyError(name)
    return data


def _take(tar: tarfile.TarFile, name: str, folder: Path, part: Part) -> None:
    digest, rows = hashlib.sha256(), 0
    source = _member(tar, name)
    with _inside(folder, name).open("wb") as target:
        for data in iter(partial(source.read, 1 << 20), b""):
            digest.update(data)
            rows += data.count(b"\n")
            target.write(data)
    if digest.hexdigest() != part.sha256 or rows != part.rows:
        raise KeyError(name)


def _inside(folder: Path, name: str) -> Path:
    """Where a file goes; a name that leads elsewhere is none that was written by us."""
    if Path(name).name != name:
        raise KeyError(name)
    return folder / name


def _clear(database: Database, session: Session, *, replace: bool) -> None:
    """Leave no tables; raises InputError when records would go that are not to be replaced."""
    database.revision_in(session)
    there = reflected(session)
    if not replace:
        for table in there:
            if session.scalar(select(func.count()).select_from(table)):
                raise InputError(
                    f"{THE_DATABASE} holds records. Take a backup of them, then use --replace to "
                    "have them deleted."
                )
    for table in reversed(there):
        table.drop(session)
    session.execute(text(f"DROP TABLE IF EXISTS {VERSIONS}"))


def _fill(session: Session, table: Table, path: Path) -> None:
    with path.open("rb") as lines:
        while some := list(islice(lines, _TOGETHER)):
            session.execute(insert(table), [_row(table, line) for line in some])
    if session.dialect.name == "postgresql" and isinstance(table.c[0].type, BigInteger):
        session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) "  # noqa: S608
                f"FROM {table.name} HAVING max(id) IS NOT NULL"
            )
        )


def _row(table: Table, line: bytes) -> dict[str, object]:
    """One record; its hash says that it was not damaged, and not that it was written by us."""
    try:
        found = json.loads(line)
        row = {column.name: _value(column, found.pop(column.name)) for column in table.c}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _no_record(table) from error
    if found:
        raise _no_record(table)
    return row


def _value(column: Column[Any], value: Any) -> object:  # noqa: ANN401  (anything in JSON)
    if isinstance(column.type, DateTime) and value is not None:
        return datetime.fromisoformat(value)
    if isinstance(value, dict | list) and not isinstance(column.type, JSON):
        raise TypeError(column.name)
    return value


def _no_record(table: Table) -> BackupDamagedError:
    return BackupDamagedError(
        f"What the backup holds as a record of {table.name} is none; nothing was restored from it. "
        "Use another backup."
    )
