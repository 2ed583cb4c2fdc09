"""`POST /v1/ask` and `POST /v1/ask/stream`."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, TypeAdapter

from api import problems, state
from api.access import caller as access
from api.access.caller import Caller
from api.asking import Asking, Listening
from api.eventstream import SILENT, event_stream
from api.streams import Event
from assistant.answer import Answer
from assistant.question import Question
from ingest.errors import (
    HistoryTooLongError,
    OverloadedError,
    QuestionEmptyError,
    QuestionNotTextError,
    QuestionTooLongError,
    SanadError,
    ShuttingDownError,
)

router = APIRouter(prefix="/v1", tags=["ask"])
Known = Annotated[Caller, Depends(access.caller)]
Ways = Annotated[Asking, Depends(state.asking)]
Conversation = Annotated[str | None, Header(alias="Sanad-Conversation", max_length=200)]
LastEvent = Annotated[str | None, Header(alias="Last-Event-ID", max_length=100)]

_JSON = TypeAdapter(object)
_ERRORS = problems.documented(
    *(QuestionEmptyError, QuestionTooLongError, QuestionNotTextError, HistoryTooLongError),
    *(OverloadedError, ShuttingDownError),
)
_EVENTS = {
    "description": (
        "Server-sent events, each with an `id`, an `event` and its `data` as JSON on one line: "
        "`status` with the stage that begins; `citations` as soon as they are chosen; `sentence`, "
        "each already verified; at the end `answer`, the whole of what `POST /v1/ask` gives, or "
        "`error`, a Problem. Lines that begin with a colon only keep the connection open."
    ),
    "content": {
        "text/event-stream": {
            "itemSchema": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "event": {"enum": ["status", "citations", "sentence", "answer", "error"]},
                    "data": {"type": "string", "contentMediaType": "application/json"},
                },
                "required": ["id", "event", "data"],
            },
            "example": 'id: Yk3x.1\nevent: status\ndata: {"stage": "retrieve"}\n\n',
        }
    },
}


@router.post("/ask", responses=_ERRORS)
async def ask(
    question: Question, asking: Ways, caller: Known, conversation: Conversation = None
) -> Answer:
    """Answer one question."""
    return await asking.ask(question, caller, conversation)


@router.post("/ask/stream", response_class=StreamingResponse, responses={**_ERRORS, 200: _EVENTS})
async def ask_stream(
    question: Question,
    asking: Ways,
    caller: Known,
    conversation: Conversation = None,
    last_event: LastEvent = None,
) -> StreamingResponse:
    """The same as server-sent events: `status`, `citations`, `sentence`, `answer`, `error`.

    A stream that was cut goes on when the request is sent again with the id of the last event that
    arrived as `Last-Event-ID`. If it is no longer known, the question is asked anew: the part of
    the ids before the full stop is another one then, and what was heard before does not count.
    """
    heard = await asking.listen(question, caller, conversation, last_event=last_event)
    return event_stream(_lines(heard, asking.heartbeat))


async def _lines(heard: Listening, silence: float) -> AsyncIterator[bytes]:
    async for event in heard.events(silence):
        yield _line(event) if event else SILENT


def _line(event: Event) -> bytes:
    return format_sse_event(event=event.kind, data_str=_data(event.payload), id=event.id)


def _data(payload: object) -> str:
    if isinstance(payload, BaseModel):
        return payload.model_dump_json()
    if isinstance(payload, SanadError):
        payload = problems.of(payload)
    elif isinstance(payload, BaseException):
        payload = problems.unexpected(payload)
    return _JSON.dump_json(payload).decode()
