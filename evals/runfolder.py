"""A run folder: what was measured, on what, with which outcome, in files that anyone can read.

config.json         what must be equal for two runs to be the same run
env.json            the machine and the versions
per_question.jsonl  one `evals.score.Result` a line, in the order of the gold
timings.jsonl       what varies from run to run: milliseconds, by question
summary.json        the means with their intervals
"""

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from importlib.metadata import distributions
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from evals.jsonl import read_jsonl
from evals.record import Record
from evals.score import Result
from evals.summary import Summary
from ingest.errors import DatasetError, InputError, PathMissingError, StorageError
from ingest.schema import reason

CONFIG, ENVIRONMENT, RESULTS, TIMINGS, SUMMARY = (
    "config.json", "env.json", "per_question.jsonl", "timings.jsonl", "summary.json",
)  # fmt: skip


_M = TypeVar("_M", bound=BaseModel)


class RunMismatchError(InputError):
    """Two runs that are not about the same thing; numbers put side by side would mislead."""

    code = "run_mismatch"


class Config(Record):
    """What a run measured. Equal configs give equal results, times apart.

    `generation` names the index by the hash of its manifest, and so the corpus and the embedding
    model with it; `prompt` is the hash of the prompt that a language model was given; `support` is
    what decided whether words prove a claim, `reranker` what reordered the matches. `commit` is the
    code's, see `commit`.
    """

    system: str
    gold: str
    gold_sha256: str
    generation: str | None
    embedder: str | None
    composer: str | None
    model: str | None
    prompt: str | None
    support: str
    day: date
    seed: int
    commit: str | None
    reranker: str | None = None

    def differing(self, other: "Config") -> list[str]:
        """The names of what is not the same in the other one."""
        names = type(self).model_fields
        return [name for name in names if getattr(self, name) != getattr(other, name)]


class Environment(Record):
    """Where it was measured: latencies compare on the same machine only."""

    python: str
    platform: str
    processors: int | None
    packages: dict[str, str]

    @property
    def machine(self) -> str:
        """What it ran on, as pages name it."""
        return f"{self.platform}, {self.processors} processors"


class Timing(Record):
    """How long one question took, in milliseconds: each step, until `citations` and the first
    `sentence`, a language model until its first `token`, and `total`.
    """

    id: str
    ms: dict[str, float]


def totals(timings: Iterable[Timing]) -> list[float]:
    """The milliseconds of whole answers; an error took none."""
    return [timing.ms["total"] for timing in timings if "total" in timing.ms]


