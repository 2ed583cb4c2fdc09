"""Leases: of several workers that want to do something now and then, one does it."""

from datetime import datetime

from sqlalchemy import delete, update

from api.memory import tables
from api.memory.database import Session
from api.memory.upsert import upsert


def take(session: Session, name: str, *, holder: str, until: datetime, now: datetime) -> bool:
    """Whether the lease is ours until then; not while an earlier one runs, whoever took it.

    It is taken when the session ends well: work that fails in the same session is not leased.
    """
    taken = session.execute(
        upsert(session, tables.leases)
        .values(name=name, holder=holder, until=until)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": until},
            where=tables.leases.c.until <= now,
        )
        .returning(tables.leases.c.holder)
    )
    return taken.one_or_none() is not None


def renew(session: Session, name: str, *, holder: str, until: datetime) -> bool:
    """Keep a lease that is ours for longer; False when somebody else has taken it since."""
    columns = tables.leases.c
    kept = session.execute(
        update(tables.leases)
        .where(columns.name == name, columns.holder == holder)
        .values(until=until)
    )
    return kept.rowcount > 0


def end(session: Session, name: str, *, holder: str) -> None:
    """Give back a lease that is ours."""
    columns = tables.leases.c
    session.execute(delete(tables.leases).where(columns.name == name, columns.holder == holder))
