"""Upserts: a row is added, or the one that is there already is changed, in one statement."""

from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from api.memory.database import Session

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def upsert(session: Session, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An insert that knows `on_conflict_do_update`.

    SQLite and PostgreSQL spell it alike, but SQLAlchemy has one for each.
    """
    if session.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  (0.04 s that SQLite can spare)

        return postgresql.insert(table)
    return sqlite.insert(table)
