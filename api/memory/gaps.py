"""Gaps: questions that the documents did not answer, for whoever writes the next document."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from api.memory import tables
from api.memory.database import Session
from api.memory.listing import LIMIT, Place, newest
from api.memory.secret import new_id
from ingest.fold import fold


@dataclass(frozen=True, slots=True)
class Gap:
    """One question and how often it was left without an answer; the rest is of the last time."""

    id: str
    question: str
    language: str | None
    region: str | None
    status: str
    reason: str | None
    generation: str | None
    count: int
    first_seen: datetime
    last_seen: datetime

    @property
    def place(self) -> Place:
        """Where a page that ends here goes on."""
        return self.last_seen, self.id


def note(
    session: Session,
    *,
    question: str,
    language: str | None,
    region: str | None,
    status: str,
    reason: str | None,
    generation: str | None,
    now: datetime,
) -> None:
    """Count a question that was not answered; spellings that read alike are one question.

    The question is masked before: with its numbers gone, one that many ask is one.
    """
    latest = {"status": status, "reason": reason, "generation": generation, "last_seen": now}
    # SQLite and PostgreSQL spell an upsert alike, but SQLAlchemy has one for each.
    insert = postgresql.insert if session.dialect.name == "postgresql" else sqlite.insert
    first = insert(tables.gaps).values(
        id=new_id(),
        likeness=_likeness(question, language, region),
        question=question,
        language=language,
        region=region,
        count=1,
        first_seen=now,
        **latest,
    )
    session.execute(
        first.on_conflict_do_update(
            index_elements=["likeness"], set_={"count": tables.gaps.c.count + 1, **latest}
        )
    )


def listed(
    session: Session,
    *,
    language: str | None = None,
    region: str | None = None,
    status: str | None = None,
    limit: int = LIMIT,
    before: Place | None = None,
) -> tuple[Gap, ...]:
    """The gaps met last, or those before a place; of one language, region or status if asked."""
    columns = tables.gaps.c
    asked = ((columns.language, language), (columns.region, region), (columns.status, status))
    wanted = [column == value for column, value in asked if value is not None]
    rows = session.execute(
        newest(tables.gaps, "last_seen", *wanted, limit=limit, before=before)
    ).mappings()
    return tuple(
        Gap(**{name: value for name, value in row.items() if name != "likeness"}) for row in rows
    )


def _likeness(question: str, language: str | None, region: str | None) -> str:
    key = "\n".join((" ".join(fold(question).split()), language or "", region or ""))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
