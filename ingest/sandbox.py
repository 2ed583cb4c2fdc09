"""Sandbox: foreign files are extracted in a child process that may be lost without harm.

One worker serves file after file, for starting it costs more than most files. It is replaced after
a number of files, and whenever it dies, hangs or says too much: then one file is refused with the
reason, and the next one meets a fresh worker.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import ExtractError, QuarantinedError, SandboxError
from ingest.extracted import Extracted
from ingest.fold import strip_controls
from ingest.formats.limits import Limits
from ingest.load import RawFile
from ingest.worker import LENGTH, Guard, Hello, Outcome

_MessageT = TypeVar("_MessageT", bound=BaseModel)


class SandboxLimits(BaseModel):
    """What one file may cost. `seconds` is time by the clock, `cpu` of processor, in seconds.

    `memory` is address space and `answer` the extracted text with its metadata, in bytes. After
    `files` files a worker is replaced, and with it whatever its parsers have leaked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: float = Field(default=60, gt=0)
    cpu: int = Field(default=40, ge=1)
    memory: int = Field(default=2_000_000_000, ge=1)
    answer: int = Field(default=100_000_000, ge=1)
    files: int = Field(default=500, ge=1)


WORKER = ("-m", "ingest.worker")
_START_SECONDS = 60.0
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Sandbox:
    """Extracts files; close it, or use it in a `with` block, so that no worker stays behind.

    `worker` is what the Python of the child runs; only tests give another one. `bounds` is how much
    one file may hold.
    """

    def __init__(
        self,
        limits: SandboxLimits | None = None,
        worker: Sequence[str] = WORKER,
        *,
        bounds: Limits | None = None,
    ) -> None:
        self._limits = limits or SandboxLimits()
        self._bounds = bounds or Limits()
        self._command = worker
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker, and whatever it may have started."""
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    @property
    def network_guard(self) -> Guard:
        """What keeps the worker from the network; starts one if there is none."""
        return self._ready().network

    def extract(self, raw: RawFile) -> tuple[Extracted, ...]:
        """The documents of a file, as `ingest.extract.extract` gives them.

        Raises `ExtractError` when the file is refused or costs more than the limits, and
        `SandboxError` when no worker can be started at all.
        """
        worker = self._ready()
        outcome = worker.extract(raw)
        if outcome.broken is not None or worker.served >= self._limits.files:
            self.close()
        if outcome.refused is not None:
            kind = QuarantinedError if outcome.is_quarantined else ExtractError
            raise kind(strip_controls(outcome.refused))
        if outcome.broken is not None:
            raise ExtractError(f"{raw.id} {strip_controls(outcome.broken)}; it is left out")
        return outcome.documents

    def _ready(self) -> "_Worker":
        if self._worker is None:
            self._worker = _Worker(self._command, self._limits, self._bounds)
        return self._worker


class _Worker:
    """One child process, from its greeting to its end."""

    def __init__(self, command: Sequence[str], limits: SandboxLimits, bounds: Limits) -> None:
        self._limits = limits
        self.served = 0
        allowed = [str(limits.memory), str(limits.cpu), bounds.model_dump_json()]
        self._process = subprocess.Popen(  # noqa: S603 our own module, in our own Python
            [sys.executable, "-I", "-B", *command, *allowed],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd=os.sep,
            start_new_session=True,
        )
        self._requests, self._answers = _pipes(self._process)
        os.set_blocking(self._requests.fileno(), False)
        greeting = self._exchange([], Hello, _START_SECONDS)
        if isinstance(greeting, str):
            self.kill()
            raise SandboxError(
                f"the process that reads foreign files {greeting} before it was ready; run "
                f"`{sys.executable} -m ingest.worker {limits.memory} {limits.cpu} {{}}` to see why"
            )
        self.network = greeting.network

    def extract(self, raw: RawFile) -> Outcome:
        """What became of a file; a worker that broke is of no further use."""
        self.served += 1
        name = raw.id.encode("utf-8", "backslashreplace")
        answer = self._exchange([name, raw.data], Outcome, self._limits.seconds)
        return Outcome(broken=answer) if isinstance(answer, str) else answer

    def kill(self) -> None:
        """End the process and its children at once, and collect it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._requests.close()
        self._answers.close()
        self._process.wait()

    def _exchange(
        self, messages: Sequence[bytes], model: type[_MessageT], seconds: float
    ) -> _MessageT | str:
        """The answer to some messages, or what went wrong with the worker."""
        deadline = time.monotonic() + seconds
        try:
            for message in messages:
                self._write(LENGTH.pack(len(message)) + message, deadline)
            (length,) = LENGTH.unpack(self._read(LENGTH.size, deadline))
            if length > self._limits.answer:
                return f"holds more than the {self._limits.answer} bytes of text allowed"
            return model.model_validate_json(self._read(length, deadline))
        except TimeoutError:
            return f"took more than {seconds:g} seconds"
        except (BrokenPipeError, EOFError):
            return self._death()
        except ValidationError:
            return "made its reader answer nonsense"

    def _write(self, message: bytes, deadline: float) -> None:
        left = memoryview(message)
        while left:
            _wait(self._requests, select.POLLOUT, deadline)
            left = left[os.write(self._requests.fileno(), left[:_PIECE]) :]

    def _read(self, length: int, deadline: float) -> bytes:
        message = bytearray()
        while len(message) < length:
            _wait(self._answers, select.POLLIN, deadline)
            piece = os.read(self._answers.fileno(), min(length - len(message), _PIECE))
            if not piece:
                raise EOFError
            message += piece
        return bytes(message)

    def _death(self) -> str:
        """How the process ended, or that it hung up and went on."""
        try:
            code = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            return "made its reader hang up"
        if code == -signal.SIGXCPU:
            return f"took more than {self._limits.cpu} seconds of processor time"
        if code < 0:
            return f"crashed its reader ({signal.Signals(-code).name})"
        return f"ended its reader (exit code {code})"


_PIECE = 1 << 16
_END_SECONDS = 2.0


def _wait(pipe: IO[bytes], event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
        raise TimeoutError


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise SandboxError("the process that reads foreign files has no pipes")
    return process.stdin, process.stdout
