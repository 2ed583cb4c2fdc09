"""`GET /v1/audit`: who did what, and with what; entries only ever come to it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from api import problems, state
from api.access.caller import Caller, require
from api.memory import audit
from api.memory.database import Database
from api.paging import Filter, Limit

router = APIRouter(prefix="/v1", tags=["audit"])


class AuditEntry(BaseModel):
    """One thing that was done, by `public`, `user:NAME`, `key:NAME`, `operator` (on the machine's
    command line) or `system` (what Sanad does by itself).

    `evidence` are the ids of the passages shown, `prompt` is id and hash of what the language model
    was told to do. What was asked and answered is not here.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

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


class AuditLog(BaseModel):
    """One page, newest first; `next` is the cursor of the following one."""

    model_config = ConfigDict(frozen=True)

    entries: tuple[AuditEntry, ...]
    next: str | None


@router.get("/audit", responses=problems.documented(*problems.STAFF, *problems.RECORDS))
def list_audit(
    records: Annotated[Database, Depends(state.database)],
    _admin: Annotated[Caller, Depends(require("admin"))],
    *,
    actor: Annotated[Filter | None, Query(max_length=100)] = None,
    action: Annotated[Filter | None, Query(max_length=64)] = None,
    limit: Limit = 50,
    cursor: Annotated[
        str | None,
        Query(pattern=r"^[0-9]{1,18}$", description="`next` of the page before."),
    ] = None,
) -> AuditLog:
    """What was done, newest first."""
    with records.session(readonly=True) as session:
        found = audit.listed(
            session,
            actor=actor,
            action=action,
            limit=limit + 1,
            before=int(cursor) if cursor else None,
        )
    entries = tuple(AuditEntry.model_validate(one) for one in found[:limit])
    return AuditLog(entries=entries, next=str(entries[-1].id) if len(found) > limit else None)
