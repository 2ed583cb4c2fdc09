"""The web application: routes, errors, headers and the chat page around one assistant."""

from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from api import problems
from api.admission import Admission
from api.headers import Envelope
from api.routes import ask, documents, health
from assistant.answercache import AnswerCache
from assistant.assistant import Assistant
from assistant.settings import Settings, load_settings

_PAGES = Path(__file__).parent / "pages"


def create_app(assistant: Assistant, settings: Settings | None = None) -> FastAPI:
    """The application that serves `assistant`; opening and closing it is the caller's.

    Of the settings, those of the load that it bears count, see `Settings`.
    """
    settings = settings or load_settings()
    app = FastAPI(
        title="Sanad",
        version=version("sanad"),
        docs_url=None,
        redoc_url=None,
    )
    app.state.assistant = assistant
    app.state.answers = AnswerCache(assistant, settings.answer_cache)
    app.state.admission = Admission.of(settings)
    app.add_middleware(Envelope)
    problems.install(app)
    for room in (ask, documents, health):
        app.include_router(room.router)
    app.mount("/pages", StaticFiles(directory=_PAGES), name="pages")

    @app.get("/", include_in_schema=False)
    def chat() -> FileResponse:
        return FileResponse(_PAGES / "index.html")

    return app
