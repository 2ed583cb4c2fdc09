"""`POST /v1/feedback`: what people think of an answer; `GET`, for those who improve it."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import problems, state
from api.access.caller import Caller, require
from api.masking import Masking
from api.memory import audit, feedback
from api.memory.database import Database
from api.paging import Cursor, Limit, before, page
from assistant.assistant import Assistant
from assistant.identifiers import IdentifierKind
from assistant.question import QUESTION_LIMIT, Language
from ingest.spreadsheet import write_csv

router = APIRouter(prefix="/v1", tags=["feedback"])
Records = Annotated[Database, Depends(state.database)]
Reason = Literal["wrong", "outdated", "unclear", "incomplete", "other"]

COMMENT_LIMIT = 1_000
_CSV = "text/csv; charset=utf-8"


class FeedbackGiven(BaseModel):
    """An opinion on one answer; `question` is what was asked, where that may be kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_id: UUID
    verdict: feedback.Verdict
    reason: Reason | None = None
    comment: str | None = Field(default=None, max_length=COMMENT_LIMIT)
    question: str | None = Field(default=None, max_length=QUESTION_LIMIT)
    language: Language | None = None


class FeedbackKept(BaseModel):
    """It is on the disk. `masked` are the kinds of identifiers that were left out of the texts."""

    model_config = ConfigDict(frozen=True)

    id: str
    masked: tuple[IdentifierKind, ...]


class FeedbackEntry(BaseModel):
    """One opinion; `generation` is the one that answered when it was given."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    created: datetime
    answer_id: str
    verdict: feedback.Verdict
    reason: str | None
    comment: str | None
    question: str | None
    language: str | None
    generation: str | None


class FeedbackList(BaseModel):
    """One page, newest first; `next` is the cursor of the following one."""

    model_config = ConfigDict(frozen=True)

    feedback: tuple[FeedbackEntry, ...]
    next: str | None


@router.post(
    "/feedback",
    status_code=201,
    responses=problems.documented(*problems.RECORDS),
)
def give_feedback(
    given: FeedbackGiven,
    records: Records,
    sanad: Annotated[Assistant, Depends(state.assistant)],
) -> FeedbackKept:
    """Keep an opinion on an answer; once this has answered, it is not lost."""
    masking = Masking()
    comment, question = masking.prose(given.comment), masking.line(given.question)
    with records.session() as session:
        feedback_id = feedback.add(
            session,
            answer_id=str(given.answer_id),
            verdict=given.verdict,
            reason=given.reason,
            comment=comment,
            question=question,
            language=given.language,
            generation=sanad.generation.name,
            now=datetime.now(UTC),
        )
    return FeedbackKept(id=feedback_id, masked=masking.kinds)


@router.get(
    "/feedback",
    response_model=FeedbackList,
    responses=problems.documented(*problems.STAFF, *problems.RECORDS)
    | {
        200: {
            "description": "One page; as a table when `Accept` asks for `text/csv`, and then the "
            "header `Link` names the next one.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)
def list_feedback(
    request: Request,
    records: Records,
    staff: Annotated[Caller, Depends(require("agent", "evaluator"))],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> FeedbackList | Response:
    """What people thought of answers, newest first; also as a table for spreadsheets."""
    as_table = "text/csv" in request.headers.get("accept", "")
    with records.session(readonly=not as_table) as session:
        found = feedback.listed(session, limit=limit + 1, before=before(cursor))
        if as_table:
            now = datetime.now(UTC)
            audit.append(session, actor=staff.actor, action="feedback.export", now=now)
    kept, following = page(found, limit)
    entries = tuple(FeedbackEntry.model_validate(one) for one in kept)
    if not as_table:
        return FeedbackList(feedback=entries, next=following)
    table = Response(_table(entries), media_type=_CSV)
    table.headers["Content-Disposition"] = 'attachment; filename="feedback.csv"'
    table.headers["Vary"] = "Accept"
    if following:
        address = request.url.include_query_params(limit=limit, cursor=following)
        table.headers["Link"] = f'<{address.path}?{address.query}>; rel="next"'
    return table


def _table(entries: tuple[FeedbackEntry, ...]) -> str:
    """No cell is anything that a spreadsheet would compute."""
    columns = list(FeedbackEntry.model_fields)
    rows = (one.model_dump(mode="json") for one in entries)
    return write_csv(columns, ([str(row[name] or "") for name in columns] for row in rows))
