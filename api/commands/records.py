"""What commands that change the records share: one transaction, and its line in the audit log."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from api.memory import audit
from api.memory.database import Session, open_database
from assistant.settings import load_settings

OPERATOR = "operator"
"""The actor of what is done on the command line: whoever may read the database on this machine."""


@contextmanager
def changing(action: str, detail: str) -> Iterator[tuple[Session, datetime]]:
    """A transaction and its time; it is kept, and audited, where the block does not raise."""
    now = datetime.now(UTC)
    with reading() as session:
        yield session, now
        audit.append(session, actor=OPERATOR, action=action, now=now, status="ok", detail=detail)


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction on the database that the settings name."""
    with closing(open_database(load_settings())) as database, database.session() as session:
        yield session
