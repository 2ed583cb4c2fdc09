"""Answers that somebody made a link to: kept whole, under a token, until their day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

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


def add(
    session: Session,
    *,
    question: str,
    answer: Mapping[str, object],
    generation: str,
    expires: datetime,
    now: datetime,
) -> str:
    """Keep an answer; gives the token of its link, which is told only here."""
    token = new_secret()
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
