"""`sanad serve`: the chat page and the HTTP interface."""

import errno
import logging
import socket
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.commands.output import IndexOption
from api.workers import LOG_FORMAT, serve_workers
from assistant.assistant import open_assistant
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
    logging.basicConfig(format=LOG_FORMAT)
    settings = load_settings(index=index)
    check_model(settings)
    address = f"Sanad answers on http://{host}:{listener.getsockname()[1]}"
    with listener:
        if workers == 1:
            _serve_alone(listener, settings, address)
            return
        told = f"{address}\n{workers} workers, generation {current(settings.index)}"
        if not serve_workers(listener, settings, workers, lambda: typer.echo(told)):
            raise typer.Exit(1)


def _serve_alone(listener: socket.socket, settings: Settings, address: str) -> None:
    with open_assistant(settings) as sanad:
        generation, composer = sanad.generation, sanad.composer
        typer.echo(
            f"{address}\ngeneration {generation.name}, {generation.manifest.documents} documents, "
            f"composer {composer.model or composer.name}"
        )
        config = uvicorn.Config(create_app(sanad, settings), log_level="warning", lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])


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
