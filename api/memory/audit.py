"""The audit log: who did what, when, with what, and how it ended. Entries only ever come to it.

Both databases refuse to change or delete one, by triggers of the first migration. What was asked
and what was answered is not here: ids, hashes and counts are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from api.memory import tables
from api.memory.database import Session
from api.memory.listing import LIMIT
from assistant.answer import Answer


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done.

    `evidence` are the ids of the passages shown, `prompt` is id and hash of what the model was told
    to do, `actor` is as `Caller.actor` gives it.
    """

    id: int
    at: datetime
    actor: str
    action: str
    answer_id: str | None
    generation: str | None
    model: str | None
    prompt: str | None
    evidence: tuple[str, ...]
    status: str | None
    detail: str | None


def append(
    session: Session,
    *,
    actor: str,
    action: str,
    now: datetime,
    answer_id: str | None = None,
    generation: str | None = None,
    model: str | None = None,
    prompt: str | None = None,
    evidence: Iterable[str] = (),
    status: str | None = None,
    detail: str | None = None,
) -> None:
    """Add an entry."""
    session.execute(
        insert(tables.audit).values(
            at=now,
            actor=actor,
            action=action,
            answer_id=answer_id,
            generation=generation,
            model=model,
            prompt=prompt,
            evidence=list(evidence),
            status=status,
            detail=detail,
        )
    )


def append_answer(
    session: Session,
    answer: Answer,
    *,
    actor: str,
    action: str,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Add an entry about an answer: which it is, what made it, and what it rests on."""
    append(
        session,
        actor=actor,
        action=action,
        now=now,
        answer_id=answer.id,
        generation=answer.engine.generation,
        model=answer.engine.model,
        prompt=answer.engine.prompt,
        evidence=[f"{one.document_id}:{one.start}-{one.end}" for one in answer.citations],
        status=answer.status,
        detail=detail,
    )


def listed(
    session: Session,
    *,
    actor: str | None = None,
    action: str | None = None,
    limit: int = LIMIT,
    before: int | None = None,
) -> tuple[Entry, ...]:
    """The newest entries, or those before an id; of one actor or action if asked."""
    columns = tables.audit.c
    chosen = select(tables.audit).order_by(columns.id.desc()).limit(limit)
    if actor is not None:
        chosen = chosen.where(columns.actor == actor)
    if action is not None:
        chosen = chosen.where(columns.action == action)
    if before is not None:
        chosen = chosen.where(columns.id < before)
    rows = session.execute(chosen).mappings()
    return tuple(Entry(**{**row, "evidence": tuple(row["evidence"])}) for row in rows)
