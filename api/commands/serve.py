"""`sanad serve`: the chat page and the HTTP interface."""

import errno
import logging
import socket
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.commands.output import console
from assistant.assistant import open_assistant
from assistant.settings import load_settings
from ingest.errors import PortInUseError


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
) -> None:
    """Serve until interrupted; prints the address."""
    listener = _listen(host, port)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    settings = load_settings()
    with listener, open_assistant(settings) as sanad:
        out = console()
        address = f"http://{host}:{listener.getsockname()[1]}"
        out.print(f"Sanad answers on {address}", markup=False)
        out.print(
            f"generation {sanad.generation.name}, {sanad.generation.manifest.documents} documents, "
            f"composer {sanad.composer.model or sanad.composer.name}",
            markup=False,
        )
        config = uvicorn.Config(create_app(sanad), log_level="warning", lifespan="off")
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
