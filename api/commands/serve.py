"""`sanad serve`: the chat page and the HTTP interface."""

import errno
import os
import signal
import socket
import sys
from typing import Annotated

import typer

from api import logs
from api.commands.options import IndexOption
from api.service import configured, open_service
from assistant.modelcheck import check_model
from assistant.settings import Settings, load_settings
from index.generation import current
from ingest.errors import PortInUseError


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    index: IndexOption = None,
) -> None:
    """Serve until interrupted; prints the address."""
    listener = _listen(host, port)
    settings = load_settings(index=index)
    logs.install(settings)
    check_model(settings)
    address = f"Sanad answers on http://{host}:{listener.getsockname()[1]}"
    with listener:
        if workers == 1:
            _serve_alone(listener, settings, address)
            return
        from api.workers import serve_workers  # noqa: PLC0415

        told = f"{address}\n{workers} workers, generation {current(settings.index)}"
        if not serve_workers(listener, settings, workers, lambda: typer.echo(told)):
            raise typer.Exit(1)


def _serve_alone(listener: socket.socket, settings: Settings, address: str) -> None:
    app = open_service(settings)
    import uvicorn  # noqa: PLC0415  (imported by then, while the models were read)

    sanad = app.state.serving.current
    typer.echo(
        f"{address}\ngeneration {sanad.generation.name}, {sanad.generation.manifest.documents} "
        f"documents, composer {sanad.composer.model or sanad.composer.name}"
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        uvicorn.Server(configured(app, settings)).run(sockets=[listener])
    except SystemExit:
        if app.state.admission.busy:
            os._exit(0)  # All is closed; only an answer that nobody waits for is still worked on.
        raise


def _listen(host: str, port: int) -> socket.socket:
    """Take the address before the models are loaded, so that a conflict is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"Port {port} on {host} is taken by another program; stop that one, or choose "
                "another with --port (0 takes a free one)."
            ) from error
        raise PortInUseError(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
    return listener