class RunFolder:
    """The files of one run; each is written whole or not at all, but for lines added meanwhile."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, config: Config) -> tuple[list[Result], list[Timing]]:
        """Start, or go on with, the run that `config` describes: what is already done.

        Raises RunMismatchError when the folder holds another run, StorageError when it cannot be
        written.
        """
        if (self.path / CONFIG).is_file():
            self._require(config)
            results, timings = self._done()
            self._keep(results, timings)
            return results, timings
        if (self.path / RESULTS).exists():
            raise RunMismatchError(
                f"{self.path} holds results, but no {CONFIG} that says of what; they are kept. "
                "Give --out another folder, or remove this one."
            )
        self._write(ENVIRONMENT, environment().model_dump_json(indent=2) + "\n")
        self._write(CONFIG, config.model_dump_json(indent=2) + "\n")
        return [], []

    def add(self, result: Result, timing: Timing) -> None:
        """Keep one result; an interrupted run goes on behind it."""
        _append(self.path / RESULTS, result)
        _append(self.path / TIMINGS, timing)

    def finish(
        self, results: Iterable[Result], timings: Iterable[Timing], summary: Summary
    ) -> None:
        """Write all of it in order."""
        self._keep(results, timings)
        self._write(SUMMARY, summary.model_dump_json(indent=2) + "\n")

    def config(self) -> Config:
        """What was measured; raises PathMissingError or RunMismatchError."""
        return _read(self.path / CONFIG, Config)

    def environment(self) -> Environment:
        """Where it was measured."""
        return _read(self.path / ENVIRONMENT, Environment)

    def summary(self) -> Summary:
        """The means; a run that was interrupted has none yet."""
        return _read(self.path / SUMMARY, Summary)

    def results(self) -> tuple[Result, ...]:
        """What came back, question by question."""
        return _read_rows(self.path / RESULTS, Result)

    def timings(self) -> tuple[Timing, ...]:
        """How long each question took."""
        return _read_rows(self.path / TIMINGS, Timing)

    def _require(self, config: Config) -> None:
        differing = self.config().differing(config)
        if differing:
            raise RunMismatchError(
                f"{self.path} holds a run with another {', '.join(differing)}; its results are "
                "kept. Give --out another folder, or remove this one."
            )

    def _done(self) -> tuple[list[Result], list[Timing]]:
        """Results and times of the questions that have both; a line cut by a crash has neither."""
        results = {row.id: row for row in _whole(self.path / RESULTS, Result)}
        timings = {row.id: row for row in _whole(self.path / TIMINGS, Timing)}
        both = [key for key in results if key in timings]
        return [results[key] for key in both], [timings[key] for key in both]

    def _keep(self, results: Iterable[Result], timings: Iterable[Timing]) -> None:
        """Write these lines and no others: what is added behind a cut one would be lost too."""
        self._write(RESULTS, "".join(f"{row.model_dump_json()}\n" for row in results))
        self._write(TIMINGS, "".join(f"{row.model_dump_json()}\n" for row in timings))

    def _write(self, name: str, text: str) -> None:
        write_whole(self.path / name, text)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or as it was; raises StorageError."""
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.new")
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(path)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"Could not write {path}: {error.strerror}. Make room, or choose another place."
        ) from error


def commit() -> str | None:
    """The commit of the checkout that this module stands in.

    Followed by `+` and a hash of the differences when files differ from it, so that a run is not
    taken for one of the code as it was. None without git or outside a checkout, such as in an
    installed package.
    """
    git = shutil.which("git")
    if git is None:
        return None
    here = Path(__file__).resolve().parent
    head = _git(git, here, "rev-parse", "HEAD")
    changed = _git(git, here, "diff", "HEAD")
    if head is None or not changed:
        return head
    return f"{head}+{hashlib.sha256(changed.encode()).hexdigest()[:8]}"


def _git(git: str, folder: Path, *arguments: str) -> str | None:
    done = subprocess.run(  # noqa: S603  (fixed arguments)
        [git, "-C", str(folder), *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else None


def environment() -> Environment:
    """This Python, on this machine."""
    packages = {found.metadata["Name"]: found.version for found in distributions()}
    return Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        processors=os.cpu_count(),
        packages=dict(sorted(packages.items())),
    )


def _append(path: Path, row: BaseModel) -> None:
    with _writing(path), path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"{row.model_dump_json()}\n")


def _whole(path: Path, model: type[_M]) -> Iterator[_M]:
    """The rows that were written whole: all lines but one that a crash cut."""
    if not path.is_file():
        return
    for line in path.read_bytes().splitlines():
        with suppress(ValidationError):
            yield model.model_validate_json(line)


def _read_rows(path: Path, model: type[_M]) -> tuple[_M, ...]:
    _require_file(path)
    try:
        return tuple(row for _, row in read_jsonl(path, model))
    except DatasetError as error:
        raise RunMismatchError(
            f"{path} was cut, or is not of this version; run it again ({error})"
        ) from error


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise PathMissingError(
            f"{path} does not exist; give the folder of a run that `sanad eval run --out` finished"
        )


def _read(path: Path, model: type[_M]) -> _M:
    _require_file(path)
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise RunMismatchError(
            f"{path} is not of this version: {reason(error)}; run it again"
        ) from error
