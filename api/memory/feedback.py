"""Feedback: what somebody thought of one answer. The caller masks the texts before."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert

from api.memory import tables
from api.memory.database import Session
from api.memory.listing import LIMIT, Place, newest
from api.memory.secret import new_id

Verdict = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One opinion on one answer."""

    id: str
    created: datetime
    answer_id: str
    verdict: Verdict
    reason: str | None
    comment: str | None
    question: str | None
    language: str | None
    generation: str | None

    @property
    def place(self) -> Place:
        """Where a page that ends here goes on."""
        return self.created, self.id


def add(
    session: Session,
    *,
    answer_id: str,
    verdict: Verdict,
    now: datetime,
    reason: str | None = None,
    comment: str | None = None,
    question: str | None = None,
    language: str | None = None,
    generation: str | None = None,
) -> str:
    """Keep an opinion; gives its id. It is kept once the session has ended, not before."""
    record = Feedback(
        new_id(), now, answer_id, verdict, reason, comment, question, language, generation
    )
    session.execute(insert(tables.feedback).values(**asdict(record)))
    return record.id


def listed(
    session: Session, *, limit: int = LIMIT, before: Place | None = None
) -> tuple[Feedback, ...]:
    """The newest opinions, or those before a place."""
    rows = session.execute(newest(tables.feedback, "created", limit=limit, before=before))
    return tuple(Feedback(**row) for row in rows.mappings())
