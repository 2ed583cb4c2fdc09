"""Workers: several processes that answer at one address, each with an assistant of its own.

They are forked from a parent that has imported everything and opened the embedding model, so the
machine holds both once, as it does the files of the index, which all of them map. The language
model is opened once too, by the parent, which starts it again when it has died, and reached by all.
"""

import gc
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from socket import socket
from threading import Thread

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess, multiprocess

from api import logs
from api.service import configured, open_service, preload
from api.tally import shared_by_workers
from assistant.assistant import configured_model, open_configured_embedder
from assistant.composers import Endpoint, open_endpoint
from assistant.settings import Settings
from index.embedding import Embedder
from index.encoder import is_optimised
from ingest.errors import SanadError

_SLOWEST = 300
"""Seconds in which a worker is ready, on a machine that has much else to do."""

logger = logging.getLogger(__name__)


def serve_workers(
    listener: socket, settings: Settings, count: int, announce: Callable[[], None]
) -> bool:
    """Serve until interrupted; a worker that dies is replaced. `announce` when the first is ready.

    False when one could not start: it has said why, and the others would not either. Raises
    ModelMissingError.
    """
    embedder = _inherited(settings)
    with shared_by_workers(), open_endpoint(settings) as endpoint:
        shared = _shared(settings, endpoint)
        preload()
        config = configured(partial(worker, shared, embedder), settings, workers=count)
        supervisor = _Supervisor(config, [listener], announce, _keeping(endpoint))
        supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def worker(settings: Settings, embedder: Embedder | None = None) -> FastAPI:
    """The application of one worker, open until uvicorn ends serving it.

    Ends the process, saying why, when it cannot be opened.
    """
    logs.install(settings)
    try:
        return open_service(settings, embedder)
    except SanadError as error:
        logger.critical("%s", error)
        sys.exit(STARTUP_FAILURE)


def _inherited(settings: Settings) -> Embedder | None:
    """The embedding model for all workers, with one thread each: others would not survive the fork.

    None where frameworks with threads of their own run it; each worker opens that for itself.
    """
    if not is_optimised(configured_model(settings)):
        return None
    return open_configured_embedder(settings.model_copy(update={"embedding_threads": 1}))


class _Forked(multiprocess.Process):
    """A worker that begins as a copy of the parent; uvicorn's own begin from nothing."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        gc.collect()
        gc.freeze()
        self.process = get_context("fork").Process(target=self._begin, args=(sockets,))  # type: ignore[assignment]

    def _begin(self, sockets: Sequence[socket]) -> None:
        """Leave the parent's signal handlers behind, then serve."""
        for number in multiprocess.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        Thread(target=_end_with_parent, daemon=True).start()
        self.target(list(sockets))


def _end_with_parent() -> None:
    """End, in good order, when the parent was killed: it could not tell, and nobody watches now.

    A worker inherits what tells its elder siblings of the parent, so the youngest goes first.
    """
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        signal.raise_signal(signal.SIGTERM)


class _Supervisor(Multiprocess):
    """Starts the workers, tells when the first of them answers, and closes the address first."""

    def __init__(
        self,
        config: uvicorn.Config,
        sockets: list[socket],
        announce: Callable[[], None],
        keep: Callable[[], None],
    ) -> None:
        super().__init__(config, sockets)
        multiprocess.Process = _Forked  # type: ignore[misc]  # there is no setting for it
        self._announce = announce
        self._keep = keep

    def init_processes(self) -> None:
        super().init_processes()
        if self.processes[0].wait_until_ready(_SLOWEST):
            self._announce()

    def keep_subprocess_alive(self) -> None:
        """Twice a second: replace workers that have died, and see to the language model."""
        super().keep_subprocess_alive()
        if not self.should_exit.is_set():
            self._keep()

    def terminate_all(self) -> None:
        """Nobody is to wait for an address at which nothing is taken any more."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


def _shared(settings: Settings, endpoint: Endpoint | None) -> Settings:
    """The settings of a worker: the language model that these choose is an endpoint to it.

    A local one is started here. Raises LanguageModelError.
    """
    shared: dict[str, object] = {"llm": "none"}
    if endpoint:
        shared = {
            "llm": "endpoint",
            "llm_base_url": endpoint.base_url(),
            "llm_model": endpoint.model,
            "llm_api_key": SecretStr(endpoint.api_key),
        }
    return settings.model_copy(update=shared)


def _keeping(endpoint: Endpoint | None) -> Callable[[], None]:
    """What sees to the model; one that cannot be started now is told of, and tried again."""

    def keep() -> None:
        try:
            if endpoint:
                endpoint.keep()
        except SanadError as error:
            logger.warning("%s", error)

    return keep
