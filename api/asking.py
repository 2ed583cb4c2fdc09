"""Asking: the one way from a question to its answer over HTTP, whatever it is asked through."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from api import watch
from api.admission import Admission
from api.generations import Serving
from api.streams import Event, Stream, Streams
from assistant.answer import Answer
from assistant.answercache import retell
from assistant.normalise import clean
from assistant.question import Question
from assistant.state import Emit
from ingest.errors import ShuttingDownError

if TYPE_CHECKING:
    from api.access.caller import Caller
    from api.memory.recorder import Recorder

KEPT = 128
"""Streams that can be taken up after they have ended; an answer takes some ten kilobytes."""

KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Listening:
    """A stream from the event on that the listener has not heard."""

    stream: Stream
    after: int = 0

    def events(self, silence: float | None = None) -> AsyncIterator[Event | None]:
        """See `Stream.events`."""
        return self.stream.events(self.after, silence)


class Asking:
    """Checks a question, looks whether it was answered before, else finds it a slot, pins the
    generation that answers it, and has the answer recorded.

    Who listens to a stream and leaves may come back for `patience` seconds; then the work stops.
    A stream is to give a sign of life every `heartbeat` seconds, or proxies would end it.
    """

    def __init__(
        self,
        serving: Serving,
        admission: Admission,
        recorder: "Recorder | None" = None,
        *,
        patience: float = 5.0,
        heartbeat: float = 15.0,
    ) -> None:
        self.streams = Streams(kept=KEPT, seconds=KEPT_SECONDS)
        self.heartbeat = heartbeat
        self._serving = serving
        self._admission = admission
        self._recorder = recorder
        self._patience = patience
        self._stopping = False

    async def ask(
        self, question: Question, caller: "Caller", conversation: str | None = None
    ) -> Answer:
        """Answer one question; raises InputError, OverloadedError or ShuttingDownError."""
        heard = await self.listen(question, caller, conversation)
        async for event in heard.events():
            if event and isinstance(event.payload, BaseException):
                raise event.payload
            if event and isinstance(event.payload, Answer):
                return event.payload
        raise AssertionError("a stream ended without an end")

    async def listen(
        self,
        question: Question,
        caller: "Caller",
        conversation: str | None = None,
        *,
        last_event: str | None = None,
    ) -> Listening:
        """Have the question answered event by event: `status`, `citations` and `sentence` as the
        pipeline emits them, then `answer` with the Answer or `error` with the exception.

        With the id of the last event heard, the rest of that stream where it is still known.
        Raises the same as `ask`, before anything is told.
        """
        clean(question)
        request = hashlib.sha256(question.model_dump_json().encode()).hexdigest()
        if last_event and (known := self.streams.resume(last_event, request)):
            return Listening(*known)
        self.check()
        stream = Stream(request, self._patience)
        recorded = partial(self._record, question, caller=caller, conversation=conversation)
        if answer := self._known(question):
            recorded(answer)
            retell(answer, stream.tell)
            stream.answer(answer)
        else:
            work = partial(self._work, question, stream.emit, recorded)
            stream.follow(await self._admission.start(work))
        self.streams.keep(stream)
        return Listening(stream)

    async def again(self, question: Question) -> Answer:
        """The answer to what was answered before, which is not recorded once more; raises the same
        as `ask`. It is that answer unless the documents or the model have changed since.
        """
        clean(question)
        self.check()
        if answer := self._known(question):
            return answer
        return await self._admission.run(partial(self._anew, question))

    def stop(self, within: float) -> None:
        """Take nothing more, and end what still runs with ShuttingDownError in so many seconds."""
        if not self._stopping:
            self._stopping = True
            asyncio.get_running_loop().call_later(within, self.streams.fail, _shutting_down())

    def check(self) -> None:
        """Raise ShuttingDownError when nothing more is taken."""
        if self._stopping:
            raise _shutting_down()

    def _known(self, question: Question) -> Answer | None:
        with self._serving.edition() as edition:
            return edition.answers.known(question)

    def _anew(self, question: Question) -> Answer:
        with self._serving.edition() as edition:
            return edition.answers.ask(question)

    def _work(self, question: Question, emit: Emit, recorded: Callable[[Answer], None]) -> Answer:
        with self._serving.edition() as edition:
            answer = edition.answers.ask(question, emit)
        recorded(answer)
        return answer

    def _record(
        self, question: Question, answer: Answer, *, caller: "Caller", conversation: str | None
    ) -> None:
        watch.answered(answer)
        if self._recorder:
            self._recorder.answered(question, answer, caller, conversation=conversation)


def _shutting_down() -> ShuttingDownError:
    return ShuttingDownError("Sanad is being stopped here; ask again in a few seconds.", 5)
