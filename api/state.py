"""What the routes need from the application: who answers, a slot to work in, the records.

All of it is at hand: asynchronous functions, for FastAPI would send others through its threads.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from fastapi import Request

from api.admission import Admission
from api.asking import Asking
from api.clusters import Clusters
from api.generations import Serving
from api.pulse import Pulse
from assistant.assistant import Assistant
from ingest.errors import DatabaseDownError

if TYPE_CHECKING:
    from api.memory.database import Database


async def serving(request: Request) -> Serving:
    """The assistants of this application: the current one, and those that still answer."""
    found: Serving = request.app.state.serving
    return found


async def assistant(request: Request) -> AsyncIterator[Assistant]:
    """The current assistant, the same one and open until the request has been answered."""
    current: Serving = request.app.state.serving
    with current.lease() as leased:
        yield leased


async def asking(request: Request) -> Asking:
    """The way from a question to its answer."""
    found: Asking = request.app.state.asking
    return found


async def clusters(request: Request) -> Clusters:
    """What puts questions together by their meaning."""
    found: Clusters = request.app.state.clusters
    return found


async def admission(request: Request) -> Admission:
    """The way to a thread in which an answer is worked on."""
    bounds: Admission = request.app.state.admission
    return bounds


async def pulse(request: Request) -> Pulse:
    """How the database of records does."""
    found: Pulse = request.app.state.pulse
    return found


async def database(request: Request) -> "Database":
    """The database of records; raises DatabaseDownError when this application has none."""
    opened: Database | None = request.app.state.database
    if opened is None:
        raise DatabaseDownError(
            "This Sanad keeps no records: it was started without a database. Set "
            "SANAD_DATABASE_URL, and start it with `sanad serve`."
        )
    return opened
