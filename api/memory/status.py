"""Status: where the records are, of which version, and how many there are."""

from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import func, select

from api.memory.database import Database, reflected
from api.memory.tables import REVISION

State = Literal["empty", "current", "outdated", "newer"]


@dataclass(frozen=True, slots=True)
class Status:
    """`records` counts those of each table."""

    place: str
    state: State
    revision: str | None = None
    needed: str = REVISION
    records: dict[str, int] = field(default_factory=dict)

    @property
    def is_usable(self) -> bool:
        """Whether this version can work with it; an empty one gets its tables first."""
        return self.state in {"empty", "current"}


def status(database: Database) -> Status:
    """What there is; nothing is changed. Raises DatabaseDownError, DatabaseOutdatedError."""
    if not database.exists:
        return Status(database.place, "empty")
    with database.transaction(readonly=True, patient=True) as session:
        revision = database.revision_in(session)
        if revision is None:
            return Status(database.place, "empty")
        records = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in reflected(session)
        }
    state: State = "current"
    if revision != REVISION:
        state = "newer" if revision > REVISION else "outdated"
    return Status(database.place, state, revision, records=records)
