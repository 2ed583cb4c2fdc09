"""Conversations, kept only for those who asked for it: holding the token is the consent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from api.memory import tables
from api.memory.database import Session
from api.memory.secret import hashed, new_id, new_secret
from ingest.errors import RecordMissingError

TURNS = 200
"""The turns of a conversation that are kept, the last ones: all of them are read at once."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, masked, and the answer it was given, as JSON."""

    created: datetime
    question: str
    answer: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything that is kept of a conversation, in the order it was said."""

    started: datetime
    turns: tuple[Turn, ...]


def start(session: Session, *, now: datetime) -> str:
    """Begin to keep one; gives the token, which is told only here."""
    token = new_secret()
    session.execute(
        insert(tables.conversations).values(
            id=new_id(), token=hashed(token), started=now, last_turn=now
        )
    )
    return token


def append(
    session: Session,
    token: str,
    *,
    question: str,
    answer: Mapping[str, object],
    now: datetime,
) -> None:
    """Keep one more turn, and the TURNS - 1 before it.

    Raises RecordMissingError when the conversation is not kept any more.
    """
    conversation, _ = _found(session, token)
    session.execute(
        insert(tables.turns).values(
            conversation_id=conversation, created=now, question=question, answer=dict(answer)
        )
    )
    columns = tables.turns.c
    mine = columns.conversation_id == conversation
    over = select(columns.id).where(mine).order_by(columns.id.desc()).offset(TURNS).limit(1)
    session.execute(delete(tables.turns).where(mine, columns.id <= over.scalar_subquery()))
    session.execute(
        update(tables.conversations)
        .where(tables.conversations.c.id == conversation)
        .values(last_turn=now)
    )


def read(session: Session, token: str) -> Conversation:
    """What is kept; raises RecordMissingError."""
    conversation, started = _found(session, token)
    columns = tables.turns.c
    rows = session.execute(
        select(columns.created, columns.question, columns.answer)
        .where(columns.conversation_id == conversation)
        .order_by(columns.id)
    )
    return Conversation(started, tuple(Turn(*row) for row in rows))


def forget(session: Session, token: str) -> None:
    """Delete it with all its turns; raises RecordMissingError."""
    conversation, _ = _found(session, token)
    session.execute(delete(tables.conversations).where(tables.conversations.c.id == conversation))


def _found(session: Session, token: str) -> tuple[str, datetime]:
    columns = tables.conversations.c
    row = session.execute(
        select(columns.id, columns.started).where(columns.token == hashed(token))
    ).one_or_none()
    if row is None:
        raise RecordMissingError(
            "No conversation is kept under this token: it was forgotten, or its time is over."
        )
    return row.id, row.started
