"""Leases: of several workers that want to do something now and then, one does it."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from api.memory import tables
from api.memory.database import Session


def take(session: Session, name: str, *, holder: str, until: datetime, now: datetime) -> bool:
    """Whether the lease is ours until then; not while an earlier one runs, whoever took it.

    It is taken when the session ends well: work that fails in the same session is not leased.
    """
    # SQLite and PostgreSQL spell an upsert alike, but SQLAlchemy has one for each.
    insert = postgresql.insert if session.dialect.name == "postgresql" else sqlite.insert
    taken = session.execute(
        insert(tables.leases)
        .values(name=name, holder=holder, until=until)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": until},
            where=tables.leases.c.until <= now,
        )
        .returning(tables.leases.c.holder)
    )
    return taken.one_or_none() is not None
