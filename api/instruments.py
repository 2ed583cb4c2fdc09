"""Instruments: what an application measures of itself, and who is told of each request."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fastapi import FastAPI

from api.admission import Admission
from api.asking import Asking
from api.generations import Serving
from api.logs import RequestLog
from api.metrics import Metrics
from api.proxies import Proxies
from api.watch import Observer, Watch
from assistant.settings import Settings
from ingest.errors import SanadError, SettingsError

if TYPE_CHECKING:
    from api.tracing import Tracing

_STANDARD = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def fit(app: FastAPI, settings: Settings) -> None:
    """Have every request of the application watched; to be called when all else is in place.

    Raises SettingsError when traces are wanted and cannot be sent.
    """
    app.state.metrics = metrics = Metrics()
    _levels(app, metrics)
    _states(app, metrics)
    observers: list[Observer] = [metrics, RequestLog(settings)]
    app.state.tracing = _tracing(settings)
    if app.state.tracing:
        observers.append(app.state.tracing)
    app.add_middleware(Watch, observers=observers)
    app.add_middleware(Proxies, settings=settings)


def close(app: FastAPI) -> None:
    """Send what has been measured and not sent."""
    if app.state.tracing:
        app.state.tracing.close()


def _tracing(settings: Settings) -> "Tracing | None":
    """What sends traces, if somebody wants them; OpenTelemetry is not even imported otherwise."""
    if not settings.otlp_endpoint and not any(map(os.environ.get, _STANDARD)):
        return None
    try:
        from api.tracing import Tracing  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"SANAD_OTLP_ENDPOINT asks for traces, and {error.name} is not installed: run "
            "pip install 'sanad[telemetry]'."
        ) from error
    return Tracing(settings.otlp_endpoint)


def _levels(app: FastAPI, metrics: Metrics) -> None:
    admission: Admission = app.state.admission
    asking: Asking = app.state.asking
    metrics.level("sanad_waiting", "Questions that wait for a slot.", lambda: admission.waiting)
    metrics.level("sanad_streams", "Answers that are being told.", asking.streams.running)
    if recorder := app.state.recorder:
        metrics.level("sanad_records_waiting", "Records not written yet.", lambda: recorder.waiting)
        metrics.total(
            "sanad_records_dropped", "Records given up unwritten.", lambda: recorder.dropped
        )


def _states(app: FastAPI, metrics: Metrics) -> None:
    serving: Serving = app.state.serving

    def generation() -> Mapping[str, str]:
        sanad = serving.current
        return {
            "generation": sanad.generation.name,
            "composer": sanad.composer.name,
            "model": sanad.composer.model or "",
        }

    def database() -> float | None:
        if app.state.database is None:
            return None
        try:
            app.state.database.check()
        except SanadError:
            return 0
        return 1

    metrics.state("sanad_generation_info", "The generation that answers.", generation)
    metrics.state(
        "sanad_model_up",
        "Whether the language model answered when it was last asked.",
        lambda: serving.current.model_answers,
    )
    metrics.state("sanad_database_up", "Whether the database of records answers.", database)
