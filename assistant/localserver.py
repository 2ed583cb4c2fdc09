"""A local GGUF model: llama.cpp's OpenAI-compatible server on loopback, in a process of its own."""

import secrets
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from assistant.llamaworker import Hello, Job
from ingest.errors import LanguageModelError

WORKER = ("-m", "assistant.llamaworker")
SLOTS = 2
"""Answers written at a time; a third one waits. More would make all late on a small machine."""

_START_SECONDS = 300.0
_END_SECONDS = 5.0


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
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""
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

    def close(self) -> None:
        """Stop the server and free the model."""
        with self._lock:
            self._end()

    def _start(self) -> None:
        gguf = self._locate()
        job = Job(
            gguf=str(gguf.resolve()),
            api_key=self.api_key,
            threads=self._threads,
            context=self._context,
            slots=SLOTS,
        )
        self._process = subprocess.Popen(  # noqa: S603 our own module, in our own Python
            [sys.executable, "-I", *WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        hello = _greet(self._process, job)
        if hello.problem:
            self._end()
            raise LanguageModelError(
                f"llama.cpp could not serve {gguf}: {hello.problem}. Run `sanad models verify`, or "
                "set SANAD_LLM=none to answer without a language model."
            )
        self._address = hello.address

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


def _greet(process: subprocess.Popen[bytes], job: Job) -> Hello:
    """Tell the child its job and hear whether it serves."""
    if process.stdin is None or process.stdout is None:
        raise LanguageModelError("the process of the language model has no pipes")
    try:
        process.stdin.write(job.model_dump_json().encode() + b"\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
        if not ready:
            return Hello(problem=f"it was not ready after {_START_SECONDS:.0f} s")
        return Hello.model_validate_json(process.stdout.readline())
    except (BrokenPipeError, ValidationError):
        return Hello(problem=_death(process))


def _death(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        return "its process said nothing"
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"
