"""`/v1/shares`: an answer under a link, which leads to the same answer until its day."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api import problems, state
from api.asking import Asking
from api.consent import Consent
from api.generations import Serving
from api.masking import Masking, masked_answer
from api.memory import shares
from api.memory.database import Database
from assistant.answer import Answer
from assistant.identifiers import IdentifierKind
from assistant.question import Question
from ingest.errors import InputError, OverloadedError, RecordMissingError, ShuttingDownError

router = APIRouter(prefix="/v1/shares", tags=["shares"])
Records = Annotated[Database, Depends(state.database)]

SHARE = "Sanad-Share"
"""The header that carries the token of a link."""

KEPT_DAYS = 90
"""For how long a link leads to its answer; the page says so before it makes one."""

Token = Annotated[str, Header(alias=SHARE, max_length=200, description="The token of the link.")]

_MADE = problems.documented(InputError, OverloadedError, ShuttingDownError, *problems.RECORDS)
_READ = problems.documented(RecordMissingError, *problems.RECORDS)


class ShareAsked(BaseModel):
    """The whole question, as it was asked, and that it may be kept with its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Question
    consent: Consent


class ShareMade(BaseModel):
    """The token of the link, told only here, and what it leads to.

    `text` is that of the answer that is kept: the one that was given, unless the documents or what
    writes have changed since. `masked` are the kinds of identifiers that were left out.
    """

    model_config = ConfigDict(frozen=True)

    share: str = Field(examples=["token-of-32-letters-and-digits"])
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
    told = masked_answer(answer)
    with records.session() as session:
        token = shares.add(
            session,
            question=masking.line(question.question) or "",
            answer=told,
            generation=answer.engine.generation,
            expires=expires,
            now=now,
        )
    return ShareMade(
        share=token,
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
