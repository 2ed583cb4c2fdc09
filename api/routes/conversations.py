"""`/v1/conversations`: kept for whoever asks for it, under a token that only they have."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel, ConfigDict, Field

from api import problems, state
from api.access.limits import CONVERSATION
from api.consent import Consent
from api.memory import conversations
from api.memory.database import Database
from ingest.errors import RecordMissingError

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])
Records = Annotated[Database, Depends(state.database)]
Token = Annotated[
    str,
    Header(alias=CONVERSATION, max_length=200, description="The token of the conversation."),
]

_BEGUN = problems.documented(*problems.RECORDS)
_KEPT = problems.documented(RecordMissingError, *problems.RECORDS)


class ConversationAsked(BaseModel):
    """That what is asked and answered may be kept, until it is deleted or its time is over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    consent: Consent


class ConversationTerms(BaseModel):
    """For how many days a conversation is kept after its last question."""

    model_config = ConfigDict(frozen=True)

    kept_days: int


class ConversationBegun(BaseModel):
    """The token to send as `Sanad-Conversation` with each question; it is told only here."""

    model_config = ConfigDict(frozen=True)

    conversation: str = Field(examples=["token-of-32-letters-and-digits"])


class ConversationTurn(BaseModel):
    """A question, masked, and its answer as `POST /v1/ask` gave it."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    created: datetime
    question: str
    answer: Mapping[str, object]


class Conversation(BaseModel):
    """Everything that is kept, in the order in which it was said."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    started: datetime
    turns: tuple[ConversationTurn, ...]


_CURRENT = {CONVERSATION: "$response.body#/conversation"}
_LINKS = {
    "read": {"operationId": "read_conversation", "parameters": _CURRENT},
    "forget": {"operationId": "forget_conversation", "parameters": _CURRENT},
}


@router.post("", status_code=201, responses={**_BEGUN, 201: {"links": _LINKS}})
def begin_conversation(_asked: ConversationAsked, records: Records) -> ConversationBegun:
    """Begin to keep a conversation."""
    with records.session() as session:
        token = conversations.start(session, now=datetime.now(UTC))
    return ConversationBegun(conversation=token)


@router.get("")
async def conversation_terms(request: Request) -> ConversationTerms:
    """What whoever asks for it to be kept agrees to."""
    return ConversationTerms(kept_days=request.app.state.settings.keep_conversations_days)


@router.get("/current", responses=_KEPT)
def read_conversation(records: Records, token: Token) -> Conversation:
    """Everything that is kept under the token."""
    with records.session(readonly=True) as session:
        found = conversations.read(session, token)
    return Conversation.model_validate(found)


@router.delete("/current", status_code=204, responses=_KEPT)
def forget_conversation(records: Records, token: Token) -> None:
    """Delete everything that is kept under the token, and the token with it."""
    with records.session() as session:
        conversations.forget(session, token)
