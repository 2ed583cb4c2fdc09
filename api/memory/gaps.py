"""Gaps: questions that the documents did not answer, for whoever writes the next document."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, or_, select, update

from api.memory import tables
from api.memory.database import Session
from api.memory.listing import LIMIT, Place, newest
from api.memory.secret import new_id
from api.memory.upsert import upsert
from ingest.fold import fold


@dataclass(frozen=True, slots=True)
class Gap:
    """One question and how often it was left without an answer; the rest is of the last time.

    `answered` is when a later generation answered it, by the answer `answer_id`; None while it is
    open.
    """

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
    answered: datetime | None = None
    answer_id: str | None = None

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

    The question is masked before: with its numbers gone, one that many ask is one. One that had
    been answered is open again.
    """
    latest = {
        "status": status,
        "reason": reason,
        "generation": generation,
        "last_seen": now,
        "answered": None,
        "answer_id": None,
    }
    first = upsert(session, tables.gaps).values(
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
    open_only: bool = False,
    limit: int = LIMIT,
    before: Place | None = None,
) -> tuple[Gap, ...]:
    """The gaps met last, or those before a place; of one language, region or status if asked, and
    without those that were answered since.
    """
    columns = tables.gaps.c
    asked = ((columns.language, language), (columns.region, region), (columns.status, status))
    wanted = [column == value for column, value in asked if value is not None]
    if open_only:
        wanted.append(columns.answered.is_(None))
    rows = session.execute(
        newest(tables.gaps, "last_seen", *wanted, limit=limit, before=before)
    ).mappings()
    return tuple(_gap(row) for row in rows)


def chosen(session: Session, ids: Sequence[str]) -> tuple[Gap, ...]:
    """These gaps, as far as they are kept, the ones asked most first."""
    columns = tables.gaps.c
    rows = session.execute(
        select(tables.gaps)
        .where(columns.id.in_(ids))
        .order_by(columns.count.desc(), columns.first_seen, columns.id)
    ).mappings()
    return tuple(_gap(row) for row in rows)


def unasked(session: Session, generation: str, *, limit: int) -> tuple[Gap, ...]:
    """Open gaps that this generation has not been asked about, those met last first."""
    columns = tables.gaps.c
    other = or_(columns.generation.is_(None), columns.generation != generation)
    rows = session.execute(
        newest(
            tables.gaps, "last_seen", columns.answered.is_(None), other, limit=limit, before=None
        )
    ).mappings()
    return tuple(_gap(row) for row in rows)


def asked_again(
    session: Session,
    gap: Gap,
    *,
    status: str,
    reason: str | None,
    generation: str,
    answered: datetime | None,
    answer_id: str | None,
) -> None:
    """Keep what a later generation says; nothing where the gap was met again meanwhile."""
    columns = tables.gaps.c
    session.execute(
        update(tables.gaps)
        .where(columns.id == gap.id, columns.last_seen == gap.last_seen)
        .values(
            status=status,
            reason=reason,
            generation=generation,
            answered=answered,
            answer_id=answer_id,
        )
    )


def _gap(row: RowMapping) -> Gap:
    return Gap(**{name: value for name, value in row.items() if name != "likeness"})


def _likeness(question: str, language: str | None, region: str | None) -> str:
    key = "\n".join((" ".join(fold(question).split()), language or "", region or ""))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
