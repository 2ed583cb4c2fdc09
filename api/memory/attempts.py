"""Failed attempts: what a lock-out counts, for a name or an address, over all workers.

A subject is any text, such as `user:amina` or `address:192.0.2.1`; only its hash is kept, and that
until it is purged.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from api.memory import tables
from api.memory.database import Session
from api.memory.secret import hashed
from api.memory.upsert import upsert


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often it failed since it last succeeded, and when it failed last."""

    failures: int
    last: datetime


def failed(session: Session, subject: str, *, now: datetime) -> Attempts:
    """Count one more; two that fail at once are two."""
    columns = tables.attempts.c
    counted = (
        upsert(session, tables.attempts)
        .values(subject=hashed(subject), failures=1, last=now)
        .on_conflict_do_update(
            index_elements=["subject"], set_={"failures": columns.failures + 1, "last": now}
        )
        .returning(columns.failures, columns.last)
    )
    return Attempts(*session.execute(counted).one())


def standing(session: Session, subject: str) -> Attempts | None:
    """What was counted; None when nothing failed."""
    columns = tables.attempts.c
    row = session.execute(
        select(columns.failures, columns.last).where(columns.subject == hashed(subject))
    ).one_or_none()
    return Attempts(*row) if row else None


def succeeded(session: Session, subject: str) -> None:
    """Forget what was counted."""
    session.execute(delete(tables.attempts).where(tables.attempts.c.subject == hashed(subject)))


def forgive(session: Session, subject: str) -> None:
    """Count one less, for an attempt that was counted before it was known to succeed."""
    columns = tables.attempts.c
    session.execute(
        update(tables.attempts)
        .where(columns.subject == hashed(subject), columns.failures > 0)
        .values(failures=columns.failures - 1)
    )
