"""A local GGUF model: llama.cpp's OpenAI-compatible server on loopback, in a process of its own."""

import secrets
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from urllib.parse import urlsplit

from pydantic import ValidationError

from assistant.llamaworker import Hello, Job
from ingest.errors import LanguageModelError

WORKER = ("-m", "assistant.llamaworker")
SLOTS = 2
"""Answers written at a time; a third one waits. More would make all late on a small machine."""

_START_SECONDS = 300.0
_END_SECONDS = 5.0
_LOOK_SECONDS = 0.1
REST_SECONDS = 10.0
"""Between two starts that nobody waits for: a model that dies at once is not to take a core."""


class LocalServer:
    """Starts the server at first use, behind a random key, and again when it has died.

    `locate` gives the checked file and is called whenever the server starts; `context` is in
    tokens. The server ends with this process, however that ends, or with `close`.
    """

    def __init__(self, locate: Callable[[], Path], *, threads: int, context: int) -> None:
        self._locate = locate
        self._threads = threads
        self._context = context
        self._lock = Lock()
        self._polling = Lock()
        self._leaving = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""
        self._begun = 0.0
        self.api_key = secrets.token_urlsafe(24)

    @property
    def base_url(self) -> str:
        """Address of the OpenAI-compatible API; starts the server if it is not running.

        Raises LanguageModelError when it cannot be started, and what `locate` raises.
        """
        with self._lock:
            if self.pid is None:
                self._end()
                self._start()
            return f"{self._address}/v1"

    @property
    def pid(self) -> int | None:
        """The process that runs the model, None while there is none.

        Threads ask in turn: `poll` calls a dead process alive while another thread polls it.
        """
        process = self._process
        with self._polling:
            return process.pid if process and process.poll() is None else None

    def keep(self) -> None:
        """Start a server that has died again, at the address that it had, and do not wait for it.

        For whoever gave that address to others, who cannot start it. Nothing is done before the
        first start, nor within REST_SECONDS of the last one. Raises what `locate` raises.
        """
        with self._lock:
            rested = monotonic() - self._begun >= REST_SECONDS
            if self._address and rested and self.pid is None:
                self._end()
                self._begin(self._locate(), urlsplit(self._address).port or 0)

    def close(self) -> None:
        """Stop the server and free the model; one that is still starting is not waited for."""
        self._leaving.set()
        with self._lock:
            self._end()
            self._leaving.clear()

    def _start(self) -> None:
        gguf = self._locate()
        hello = _hear(self._begin(gguf), self._leaving)
        if hello.problem:
            self._end()
            raise LanguageModelError(
                f"llama.cpp could not serve {gguf}: {hello.problem}. Run `sanad models verify`, or "
                "set SANAD_LLM=none to answer without a language model."
            )
        self._address = hello.address

    def _begin(self, gguf: Path, port: int = 0) -> subprocess.Popen[bytes]:
        """A child that has been told its job."""
        job = Job(
            gguf=str(gguf.resolve()),
            api_key=self.api_key,
            threads=self._threads,
            context=self._context,
            slots=SLOTS,
            port=port,
        )
        self._begun = monotonic()
        self._process = subprocess.Popen(  # noqa: S603 our own module, in our own Python
            [sys.executable, "-I", *WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):  # it is dead, which whoever hears it will find
                self._process.stdin.write(job.model_dump_json().encode() + b"\n")
                self._process.stdin.flush()
        return self._process

    def _end(self) -> None:
        """Close the child's input, at which it ends; one that does not is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _hear(process: subprocess.Popen[bytes], leaving: Event) -> Hello:
    """Whether the child serves, as soon as it says so; one that is to leave is killed."""
    if process.stdout is None:
        raise LanguageModelError("the process of the language model has no pipes")
    deadline = monotonic() + _START_SECONDS
    while not select.select([process.stdout], [], [], _LOOK_SECONDS)[0]:
        if leaving.is_set():
            process.kill()
            return Hello(problem="it was stopped while it started")
        if monotonic() > deadline:
            return Hello(problem=f"it was not ready after {_START_SECONDS:.0f} s")
    try:
        return Hello.model_validate_json(process.stdout.readline())
    except ValidationError:
        return Hello(problem=_death(process))


def _death(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        return "its process said nothing"
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"
