"""`/v1/shares`: an answer under a link, which leads to the same answer until its day."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api import problems, state
from api.access.caller import Caller, require
from api.asking import Asking
from api.consent import Consent
from api.generations import Serving
from api.masking import Masking, masked_answer
from api.memory import audit, shares
from api.memory.database import Database
from api.memory.secret import new_secret
from assistant.answer import Answer
from assistant.identifiers import IdentifierKind
from assistant.question import Question
from ingest.errors import (
    CrossSiteError,
    InputError,
    OverloadedError,
    RecordMissingError,
    ShuttingDownError,
)

router = APIRouter(prefix="/v1/shares", tags=["shares"])
Records = Annotated[Database, Depends(state.database)]

SHARE = "Sanad-Share"
"""The header that carries the token of a link."""

SHARE_KEY = "Sanad-Share-Key"
"""The header that carries the key of a link, which only whoever made it has."""

KEPT_DAYS = 90
"""For how long a link leads to its answer; the page says so before it makes one."""

Token = Annotated[str, Header(alias=SHARE, max_length=200, description="The token of the link.")]
Key = Annotated[str, Header(alias=SHARE_KEY, max_length=200, description="The key of the link.")]
Agent = Annotated[Caller, Depends(require("agent"))]

_MADE = problems.documented(InputError, OverloadedError, ShuttingDownError, *problems.RECORDS)
_READ = problems.documented(RecordMissingError, *problems.RECORDS)
_REMOVED = problems.documented(
    *(*problems.STAFF, CrossSiteError, RecordMissingError), *problems.RECORDS
)


class ShareAsked(BaseModel):
    """The whole question, as it was asked, and that it may be kept with its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Question
    consent: Consent


class ShareMade(BaseModel):
    """The token of the link and its key, told only here, and what the link leads to.

    The link is for everybody; the key takes it back, and stays with whoever made it.
    `text` is that of the answer that is kept: the one that was given, unless the documents or what
    writes have changed since. `masked` are the kinds of identifiers that were left out.
    """

    model_config = ConfigDict(frozen=True)

    share: str = Field(examples=["token-of-64-letters-and-digits"])
    key: str = Field(examples=["key-of-32-letters-and-digits"])
    expires: datetime
    generation: str
    text: str
    masked: tuple[IdentifierKind, ...]


class Share(BaseModel):
    """A question, masked, and the answer that `generation` gave it, as `POST /v1/ask` gave it.

    `current` is false when another generation answers now: it may answer differently.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    created: datetime
    expires: datetime
    question: str
    generation: str
    current: bool
    answer: Mapping[str, object]


_LINKS = {"read": {"operationId": "read_share", "parameters": {SHARE: "$response.body#/share"}}}


@router.post("", status_code=201, responses={**_MADE, 201: {"links": _LINKS}})
async def make_share(
    asked: ShareAsked,
    records: Records,
    asking: Annotated[Asking, Depends(state.asking)],
) -> ShareMade:
    """Keep an answer under a link. What is kept is what this Sanad answers, whoever asks for it."""
    answer = await asking.again(asked.question)
    return await run_in_threadpool(_kept, records, asked.question, answer)


def _kept(records: Database, question: Question, answer: Answer) -> ShareMade:
    masking, now = Masking(), datetime.now(UTC)
    expires = now + timedelta(days=KEPT_DAYS)
    told, key = masked_answer(answer), new_secret()
    with records.session() as session:
        token = shares.add(
            session,
            key=key,
            question=masking.line(question.question) or "",
            answer=told,
            generation=answer.engine.generation,
            expires=expires,
            now=now,
        )
    return ShareMade(
        share=token,
        key=key,
        expires=expires,
        generation=answer.engine.generation,
        text=str(told["text"]),
        masked=masking.kinds,
    )


@router.get("/current", responses=_READ)
def read_share(
    records: Records, serving: Annotated[Serving, Depends(state.serving)], token: Token
) -> Share:
    """The answer that a link leads to."""
    with records.session(readonly=True) as session:
        found = shares.read(session, token, now=datetime.now(UTC))
    return Share(
        created=found.created,
        expires=found.expires,
        question=found.question,
        generation=found.generation,
        current=found.generation == serving.current.generation.name,
        answer=found.answer,
    )


@router.delete("/current", status_code=204, responses=_READ)
def take_back_share(records: Records, key: Key) -> None:
    """Delete the answer under a link: by the key, which only whoever made the link has."""
    with records.session() as session:
        shares.remove(session, shares.link_of(key))


@router.delete("/linked", status_code=204, responses=_REMOVED)
def remove_share(records: Records, token: Token, agent: Agent) -> None:
    """Delete the answer under a link that somebody was sent: an office may, whoever made it."""
    with records.session() as session:
        shares.remove(session, token)
        audit.append(session, actor=agent.actor, action="share.removed", now=datetime.now(UTC))
