"""`POST /v1/chat/completions` and `GET /v1/models`, for programs that speak OpenAI's protocol."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api import problems, state
from api.asking import Listening
from api.chunks import END, Chunks, data
from api.completions import MODEL, Completion, CompletionRequest, asked, completion
from api.eventstream import SILENT, event_stream
from api.generations import Serving
from api.routes.ask import Conversation, Known, Ways
from ingest.document import Document
from ingest.errors import (
    DocumentMissingError,
    ModelUnknownError,
    OverloadedError,
    QuestionEmptyError,
    QuestionNotTextError,
    QuestionTooLongError,
    SanadError,
    ShuttingDownError,
    UnsupportedError,
)

router = APIRouter(prefix="/v1", tags=["completions"])
_CHUNKS = {
    "type": "object",
    "properties": {"data": {"type": "string"}},
    "required": ["data"],
}
_ERRORS = problems.documented(
    *(UnsupportedError, ModelUnknownError),
    *(QuestionEmptyError, QuestionTooLongError, QuestionNotTextError),
    *(OverloadedError, ShuttingDownError),
)


class Model(BaseModel):
    """What can be asked: Sanad itself, whatever writes its sentences."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class ModelList(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: tuple[Model, ...] = (Model(),)


@router.get("/models")
async def models() -> ModelList:
    """The one model."""
    return ModelList()


@router.get("/models/{model}", responses=problems.documented(ModelUnknownError))
async def model(model: str) -> Model:
    """The same by its name."""
    if model != MODEL:
        raise ModelUnknownError(f"There is no model {model[:50]!r} here; ask {MODEL!r}.")
    return Model()


@router.post(
    "/chat/completions",
    response_model=Completion,
    responses={200: {"content": {"text/event-stream": {"itemSchema": _CHUNKS}}}, **_ERRORS},
)
async def complete(
    request: CompletionRequest,
    asking: Ways,
    caller: Known,
    serving: Annotated[Serving, Depends(state.serving)],
    conversation: Conversation = None,
) -> Completion | StreamingResponse:
    """Answer the last message; `stream` sends each sentence as soon as it is verified.

    `system` messages are not followed. An answer's text ends in its sources; `citations` and
    `sanad` of the message hold the same as objects.
    """
    wanted = asked(request)
    if not request.stream:
        answer = await asking.ask(wanted.question, caller, conversation)
        return await asyncio.to_thread(completion, wanted, answer)
    heard = await asking.listen(wanted.question, caller, conversation)
    chunks = Chunks(wanted, partial(_document, serving), with_usage=request.includes_usage)
    return event_stream(_lines(heard, chunks, asking.heartbeat))


async def _lines(heard: Listening, chunks: Chunks, silence: float) -> AsyncIterator[bytes]:
    yield chunks.opening()
    async for event in heard.events(silence):
        if event is None:
            yield SILENT
        elif isinstance(event.payload, SanadError):
            yield data(problems.of(event.payload))
        elif isinstance(event.payload, BaseException):
            yield data(problems.unexpected(event.payload))
        else:
            for piece in await asyncio.to_thread(list, chunks.of(event.kind, event.payload)):
                yield piece
    yield END


def _document(serving: Serving, document_id: str) -> Document | None:
    with serving.lease() as sanad:
        try:
            return sanad.store.document(document_id)
        except DocumentMissingError:
            return None
