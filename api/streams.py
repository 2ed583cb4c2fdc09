"""Streams: what is told of an answer while it is made, kept for a while, so that a line which is
cut can be taken up where it ended.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from threading import Event as Signal
from time import monotonic

from assistant.answer import Answer
from ingest.errors import SanadError

_EXPECTED = 5.0
"""Seconds in which somebody has to begin to listen."""


class ClientGoneError(Exception):
    """Raised inside the pipeline when nobody listens any more, to stop the work."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing told: `id` names it over all streams, `payload` is an exception for an `error`."""

    id: str
    kind: str
    payload: object


class Stream:
    """The events of one answer: told by the thread that makes it, heard in the loop by anyone.

    `request` is the hash of what was asked. Ends with `answer` or `error`; `ended` is when, on the
    monotonic clock. When nobody has listened for `patience` seconds, the next event stops the work
    instead.
    """

    def __init__(self, request: str, patience: float) -> None:
        self.id = secrets.token_urlsafe(12)
        self.request = request
        self.ended: float | None = None
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._events: list[Event] = []
        self._more = asyncio.Event()
        self._gone = Signal()
        self._listeners = 0
        self._leaving: asyncio.TimerHandle | None = None

    @property
    def abandoned(self) -> bool:
        """Whether it ended, or will, without an answer, because nobody listened."""
        return self._gone.is_set()

    def heard(self, event: str) -> int:
        """How many events had been told with this one, 0 when it is none of them."""
        return next((n for n, told in enumerate(self._events, 1) if told.id == event), 0)

    def emit(self, kind: str, payload: object) -> None:
        """Tell of something; for the thread. Raises ClientGoneError when nobody is to hear it."""
        if self._gone.is_set():
            raise ClientGoneError
        self._loop.call_soon_threadsafe(self.tell, kind, payload)

    def tell(self, kind: str, payload: object) -> None:
        """The same in the loop itself; what comes after the end is not told."""
        if self.ended is not None:
            return
        self._events.append(Event(f"{self.id}.{len(self._events) + 1}", kind, payload))
        self._more.set()
        self._more = asyncio.Event()

    def follow(self, work: "asyncio.Future[Answer]") -> None:
        """End as the work ends: with its answer, or with what it raised."""
        work.add_done_callback(self._close)
        self._leaving = self._loop.call_later(_EXPECTED, self._gone.set)

    def answer(self, answer: Answer) -> None:
        """End with an answer."""
        self._end("answer", answer)

    def fail(self, error: BaseException) -> None:
        """End with an error, and stop the work."""
        self._gone.set()
        self._end("error", error)

    async def events(
        self, after: int = 0, silence: float | None = None
    ) -> AsyncIterator[Event | None]:
        """What was told after the first `after` events and is told; None after silent seconds."""
        self._listeners += 1
        self._stay()
        try:
            while True:
                if after < len(self._events):
                    yield self._events[after]
                    after += 1
                elif self.ended is not None:
                    return
                elif not await self._told_within(silence):
                    yield None
        finally:
            self._listeners -= 1
            self._left()

    def _stay(self) -> None:
        if self._leaving:
            self._leaving.cancel()

    def _left(self) -> None:
        if not self._listeners and self.ended is None:
            self._leaving = self._loop.call_later(self._patience, self._gone.set)

    async def _told_within(self, seconds: float | None) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._more.wait()
        except TimeoutError:
            return False
        return True

    def _close(self, work: "asyncio.Future[Answer]") -> None:
        """Errors on purpose are kept without the frames that they went through, and with those all
        that was being worked with.
        """
        error = ClientGoneError() if work.cancelled() else work.exception()
        if error is None:
            self._end("answer", work.result())
        elif isinstance(error, ClientGoneError | SanadError):
            self._end("error", error.with_traceback(None))
        else:
            self._end("error", error)

    def _end(self, kind: str, payload: object) -> None:
        self.tell(kind, payload)
        if self.ended is None:
            self.ended = monotonic()
            self._stay()


class Streams:
    """The streams of one process: those that run, and the last `kept` for `seconds` after."""

    def __init__(self, *, kept: int, seconds: float) -> None:
        self._kept = kept
        self._seconds = seconds
        self._streams: dict[str, Stream] = {}

    def keep(self, stream: Stream) -> None:
        """Have a stream at hand from now on."""
        self._forget()
        self._streams[stream.id] = stream

    def resume(self, last_event: str, request: str) -> tuple[Stream, int] | None:
        """The stream that told the event, and how many it had told then; None if it is not known.

        Only for the same request: who learns an id alone learns nothing by it.
        """
        self._forget()
        stream = self._streams.get(last_event.rpartition(".")[0])
        if stream is None or stream.abandoned or stream.request != request:
            return None
        heard = stream.heard(last_event)
        return (stream, heard) if heard else None

    def fail(self, error: BaseException) -> None:
        """End those that run with an error."""
        for stream in self._running():
            stream.fail(error)

    def running(self) -> int:
        """How many answers are being told; may be asked in any thread."""
        return len(self._running())

    def _running(self) -> list[Stream]:
        return [stream for stream in tuple(self._streams.values()) if stream.ended is None]

    def _forget(self) -> None:
        ended = [stream for stream in self._streams.values() if stream.ended is not None]
        over = max(0, len(ended) - self._kept)
        for place, stream in enumerate(ended):
            if place < over or monotonic() - (stream.ended or 0) > self._seconds:
                del self._streams[stream.id]
