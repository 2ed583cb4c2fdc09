"""`POST /v1/ask` and `POST /v1/ask/stream`."""

import asyncio
import threading
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, TypeAdapter

from api import problems, state
from api.admission import Admission
from assistant.answer import Answer
from assistant.answercache import AnswerCache, retell
from assistant.normalise import clean
from assistant.question import Question
from assistant.state import EventKind
from ingest.errors import SanadError

router = APIRouter(prefix="/v1", tags=["ask"])
Answers = Annotated[AnswerCache, Depends(state.answers)]
Slots = Annotated[Admission, Depends(state.admission)]

_JSON = TypeAdapter(object)


class ClientGoneError(Exception):
    """Raised inside the pipeline when nobody listens any more, to stop the work."""


@router.post("/ask")
async def ask(question: Question, answers: Answers, slots: Slots) -> Answer:
    """Answer one question."""
    clean(question)
    if known := answers.known(question):
        return known
    return await slots.run(partial(answers.ask, question))


@router.post("/ask/stream", response_class=StreamingResponse)
async def ask_stream(question: Question, answers: Answers, slots: Slots) -> StreamingResponse:
    """The same as server-sent events: `status`, `citations`, `sentence`, `answer`, `error`."""
    clean(question)
    telling = _Telling()
    if known := answers.known(question):
        telling.tell_again(known)
        events = telling.events()
    else:
        events = telling.events(await slots.start(partial(telling.tell, question, answers)))
    return StreamingResponse(
        events,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


class _Telling:
    """What the pipeline emits in its thread, handed on to the client; it ends with either."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._told: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._gone = threading.Event()

    def tell(self, question: Question, answers: AnswerCache) -> None:
        """Have the question answered; runs in the thread."""
        try:
            self._put(_event("answer", answers.ask(question, self._emit)))
        except ClientGoneError:
            return
        except SanadError as error:
            self._put(_event("error", problems.of(error)))
        finally:
            self._put(None)

    def tell_again(self, answer: Answer) -> None:
        """The same of an answer that is known."""
        retell(answer, self._emit)
        self._put(_event("answer", answer))
        self._put(None)

    async def events(self, work: "asyncio.Future[None] | None" = None) -> AsyncIterator[bytes]:
        """What is told, as it comes; stops the work when the client leaves."""
        try:
            while (event := await self._told.get()) is not None:
                yield event
            if work:
                await asyncio.wait([work])
                if (bug := work.exception()) is not None:
                    yield _event("error", problems.unexpected(bug))
        finally:
            self._gone.set()

    def _emit(self, kind: EventKind, payload: object) -> None:
        if self._gone.is_set():
            raise ClientGoneError
        self._put(_event(kind, payload))

    def _put(self, event: bytes | None) -> None:
        self._loop.call_soon_threadsafe(self._told.put_nowait, event)


def _event(kind: str, payload: object) -> bytes:
    data = payload.model_dump_json() if isinstance(payload, BaseModel) else None
    text = data or _JSON.dump_json(payload).decode()
    return format_sse_event(event=kind, data_str=text)
