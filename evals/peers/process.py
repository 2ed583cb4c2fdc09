"""One subject in a process of its own, driven line by line."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import IO, TypeVar

from pydantic import ValidationError

from evals.peers.install import PeerFailedError, last_words
from evals.peers.roster import CHECKOUT
from evals.record import Record
from ingest.schema import reason

_LOOP = "evals.peers.subjects.loop"
_THREADS = (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS",
    "SANAD_EMBEDDING_THREADS",
)  # fmt: skip
_ENVIRONMENT = {
    "PYTHONPATH": str(CHECKOUT),
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "SANAD_LLM": "none",
}
PATIENCE = 3_600.0
"""Seconds that one command may take: a subject that hangs must not hold up the others."""


class Cost(Record):
    """What a command took: seconds of the work, bytes held after it, and at most so far."""

    seconds: float
    resident: int
    peak: int


class Loaded(Cost):
    """The model is in memory; `versions` of what the subject is made of."""

    versions: dict[str, str]


class Ingested(Cost):
    """So many passages can be found."""

    passages: int


class Found(Cost):
    """The ids of the passages found, best first."""

    found: tuple[str, ...]


_Reply = TypeVar("_Reply", bound=Cost)


class PeerProcess:
    """A running subject; `patience` are the seconds that a command may take."""

    def __init__(self, process: subprocess.Popen[str], log: Path, patience: float) -> None:
        self._process = process
        self._log = log
        self.patience = patience

    @property
    def number(self) -> int:
        """That of the process."""
        return self._process.pid

    def ask(self, model: type[_Reply], command: Mapping[str, object]) -> _Reply:
        """Send a command and read the reply.

        Raises PeerFailedError when the subject ends instead, takes too long, or replies otherwise.
        """
        late = Timer(self.patience, self._process.kill)
        late.start()
        try:
            line = self._exchange(json.dumps(command))
        finally:
            late.cancel()
        if not line:
            raise PeerFailedError(f"{command['do']}: {self._why()}")
        try:
            return model.model_validate_json(line)
        except ValidationError as error:
            raise PeerFailedError(f"{command['do']}: {reason(error)}") from error

    def _exchange(self, line: str) -> str:
        commands, replies = _pipes(self._process)
        try:
            commands.write(f"{line}\n")
            commands.flush()
        except BrokenPipeError:
            return ""
        return replies.readline()

    def _why(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"killed by signal {-code}, or after {self.patience:.0f} s without a reply"
        said = self._log.read_text(encoding="utf-8", errors="replace")
        return last_words(said)


@contextmanager
def start(
    python: Path, module: str, log: Path, *, threads: int, patience: float = PATIENCE
) -> Iterator[PeerProcess]:
    """Run a subject; what it prints goes to `log`. It is ended when the work with it is."""
    environment = {**os.environ, **_ENVIRONMENT, **dict.fromkeys(_THREADS, str(threads))}
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(  # noqa: S603  (a Python that we installed, a module of our own)
            [python, "-m", _LOOP, module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            encoding="utf-8",
            env=environment,
        ) as process,
    ):
        try:
            yield PeerProcess(process, log, patience)
        finally:
            process.kill()
            with suppress(BrokenPipeError):
                _pipes(process)[0].close()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise PeerFailedError("has no pipes")
    return process.stdin, process.stdout
