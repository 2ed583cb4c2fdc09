"""A local GGUF model, served in this process on loopback by llama.cpp."""

import secrets
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import xllamacpp

from ingest.errors import LanguageModelError


class LocalServer:
    """Starts llama.cpp's OpenAI-compatible server at first use, behind a random key.

    `locate` gives the checked file and is called when the server starts; `context` is in tokens.
    The server ends with the process or with `close`.
    """

    def __init__(self, locate: Callable[[], Path], *, threads: int, context: int) -> None:
        self._locate = locate
        self._threads = threads
        self._context = context
        self._lock = Lock()
        self._server: xllamacpp.Server | None = None
        self.api_key = secrets.token_urlsafe(24)

    @property
    def base_url(self) -> str:
        """Address of the OpenAI-compatible API; starts the server if it is not running."""
        with self._lock:
            if self._server is None:
                self._server = self._start()
            return f"{self._server.listening_address}/v1"

    def close(self) -> None:
        """Stop the server and free the model."""
        with self._lock:
            self._server = None

    def _start(self) -> xllamacpp.Server:
        gguf = self._locate()
        params = xllamacpp.CommonParams()
        params.model.path = str(gguf)
        params.api_keys = [self.api_key]
        params.port = 0
        params.n_ctx = self._context
        params.n_parallel = 1
        params.cpuparams.n_threads = self._threads
        params.cpuparams_batch.n_threads = self._threads
        params.cache_prompt = True
        params.ui = False
        params.verbosity = 0
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise LanguageModelError(
                f"llama.cpp could not serve {gguf}: {error}. Run `sanad models verify`, or "
                "set SANAD_LLM=none to answer without a language model."
            ) from error
