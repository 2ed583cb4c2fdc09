"""`/v1/handoffs`: questions sent to a regional office, and its replies.

No address of the asker is taken: the ticket is the way back, and whoever holds it reads the reply.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from api import problems, state
from api.access.caller import Caller, require
from api.consent import Consent
from api.masking import Masking
from api.memory import audit, handoffs
from api.memory.database import Database, Session
from api.paging import Cursor, Filter, Limit, before, page
from api.routes.directory import BodyEntry, entry, offices, regions_named
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.handoff import DEFAULT_BODY
from assistant.identifiers import IdentifierKind
from assistant.question import QUESTION_LIMIT, Language
from index.store import Store
from ingest.errors import (
    CrossSiteError,
    InputError,
    QuestionEmptyError,
    RecordClosedError,
    RecordMissingError,
)
from ingest.fold import strip_controls

router = APIRouter(prefix="/v1", tags=["handoffs"])
Records = Annotated[Database, Depends(state.database)]
Sanad = Annotated[Assistant, Depends(state.assistant)]
Agent = Annotated[Caller, Depends(require("agent"))]

NOTE_LIMIT = 1_000
REPLY_LIMIT = 4_000
_ASKED = problems.documented(QuestionEmptyError, *problems.RECORDS)
_SEEN = problems.documented(RecordMissingError, *problems.RECORDS)
_LISTED = problems.documented(*problems.STAFF, *problems.RECORDS)
_READ = problems.documented(*problems.STAFF, RecordMissingError, *problems.RECORDS)
_CHANGED = problems.documented(
    *(*problems.STAFF, CrossSiteError),
    *(RecordMissingError, RecordClosedError, *problems.RECORDS),
)


class HandoffAsked(BaseModel):
    """A question for an office; `consent` is to its being kept until it has been answered.

    `region` is the id or name of a region, or of a place in it; without one the question may name
    it, and the office that finds the right one is told otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(min_length=1, max_length=QUESTION_LIMIT)
    consent: Consent
    language: Language | None = None
    region: str | None = Field(default=None, max_length=100)
    note: str | None = Field(default=None, max_length=NOTE_LIMIT)
    answer_id: UUID | None = None


class HandoffTicket(BaseModel):
    """The way to the reply. The secret is told only here.

    `masked` are the kinds of identifiers that were left out of the texts; `office` is who is asked,
    null where the directory knows no such office.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    secret: str
    office: BodyEntry | None
    masked: tuple[IdentifierKind, ...]


class HandoffSeen(BaseModel):
    """A hand-off as whoever holds the ticket sees it.

    `found` is the answer that the documents gave at `found_at`, when they had grown since it was
    asked; the office may still reply.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    created: datetime
    status: handoffs.Status
    question: str
    note: str | None
    language: str | None
    reply: str | None
    replied: datetime | None
    closed: datetime | None
    found: Answer | None = None
    found_at: datetime | None = None


class HandoffEntry(HandoffSeen):
    """A hand-off as the office sees it; `generation` is the one that answered when it was asked."""

    region: str | None
    answer_id: str | None
    generation: str | None
    replied_by: str | None
    closed_by: str | None


class HandoffList(BaseModel):
    """One page, newest first; `next` is the cursor of the following one."""

    model_config = ConfigDict(frozen=True)

    handoffs: tuple[HandoffEntry, ...]
    next: str | None


