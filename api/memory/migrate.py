"""Migrations: from the tables that are there to those that this version needs, or from none."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from api.memory.tables import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"
"""Where Alembic finds the revisions."""

_LOCK = 7_262_323
"""What processes that migrate the same PostgreSQL wait for each other on; any number would do."""


def upgrade(connection: Connection, revision: str = REVISION) -> None:
    """Run what is missing up to `revision`, in the transaction that the connection is in."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def alone(connection: Connection) -> None:
    """Wait until no other process migrates; SQLite has done so by beginning to write."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
