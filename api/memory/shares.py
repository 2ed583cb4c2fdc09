"""Answers that somebody made a link to: kept whole, under a token, until their day.

Whoever made a link has its key, from which its token follows and not the other way round: those who
were sent the link cannot take it back, and nothing more has to be kept than for the link itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from api.memory import tables
from api.memory.database import Session
from api.memory.secret import hashed, new_secret
from ingest.errors import RecordMissingError


@dataclass(frozen=True, slots=True)
class Share:
    """A question, masked, and the answer that `generation` gave it, as JSON."""

    created: datetime
    expires: datetime
    question: str
    generation: str
    answer: Mapping[str, object]


def link_of(key: str) -> str:
    """The token of the link whose key this is."""
    return hashed(f"link {key}")


def add(
    session: Session,
    *,
    key: str | None = None,
    question: str,
    answer: Mapping[str, object],
    generation: str,
    expires: datetime,
    now: datetime,
) -> str:
    """Keep an answer; gives the token of its link, which is told only here.

    `key` is a secret for whoever makes the link; without one nobody can take it back by it.
    """
    token = link_of(key or new_secret())
    session.execute(
        insert(tables.shares).values(
            token=hashed(token),
            created=now,
            expires=expires,
            question=question,
            generation=generation,
            answer=dict(answer),
        )
    )
    return token


def read(session: Session, token: str, *, now: datetime) -> Share:
    """What a link leads to; raises RecordMissingError, from the day on that it expires too."""
    columns = tables.shares.c
    row = session.execute(
        select(
            columns.created, columns.expires, columns.question, columns.generation, columns.answer
        ).where(columns.token == hashed(token), columns.expires > now)
    ).one_or_none()
    if row is None:
        raise RecordMissingError(
            "No answer is kept under this link: its time is over, or it is cut."
        )
    return Share(*row)


def remove(session: Session, token: str) -> None:
    """Delete the answer under a link; raises RecordMissingError where there is none."""
    columns = tables.shares.c
    removed = session.execute(delete(tables.shares).where(columns.token == hashed(token)))
    if not removed.rowcount:
        raise RecordMissingError("No answer is kept under this link, so there is none to remove.")
