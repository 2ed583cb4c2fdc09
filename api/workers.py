"""Workers: several processes that answer at one address, each with an assistant of its own.

Every worker maps the same files of the index and of the model, which the machine holds once. The
language model is opened once, by the parent, and reached by all of them.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from socket import socket

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from api import logs
from api.metrics import shared_by_workers
from api.service import configured, open_service
from assistant.composers import open_endpoint
from assistant.settings import Settings
from ingest.errors import SanadError

_SLOWEST = 300
"""Seconds in which a worker is ready, on a machine that has much else to do."""

logger = logging.getLogger(__name__)


def serve_workers(
    listener: socket, settings: Settings, count: int, announce: Callable[[], None]
) -> bool:
    """Serve until interrupted; a worker that dies is replaced. `announce` when the first is ready.

    False when one could not start: it has said why, and the others would not either.
    """
    with shared_by_workers(), _shared_model(settings) as shared:
        config = configured(partial(worker, shared), settings, workers=count)
        supervisor = _Supervisor(config, [listener], announce)
        supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def worker(settings: Settings) -> FastAPI:
    """The application of one worker, open until uvicorn ends serving it.

    Ends the process, saying why, when it cannot be opened.
    """
    logs.install(settings)
    try:
        return open_service(settings)
    except SanadError as error:
        logger.critical("%s", error)
        sys.exit(STARTUP_FAILURE)


class _Supervisor(Multiprocess):
    """Starts the workers, tells when the first of them answers, and closes the address first."""

    def __init__(
        self, config: uvicorn.Config, sockets: list[socket], announce: Callable[[], None]
    ) -> None:
        super().__init__(config, sockets)
        self._announce = announce

    def init_processes(self) -> None:
        super().init_processes()
        if self.processes[0].wait_until_ready(_SLOWEST):
            self._announce()

    def terminate_all(self) -> None:
        """Nobody is to wait for an address at which nothing is taken any more."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


@contextmanager
def _shared_model(settings: Settings) -> Iterator[Settings]:
    """The settings of a worker: the language model that these choose is an endpoint to it."""
    with open_endpoint(settings) as endpoint:
        shared: dict[str, object] = {"llm": "none"}
        if endpoint:
            shared = {
                "llm": "endpoint",
                "llm_base_url": endpoint.base_url(),
                "llm_model": endpoint.model,
                "llm_api_key": SecretStr(endpoint.api_key),
            }
        yield settings.model_copy(update=shared)
