"""The web application: routes, errors, headers and the chat page around what answers."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import Response
from starlette.routing import BaseRoute

from api import instruments, problems
from api.access.door import Door
from api.access.limits import Limits, limited
from api.admission import Admission
from api.asking import Asking
from api.clusters import Clusters
from api.edition import Edition, EditionFiles
from api.generations import Serving
from api.headers import Envelope
from api.openapi import Application, named
from api.parameters import only_known
from api.pulse import Pulse
from api.routes import (
    ask,
    audit,
    catalogue,
    completions,
    conversations,
    desk,
    directory,
    documents,
    evals,
    evaluation,
    feedback,
    gaps,
    handoffs,
    health,
    metrics,
    procedures,
    proposals,
    shares,
    signin,
    styleguide,
    suggestions,
)
from assistant.assistant import Assistant
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from api.memory.database import Database
    from api.memory.recorder import Recorder

_PAGES = Path(__file__).parent / "pages"
_ROOMS = (
    *(ask, completions, documents, catalogue, procedures, directory),
    *(feedback, handoffs, proposals, conversations, gaps, audit),
    *(evals, evaluation),
    *(shares, suggestions),
    *(signin, desk, styleguide),
)
_WATCHED = (health, metrics)


def routed() -> Application:
    """The application with its routes and nothing behind them, as much as its description takes."""
    return Application(_routes())


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of the rooms, which hold nothing of an application.

    FastAPI prepares them when they are first asked for, which takes as long as many answers; those
    applications of a process that come later find them prepared.
    """
    router = APIRouter(generate_unique_id_function=named)
    for room in _ROOMS:
        router.include_router(room.router, dependencies=[Depends(only_known), Depends(limited)])
    for room in _WATCHED:
        router.include_router(room.router, dependencies=[Depends(only_known)])
    return tuple(router.routes)


def create_app(
    assistant: Assistant | Serving,
    settings: Settings | None = None,
    *,
    database: "Database | None" = None,
    recorder: "Recorder | None" = None,
) -> FastAPI:
    """The application that serves `assistant`; opening and closing it is the caller's, and so it is
    with the database of records and with what records the answers.

    Of the settings, those of the load that it bears count, see `Settings`. Without a database
    nothing is recorded, and what needs records says so.
    """
    settings = settings or load_settings()
    if isinstance(assistant, Assistant):
        assistant = Serving(assistant, remembered=settings.answer_cache)
    app = routed()
    app.state.settings = settings
    app.state.serving = assistant
    app.state.admission = Admission.of(settings)
    app.state.database = database
    app.state.clusters = Clusters()
    app.state.pulse = Pulse(database)
    app.state.recorder = recorder
    app.state.door = Door(settings)
    app.state.limits = Limits.of(settings)
    app.state.asking = Asking(
        assistant,
        app.state.admission,
        recorder,
        patience=settings.resume_wait,
        heartbeat=settings.heartbeat,
    )
    app.add_middleware(Envelope)
    instruments.fit(app, settings)
    problems.install(app)
    edition = app.state.edition = Edition(_PAGES)
    app.mount("/pages", GZipMiddleware(EditionFiles(edition)), name="pages")

    @app.get("/", include_in_schema=False)
    def chat(request: Request) -> Response:
        return edition.response("index.html", request)

    return app
