"""`sanad db`: the database of records; its migrations, backups and retention."""

from contextlib import AbstractContextManager, closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.output import JsonOption, console, print_json
from api.commands.records import OPERATOR
from api.memory import audit
from api.memory.backup import Manifest, back_up
from api.memory.backup import restore as put_back
from api.memory.database import Database, open_database
from api.memory.retention import Keep
from api.memory.retention import purge as delete_old
from api.memory.status import status as look
from api.memory.tables import REVISION
from assistant.settings import load_settings
from ingest.errors import DatabaseOutdatedError

app = typer.Typer(
    help="The database of records: status, migrate, backup, restore, purge.", no_args_is_help=True
)


@app.command("status")
def status(*, as_json: JsonOption = False) -> None:
    """Show where the records are and how many; exit code 12 unless this version can use them."""
    with _opened() as database:
        found = look(database)
    if as_json:
        print_json(found)
    else:
        migration = f", migration {found.revision}" if found.revision else ""
        _say(f"{found.place}: {found.state}{migration}")
        for table, count in found.records.items():
            _say(f"  {table} {count}")
    if not found.is_usable:
        raise typer.Exit(DatabaseOutdatedError.exit_code)


@app.command("migrate")
def migrate(*, as_json: JsonOption = False) -> None:
    """Bring the tables to this version, or make them; what they hold is kept."""
    with _opened() as database:
        before = database.migrate()
    if as_json:
        print_json({"before": before, "after": REVISION})
    elif before == REVISION:
        _say(f"{database.place} is at migration {REVISION} already")
    else:
        _say(f"{database.place}: migration {before or 'none'} → {REVISION}")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="A new file, such as records.tar.gz.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Write all records into one file, as they are at one moment; serving goes on."""
    with _opened() as database:
        manifest = back_up(database, file, now=datetime.now(UTC))
    _told(manifest, f"{file}: {file.stat().st_size:,} bytes", as_json=as_json)


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `sanad db backup` wrote.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete the records that are there.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put the records of a backup into an empty database; all of them or none."""
    with _opened() as database:
        manifest = put_back(database, file, replace=replace)
        with database.session() as session:
            audit.append(session, actor=OPERATOR, action="restored", now=datetime.now(UTC),
                         detail=f"backup of {manifest.created.isoformat()}")  # fmt: skip
    _told(manifest, f"{database.place}: restored as of {manifest.created}", as_json=as_json)


@app.command("purge")
def purge(*, as_json: JsonOption = False) -> None:
    """Delete what is older than SANAD_KEEP_…_DAYS, as `sanad serve` does once a day."""
    settings = load_settings()
    with _opened() as database, database.session() as session:
        purged = delete_old(session, Keep.of(settings), now=datetime.now(UTC), actor=OPERATOR)
    if as_json:
        print_json(purged)
        return
    for kind, count in asdict(purged).items():
        _say(f"{kind} {count}")


def _opened() -> AbstractContextManager[Database]:
    return closing(open_database(load_settings()))


def _told(manifest: Manifest, first: str, *, as_json: bool) -> None:
    if as_json:
        print_json(manifest)
        return
    _say(first)
    for table, part in manifest.tables.items():
        _say(f"  {table} {part.rows}")


def _say(line: str) -> None:
    console().print(line, markup=False)
