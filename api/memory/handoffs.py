"""Hand-offs: questions sent to an office, and what the office replied.

No way to reach the asker is kept. Whoever asked holds a ticket, and the reply waits behind it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, insert, select, update

from api.memory import tables
from api.memory.database import Session
from api.memory.listing import LIMIT, Place, newest
from api.memory.secret import hashed, new_id, new_secret
from ingest.errors import RecordClosedError, RecordMissingError

Status = Literal["open", "replied", "closed"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the asker keeps; the secret is told only here."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Handoff:
    """One question that waits for an office, or has been answered by it.

    `found` is the answer, as JSON, that a later generation gave at `found_at`; `asked_again` names
    the last one that was asked.
    """

    id: str
    created: datetime
    status: Status
    question: str
    language: str | None = None
    region: str | None = None
    note: str | None = None
    answer_id: str | None = None
    generation: str | None = None
    reply: str | None = None
    replied: datetime | None = None
    replied_by: str | None = None
    closed: datetime | None = None
    closed_by: str | None = None
    asked_again: str | None = None
    found: dict[str, object] | None = None
    found_at: datetime | None = None

    @property
    def place(self) -> Place:
        """Where a page that ends here goes on."""
        return self.created, self.id


def add(
    session: Session,
    *,
    question: str,
    now: datetime,
    language: str | None = None,
    region: str | None = None,
    note: str | None = None,
    answer_id: str | None = None,
    generation: str | None = None,
) -> Ticket:
    """Keep a question for an office."""
    ticket = Ticket(new_id(), new_secret())
    record = Handoff(
        ticket.id, now, "open", question, language, region, note, answer_id, generation
    )
    session.execute(insert(tables.handoffs).values(**asdict(record), secret=hashed(ticket.secret)))
    return ticket


def listed(
    session: Session,
    *,
    status: Status | None = None,
    region: str | None = None,
    language: str | None = None,
    limit: int = LIMIT,
    before: Place | None = None,
) -> tuple[Handoff, ...]:
    """The newest hand-offs, or those before a place; of one state, region or language if asked."""
    columns = tables.handoffs.c
    asked = ((columns.status, status), (columns.region, region), (columns.language, language))
    wanted = [column == value for column, value in asked if value is not None]
    rows = session.execute(
        newest(tables.handoffs, "created", *wanted, limit=limit, before=before)
    ).mappings()
    return tuple(_handoff(dict(row)) for row in rows)


def find(session: Session, handoff_id: str) -> Handoff:
    """One hand-off, for the office; raises RecordMissingError."""
    return _found(session, handoff_id)[0]


def seen(session: Session, handoff_id: str, secret: str) -> Handoff:
    """One hand-off, for whoever holds its ticket.

    Raises RecordMissingError, for a wrong secret as for an unknown id: neither is told apart. The
    hashes may be compared plainly, for the secret cannot be guessed from how far they agree.
    """
    found, kept = _found(session, handoff_id)
    if kept != hashed(secret):
        raise _missing()
    return found


def reply(session: Session, handoff_id: str, *, text: str, by: str, now: datetime) -> Handoff:
    """Answer for the office; a second reply takes the place of the first.

    Raises RecordMissingError, and RecordClosedError when the hand-off is closed.
    """
    if find(session, handoff_id).status == "closed":
        raise RecordClosedError("This hand-off is closed; it takes no further reply.")
    return _change(session, handoff_id, status="replied", reply=text, replied=now, replied_by=by)


def close(session: Session, handoff_id: str, *, by: str, now: datetime) -> Handoff:
    """Put it aside, answered or not; closing again changes nothing. Raises RecordMissingError."""
    found = find(session, handoff_id)
    if found.status == "closed":
        return found
    return _change(session, handoff_id, status="closed", closed=now, closed_by=by)


def unasked(session: Session, generation: str, *, limit: int) -> tuple[Handoff, ...]:
    """Those that wait, and that this generation has neither answered nor been asked about."""
    columns = tables.handoffs.c
    wanted = (
        columns.status == "open",
        columns.found_at.is_(None),
        func.coalesce(columns.asked_again, columns.generation, "") != generation,
    )
    rows = session.execute(
        newest(tables.handoffs, "created", *wanted, limit=limit, before=None)
    ).mappings()
    return tuple(_handoff(dict(row)) for row in rows)


def asked_again(
    session: Session,
    handoff_id: str,
    *,
    generation: str,
    found: dict[str, object] | None,
    found_at: datetime | None,
) -> None:
    """Keep the answer that a later generation gave, or that it gave none.

    The office still has it to reply to: what the documents say now may not be all that was asked.
    """
    session.execute(
        update(tables.handoffs)
        .where(tables.handoffs.c.id == handoff_id)
        .values(asked_again=generation, found=found, found_at=found_at)
    )


def _change(session: Session, handoff_id: str, **values: object) -> Handoff:
    session.execute(
        update(tables.handoffs).where(tables.handoffs.c.id == handoff_id).values(**values)
    )
    return find(session, handoff_id)


def _found(session: Session, handoff_id: str) -> tuple[Handoff, str]:
    row = (
        session.execute(select(tables.handoffs).where(tables.handoffs.c.id == handoff_id))
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise _missing()
    return _handoff(dict(row)), str(row["secret"])


def _handoff(row: dict[str, object]) -> Handoff:
    del row["secret"]
    return Handoff(**row)  # type: ignore[arg-type]


def _missing() -> RecordMissingError:
    return RecordMissingError("There is no hand-off with this id and ticket.")
