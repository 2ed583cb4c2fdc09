"""The pulse of the database: whether it answers, for whoever asks often and may not wait."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Literal

from ingest.errors import DatabaseOutdatedError, SanadError

if TYPE_CHECKING:
    from api.memory.database import Database

Beat = Literal["up", "down", "outdated", "none"]

_FRESH = 2.0
"""Seconds for which an answer holds: asking more often than that asks the database nothing."""

_PATIENCE = 1.0
"""Seconds after which a database that says nothing counts as down."""


class Pulse:
    """Asks the database in a thread of its own, one question at a time."""

    def __init__(self, database: "Database | None") -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pulse")
        self._asked = 0.0
        self._look: Future[Beat] | None = None

    async def beat(self) -> Beat:
        """How the database does; `none` without one."""
        if self._database is None:
            return "none"
        look = self._look
        if look is None or (look.done() and monotonic() - self._asked > _FRESH):
            look = self._look = self._thread.submit(_look, self._database)
            self._asked = monotonic()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.shield(asyncio.wrap_future(look))
        return "down"


def _look(database: "Database") -> Beat:
    try:
        database.check()
    except DatabaseOutdatedError:
        return "outdated"
    except SanadError:
        return "down"
    return "up"
