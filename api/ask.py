"""`POST /v1/ask` and `POST /v1/ask/stream`."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, TypeAdapter
from starlette.concurrency import run_in_threadpool

from api import problems
from api.state import assistant
from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.normalise import clean
from assistant.question import Question
from assistant.state import EventKind
from ingest.errors import SanadError

router = APIRouter(prefix="/v1", tags=["ask"])
Sanad = Annotated[Assistant, Depends(assistant)]

_JSON = TypeAdapter(object)


class ClientGoneError(Exception):
    """Raised inside the pipeline when nobody listens any more, to stop the work."""


@router.post("/ask")
async def ask(question: Question, sanad: Sanad) -> Answer:
    """Answer one question."""
    return await run_in_threadpool(sanad.ask, question)


@router.post("/ask/stream", response_class=StreamingResponse)
async def ask_stream(question: Question, sanad: Sanad) -> StreamingResponse:
    """The same as server-sent events: `status`, `citations`, `sentence`, `answer`, `error`."""
    clean(question)
    return StreamingResponse(
        _events(question, sanad),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(question: Question, sanad: Assistant) -> AsyncIterator[bytes]:
    """Run the pipeline in a thread and hand on what it emits; stop it when the client leaves."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    gone = threading.Event()

    def put(kind: str, payload: object) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, _event(kind, payload))

    def emit(kind: EventKind, payload: object) -> None:
        if gone.is_set():
            raise ClientGoneError
        put(kind, payload)

    def work() -> None:
        try:
            put("answer", sanad.ask(question, emit))
        except ClientGoneError:
            return
        except SanadError as error:
            put("error", problems.of(error))
        finally:
            loop.call_soon_threadsafe(queue.put_nowait, None)

    worker = asyncio.create_task(run_in_threadpool(work))
    try:
        while (event := await queue.get()) is not None:
            yield event
        await asyncio.wait([worker])
        if (bug := worker.exception()) is not None:
            yield _event("error", problems.unexpected(bug))
    finally:
        gone.set()


def _event(kind: str, payload: object) -> bytes:
    data = payload.model_dump_json() if isinstance(payload, BaseModel) else None
    text = data or _JSON.dump_json(payload).decode()
    return format_sse_event(event=kind, data_str=text)
