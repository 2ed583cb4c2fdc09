"""`GET /v1/gaps`: what was asked and not answered, for whoever writes the next document."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from api import problems, state
from api.access.caller import Caller, require
from api.memory import gaps
from api.memory.database import Database
from api.paging import Cursor, Filter, Limit, before, page
from assistant.answer import Status
from assistant.question import Language

router = APIRouter(prefix="/v1", tags=["gaps"])


class GapEntry(BaseModel):
    """One question, masked; `status`, `reason` and `generation` are of the last time it was asked.

    Spellings that read alike are one question; `count` is how often it was asked.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

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


class GapList(BaseModel):
    """One page, those met last first; `next` is the cursor of the following one."""

    model_config = ConfigDict(frozen=True)

    gaps: tuple[GapEntry, ...]
    next: str | None


@router.get("/gaps", responses=problems.documented(*problems.STAFF, *problems.RECORDS))
def list_gaps(
    records: Annotated[Database, Depends(state.database)],
    _staff: Annotated[Caller, Depends(require("agent", "evaluator"))],
    *,
    language: Annotated[Language | None, Query()] = None,
    region: Annotated[Filter | None, Query(max_length=100)] = None,
    status: Annotated[Status | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> GapList:
    """The questions that were not answered, those met last first."""
    with records.session(readonly=True) as session:
        found = gaps.listed(
            session,
            language=language,
            region=region,
            status=status,
            limit=limit + 1,
            before=before(cursor),
        )
    kept, following = page(found, limit)
    return GapList(gaps=tuple(GapEntry.model_validate(one) for one in kept), next=following)
