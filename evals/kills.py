"""Kills: whether an ingestion that is killed at random moments ends as an undisturbed one does.

The program runs in a process of its own and is killed without warning (SIGKILL), as a machine that
loses its power would end it. What is compared is the manifest, which names every file of the index
with its hash: equal manifests are equal indexes, to the byte.
"""

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from index.build import CACHE
from index.generation import current
from index.manifest import MANIFEST
from ingest.errors import SanadError

Command = Callable[[Path], Sequence[str]]
Told = Callable[[str, int, int], None]

UNDISTURBED, KILLED = "undisturbed", "killed"


class RunFailedError(SanadError):
    """An ingestion that nobody disturbed did not end well; there is nothing to compare."""

    code = "run_failed"


@dataclass(frozen=True, slots=True)
class KilledRun:
    """Two indexes of the same folder: of one run, and of runs that were killed and continued.

    `kills` are the seconds after which each was killed. Times in seconds; `continued` is that of
    the last run, which was left to end.
    """

    undisturbed: str
    killed: str
    kills: tuple[float, ...]
    seconds: float
    continued: float
    is_same: bool


def measure_kills(
    command: Command,
    root: Path,
    *,
    kills: int,
    seed: int,
    vectors: Path | None = None,
    allowed: frozenset[int] = frozenset({0}),
    told: Told = lambda *_: None,
) -> KilledRun:
    """Ingest twice below `root`, which is to be empty; the second time with some kills.

    `command` ingests into the folder it is given and exits with one of `allowed`. The moments are
    drawn so that all kills together fit into the time of an undisturbed run. Both runs begin with
    a copy of the cache `vectors`, else with none. Raises RunFailedError when a run fails by itself.
    """
    for name in (UNDISTURBED, KILLED):
        (root / name).mkdir(parents=True)
        if vectors:
            shutil.copyfile(vectors, root / name / CACHE)
    told("undisturbed run", 0, kills + 2)
    seconds = _whole(command(root / UNDISTURBED), allowed)
    moments = random.Random(seed)  # noqa: S311 when to kill is no secret
    spent: list[float] = []
    while len(spent) < kills:
        told(f"kill {len(spent) + 1}", len(spent) + 1, kills + 2)
        after = moments.uniform(0, seconds / kills)
        if not _killed(command(root / KILLED), after, allowed):
            break
        spent.append(round(after, 2))
    told("last run", kills + 1, kills + 2)
    continued = _whole(command(root / KILLED), allowed)
    one, other = (_manifest(root / name) for name in (UNDISTURBED, KILLED))
    return KilledRun(
        undisturbed=current(root / UNDISTURBED),
        killed=current(root / KILLED),
        kills=tuple(spent),
        seconds=round(seconds, 1),
        continued=round(continued, 1),
        is_same=one == other,
    )


def _whole(command: Sequence[str], allowed: frozenset[int]) -> float:
    """The seconds that a run takes to its end."""
    started = perf_counter()
    with _started(command) as process:
        _check(process.wait(), command, allowed)
    return perf_counter() - started


def _killed(command: Sequence[str], after: float, allowed: frozenset[int]) -> bool:
    """Whether a run was still going after some seconds, and was killed."""
    with _started(command) as process:
        try:
            _check(process.wait(after), command, allowed)
        except subprocess.TimeoutExpired:
            return True
    return False


def _check(code: int, command: Sequence[str], allowed: frozenset[int]) -> None:
    if code not in allowed:
        raise RunFailedError(f"`{' '.join(command)}` ended with {code}; run it to see why.")


@contextmanager
def _started(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A run in a session of its own, which is killed if it still goes when the block is left.

    The process in which it reads foreign files ends by itself, when nobody is there to answer.
    """
    with subprocess.Popen(  # noqa: S603 our own program, in our own Python
        list(command),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _manifest(root: Path) -> bytes:
    return (root / current(root) / MANIFEST).read_bytes()
