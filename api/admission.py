"""Admission: how many questions are worked on at a time, and who is told to come back later."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from math import ceil
from typing import Any, TypeVar

from assistant.settings import Settings
from ingest.errors import OverloadedError

_T = TypeVar("_T")


class Admission:
    """Runs work in `slots` threads of its own; what finds none waits, but neither many nor long.

    At most `queue` wait, each `patience` seconds; who is too many, or has waited so long, is sent
    away with OverloadedError before any work was done for it. Without a bound every answer would
    come late instead, most of them to people who have left. A slot is taken until the work in the
    thread has ended, whoever still listens: a thread cannot be stopped from outside. It may outlive
    the loop that it was started from.

    How much one caller may ask for is another question, to be settled before this one is asked.
    """

    def __init__(self, *, slots: int, queue: int, patience: float) -> None:
        self._free = asyncio.Semaphore(slots)
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="answer")
        self._queue = queue
        self._patience = patience
        self._waiting = 0
        self._running: set[Future[Any]] = set()

    @classmethod
    def of(cls, settings: Settings) -> "Admission":
        """The bounds that the settings name."""
        return cls(slots=settings.slots, queue=settings.queue, patience=settings.queue_wait)

    @property
    def busy(self) -> bool:
        """Whether something is worked on, for somebody who listens or for nobody any more."""
        return bool(self._running)

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return self._waiting

    async def run(self, work: Callable[[], _T]) -> _T:
        """What the work returns or raises; raises OverloadedError."""
        return await (await self.start(work))

    async def start(self, work: Callable[[], _T]) -> "asyncio.Future[_T]":
        """Begin the work; raises OverloadedError when that is not possible in time."""
        await self._slot()
        loop = asyncio.get_running_loop()
        job = self._threads.submit(copy_context().run, work)
        self._running.add(job)

        def ended(done: "Future[_T]") -> None:
            self._running.discard(done)
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._free.release)

        job.add_done_callback(ended)
        return asyncio.wrap_future(job)

    async def _slot(self) -> None:
        if self._free.locked() and self._waiting >= self._queue:
            raise self._overloaded()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise self._overloaded() from None
        finally:
            self._waiting -= 1

    def _overloaded(self) -> OverloadedError:
        wait = max(1, ceil(self._patience))
        return OverloadedError(
            f"More is being asked than can be answered at the moment; ask again in {wait} s.", wait
        )