class HandoffReply(BaseModel):
    """What the office replies; it is shown as it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=REPLY_LIMIT)


_TICKET = {"handoff_id": "$response.body#/id"}
_LINKS = {
    "reply": {
        "operationId": "read_handoff",
        "parameters": {**_TICKET, "Sanad-Ticket": "$response.body#/secret"},
        "description": "Where the reply will be.",
    },
    "record": {"operationId": "read_handoff_record", "parameters": _TICKET},
    "answer": {"operationId": "reply_to_handoff", "parameters": _TICKET},
    "close": {"operationId": "close_handoff", "parameters": _TICKET},
}


@router.post("/handoffs", status_code=201, responses={**_ASKED, 201: {"links": _LINKS}})
def ask_office(asked: HandoffAsked, records: Records, sanad: Sanad) -> HandoffTicket:
    """Send a question to the regional office; the reply comes back through the ticket."""
    masking = Masking()
    question, note = masking.line(asked.question), masking.prose(asked.note)
    if question is None:
        raise QuestionEmptyError("The question holds nothing to answer; type it in words.")
    region = _region(sanad.store, asked.region or "", question)
    with records.session() as session:
        ticket = handoffs.add(
            session,
            question=question,
            language=asked.language,
            region=region,
            note=note,
            answer_id=str(asked.answer_id) if asked.answer_id else None,
            generation=sanad.generation.name,
            now=datetime.now(UTC),
        )
    return HandoffTicket(
        id=UUID(ticket.id),
        secret=ticket.secret,
        office=_office(sanad.store, region),
        masked=masking.kinds,
    )


@router.get("/handoffs", responses=_LISTED)
def list_handoffs(
    records: Records,
    _agent: Agent,
    *,
    status: Annotated[handoffs.Status | None, Query()] = None,
    region: Annotated[Filter | None, Query(max_length=100, description="Id of a region.")] = None,
    language: Annotated[Language | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> HandoffList:
    """The questions sent to offices, newest first."""
    with records.session(readonly=True) as session:
        found = handoffs.listed(
            session,
            status=status,
            region=region,
            language=language,
            limit=limit + 1,
            before=before(cursor),
        )
    kept, following = page(found, limit)
    entries = tuple(HandoffEntry.model_validate(one) for one in kept)
    return HandoffList(handoffs=entries, next=following)


@router.get("/handoffs/{handoff_id}", responses=_SEEN)
def read_handoff(
    handoff_id: UUID,
    records: Records,
    ticket: Annotated[
        str, Header(alias="Sanad-Ticket", max_length=200, description="The secret of the ticket.")
    ],
) -> HandoffSeen:
    """One hand-off with its reply, for whoever holds its ticket."""
    with records.session(readonly=True) as session:
        found = handoffs.seen(session, str(handoff_id), ticket)
    return HandoffSeen.model_validate(found)


@router.get("/handoffs/{handoff_id}/record", responses=_READ)
def read_handoff_record(handoff_id: UUID, records: Records, _agent: Agent) -> HandoffEntry:
    """One hand-off as the office keeps it, with what was found since it was asked."""
    with records.session(readonly=True) as session:
        found = handoffs.find(session, str(handoff_id))
    return HandoffEntry.model_validate(found)


@router.post("/handoffs/{handoff_id}/reply", responses=_CHANGED)
def reply_to_handoff(
    handoff_id: UUID, reply: HandoffReply, records: Records, agent: Agent
) -> HandoffEntry:
    """Answer for the office; a second reply takes the place of the first."""
    text = strip_controls(reply.text).strip()
    if not text:
        raise InputError("The reply holds nothing to read; write what the office answers.")
    now = datetime.now(UTC)
    with records.session() as session:
        found = handoffs.reply(session, str(handoff_id), text=text, by=agent.actor, now=now)
        _note(session, agent, "handoff.reply", found)
    return HandoffEntry.model_validate(found)


@router.post("/handoffs/{handoff_id}/close", responses=_CHANGED)
def close_handoff(handoff_id: UUID, records: Records, agent: Agent) -> HandoffEntry:
    """Put a hand-off aside, answered or not; closing it again changes nothing."""
    with records.session() as session:
        found = handoffs.close(session, str(handoff_id), by=agent.actor, now=datetime.now(UTC))
        _note(session, agent, "handoff.close", found)
    return HandoffEntry.model_validate(found)


def _note(session: Session, agent: Caller, action: str, handoff: handoffs.Handoff) -> None:
    audit.append(
        session,
        actor=agent.actor,
        action=action,
        answer_id=handoff.answer_id,
        detail=handoff.id,
        now=datetime.now(UTC),
    )


def _region(store: Store, *texts: str) -> str | None:
    """The region that the first of the texts to name one names; None where it names several."""
    for text in texts:
        named = regions_named(store, text)
        if named:
            return next(iter(named)) if len(named) == 1 else None
    return None


def _office(store: Store, region: str | None) -> BodyEntry | None:
    """The office of a region, else the one that all of them share."""
    by_region = {one.id: one.office for one in store.regions()}
    body = store.body(by_region.get(region or "", DEFAULT_BODY)) or store.body(DEFAULT_BODY)
    return entry(body, offices(store).get(body.id, ())) if body else None
