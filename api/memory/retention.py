"""Retention: records are deleted when their time is over; the audit log stays."""

import logging
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from sqlalchemy import Column, Table, delete

from api.memory import audit, leases, tables
from api.memory.database import Database, Session
from assistant.settings import Settings
from ingest.errors import DatabaseDownError, DatabaseOutdatedError, StorageError

_EVERY = timedelta(hours=24)
_FIRST = timedelta(minutes=1)
_LOOK = timedelta(hours=1)
_ATTEMPTS = timedelta(days=7)
"""How long failed sign-ins are remembered: longer than any lock-out they lead to."""

_LOG = logging.getLogger("sanad")


@dataclass(frozen=True, slots=True)
class Keep:
    """For how long each kind is kept."""

    conversations: timedelta
    feedback: timedelta
    handoffs: timedelta
    gaps: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Keep":
        """As the settings say, in days."""
        return cls(
            conversations=timedelta(days=settings.keep_conversations_days),
            feedback=timedelta(days=settings.keep_feedback_days),
            handoffs=timedelta(days=settings.keep_handoffs_days),
            gaps=timedelta(days=settings.keep_gaps_days),
        )


@dataclass(frozen=True, slots=True)
class Purged:
    """How many records of each kind were deleted."""

    conversations: int
    feedback: int
    handoffs: int
    gaps: int
    signins: int
    attempts: int
    shares: int


def purge(session: Session, keep: Keep, *, now: datetime, actor: str = "system") -> Purged:
    """Delete what is older than it is kept, and write into the audit log how much that was.

    Conversations count from their last turn, gaps from when they were met last.
    """

    def older(table: Table, moment: Column[datetime], kept: timedelta) -> int:
        return session.execute(delete(table).where(moment <= now - kept)).rowcount

    purged = Purged(
        older(tables.conversations, tables.conversations.c.last_turn, keep.conversations),
        older(tables.feedback, tables.feedback.c.created, keep.feedback),
        older(tables.handoffs, tables.handoffs.c.created, keep.handoffs),
        older(tables.gaps, tables.gaps.c.last_seen, keep.gaps),
        older(tables.signins, tables.signins.c.expires, timedelta()),
        older(tables.attempts, tables.attempts.c.last, _ATTEMPTS),
        older(tables.shares, tables.shares.c.expires, timedelta()),
    )
    told = ", ".join(f"{count} {kind}" for kind, count in asdict(purged).items() if count)
    audit.append(session, actor=actor, action="purged", now=now, detail=told or "nothing")
    return purged


def purge_in_turn(database: Database, keep: Keep, *, now: datetime) -> Purged | None:
    """Purge unless somebody has done so within a day: of all workers, one does."""
    holder = f"{platform.node()}:{os.getpid()}"
    with database.session() as session:
        if leases.take(session, "retention", holder=holder, until=now + _EVERY, now=now):
            return purge(session, keep, now=now)
    return None


class Retention:
    """Purges once a day while it is open, in a thread; a database that is away is tried later."""

    def __init__(self, database: Database, keep: Keep) -> None:
        self._database = database
        self._keep = keep
        self._over = Event()
        self._thread = Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """Begin, with a first look after a minute: a start has other things to do."""
        self._thread.start()

    def close(self) -> None:
        """Stop; what is being deleted is finished, or else deleted another day."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join(1.0)

    def _run(self) -> None:
        pause = _FIRST
        while not self._over.wait(pause.total_seconds()):
            pause = _LOOK
            try:
                purged = purge_in_turn(self._database, self._keep, now=datetime.now(UTC))
            except (DatabaseDownError, DatabaseOutdatedError, StorageError) as error:
                _LOG.warning("records past their time are deleted later: %s", error.for_operator)
                continue
            if purged:
                _LOG.info("records past their time were deleted: %s", asdict(purged))
