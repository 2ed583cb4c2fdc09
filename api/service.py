"""The service: all that a process which serves has open, in what order, and how it ends."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from importlib import import_module
from threading import Thread, current_thread, main_thread
from types import FrameType
from typing import TYPE_CHECKING

from assistant.assistant import open_models
from assistant.settings import Settings
from ingest.errors import SanadError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

    from api.memory.database import Database
    from index.embedding import Embedder

_LOG = logging.getLogger("sanad")

_LEAVE = 2.0
"""Seconds in which the last events reach their listeners, once everything has been answered."""

_SILENT = 60
"""Seconds after which a worker that gives no sign of life is replaced: one may be busy for long."""

_FLUSH = 5.0
"""Seconds in which the last records are to be written."""


def open_service(settings: Settings, embedder: "Embedder | None" = None) -> "FastAPI":
    """The application over the index, the models and the database that the settings name; with an
    embedder that is open already, with that one.

    All of it is closed by the loop that serves the application when that ends, see `configured`.
    The database need not be there: it is reached behind the first answers. What answers HTTP is
    imported while the models are read. Raises what `open_models` and `follow` raise, and
    SettingsError.
    """
    with ExitStack() as opening, ThreadPoolExecutor(1) as beside:
        imports = beside.submit(preload)
        models = opening.enter_context(open_models(settings, embedder=embedder))
        imports.result()
        from api import instruments  # noqa: PLC0415
        from api.app import create_app  # noqa: PLC0415
        from api.generations import follow  # noqa: PLC0415
        from api.memory.database import open_database  # noqa: PLC0415
        from api.memory.recorder import Recorder  # noqa: PLC0415
        from api.memory.retention import Keep, Retention  # noqa: PLC0415
        from api.reask import Reasking  # noqa: PLC0415

        serving = opening.enter_context(follow(models, settings))
        database = open_database(settings)
        opening.callback(database.close)
        recorder = Recorder(database)
        opening.callback(recorder.close, _FLUSH)
        retention = Retention(database, Keep.of(settings))
        opening.callback(retention.close)
        reasking = Reasking(database, serving)
        opening.callback(reasking.close)
        app = create_app(serving, settings, database=database, recorder=recorder)
        opening.callback(instruments.close, app)
        app.router.lifespan_context = _lifespan(settings, opening.pop_all().close)
    retention.start()
    reasking.start()
    Thread(target=_reach, args=(database,), name="database", daemon=True).start()
    return app


def preload() -> None:
    """Import what answers HTTP."""
    for name in ("api.app", "api.memory.recorder", "uvicorn"):
        import_module(name)


def configured(
    app: "FastAPI | Callable[[], FastAPI]", settings: Settings, *, workers: int = 1
) -> "uvicorn.Config":
    """How uvicorn is to serve the application, or what makes it.

    Told to stop, it takes no more connections, waits for the answers that are being made, within
    bounds, and lets the application close what it has open. Forwarded headers are `api.proxies`'s.
    Named are the protocols too: uvicorn would take httptools where somebody installed it, and that
    takes headers without end.
    """
    import uvicorn  # noqa: PLC0415

    return uvicorn.Config(
        app,
        factory=workers > 1,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        http="h11",
        ws="none",
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=round(settings.shutdown_wait + _LEAVE),
        timeout_worker_healthcheck=_SILENT,
        workers=workers,
    )


def _lifespan(
    settings: Settings, close: Callable[[], None]
) -> Callable[["FastAPI"], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: "FastAPI") -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(app.state.asking.stop, settings.shutdown_wait)

        for number in (signal.SIGINT, signal.SIGTERM):
            _first(number, stop)
        yield
        await asyncio.to_thread(close)

    return lifespan


def _first(number: signal.Signals, then: Callable[[], None]) -> None:
    """When a signal comes, do something before what is done about it already.

    Only the main thread hears signals; a loop in another one is stopped by whoever started it.
    """
    if current_thread() is not main_thread():
        return
    before = signal.getsignal(number)

    def handle(received: int, frame: FrameType | None) -> None:
        then()
        if callable(before):
            before(received, frame)

    signal.signal(number, handle)


def _reach(database: "Database") -> None:
    """Connect, and make the tables of a new database, before anybody has to wait for it."""
    try:
        database.check()
    except SanadError as error:
        _LOG.warning("%s", error.for_operator)
