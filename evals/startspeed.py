"""How soon Sanad answers after its command, where that time goes, and what memory it then holds."""

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter, sleep, time

from assistant.assistant import assemble, configured_model
from assistant.composers import choose_composer
from assistant.settings import load_settings
from index.encoder import open_embedder
from index.generation import open_current

Ask = Callable[[str], object]
"""Asks one question of the Sanad at an address."""

_SANAD = (sys.executable, "-c", "from api.cli import main; main()")
_PHASES = "import sys; from evals.startspeed import print_phases; print_phases(*sys.argv[1:])"
_ADDRESS = re.compile(r"http://\S+")
_KINDS = {"Rss": "resident", "Pss": "proportional"}
_STEADY = 0.01
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured several times; seconds, or megabytes (10⁶ bytes)."""

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)


def measure_start(
    index: Path, question: str, ask: Ask, *, rounds: int, workers: int
) -> tuple[Figure, ...]:
    """Time and memory of the commands, each in processes of its own, by turns; a round warms up.

    Without a language model. `resident` is what the processes have in memory, `proportional` the
    same with what several of them share divided among them (Linux: RSS and PSS); both once the
    first answer is out.
    """
    taken: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds + 1):
        measured = [
            *_phases(index, question),
            *_ask(index, question),
            *_serve(index, ask, 1),
            *_serve(index, ask, workers),
        ]
        for name, unit, value in measured if turn else ():
            taken.setdefault((name, unit), []).append(value)
    return tuple(Figure(name, unit, tuple(values)) for (name, unit), values in taken.items())


def print_phases(spawned: str, index: str, question: str) -> None:
    """Do what `sanad ask` does, and print the seconds of each part; `spawned` is the time of day.

    For a process that has done nothing before.
    """
    marks = [float(spawned), time()]
    settings = load_settings(index=Path(index), llm="none")
    model = configured_model(settings)
    marks.append(time())
    embedder = open_embedder(
        model, device=settings.embedding_device, threads=settings.embedding_threads
    )
    marks.append(time())
    generation = open_current(settings.index, embedder.identity)
    marks.append(time())
    with choose_composer(settings) as composer:
        sanad = assemble(generation, embedder, composer)
        marks.append(time())
        sanad.ask(question)
    marks.append(time())
    names = ("imports", "model checked", "encoder", "index", "assembly", "first answer")
    spent = [end - begin for begin, end in pairwise(marks)]
    sys.stdout.write(json.dumps(dict(zip(names, spent, strict=True))))


def _phases(index: Path, question: str) -> Iterator[tuple[str, str, float]]:
    command = [sys.executable, "-c", _PHASES, str(time()), str(index), question]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    for name, seconds in json.loads(done.stdout).items():
        yield f"· {name}", "s", seconds


def _ask(index: Path, question: str) -> Iterator[tuple[str, str, float]]:
    begun = perf_counter()
    with _command("ask", question, "--index", str(index)) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    yield "sanad ask", "s", perf_counter() - begun
    yield "sanad ask, most resident", "MB", used.ru_maxrss * 1024 / 1e6


def _serve(index: Path, ask: Ask, workers: int) -> Iterator[tuple[str, str, float]]:
    name = "sanad serve" + (f" --workers {workers}" if workers > 1 else "")
    begun = perf_counter()
    arguments = ("--port", "0", "--workers", str(workers), "--index", str(index))
    with _command("serve", *arguments) as process:
        address = _address(process)
        ask(address)
        yield f"{name}, first answer", "s", perf_counter() - begun
        for kind, megabytes in _settled(process.pid, workers).items():
            yield f"{name}, {kind}", "MB", megabytes


@contextmanager
def _command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`sanad` with these arguments, ended when the block is left."""
    environment = {**os.environ, "SANAD_LLM": "none"}
    with subprocess.Popen(  # noqa: S603  (this program)
        [*_SANAD, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def _address(process: subprocess.Popen[str]) -> str:
    """The address that the command prints first; CalledProcessError when it ends instead."""
    found = _ADDRESS.search(process.stdout.readline()) if process.stdout else None
    if found is None:
        raise subprocess.CalledProcessError(process.wait(), process.args)
    return found.group()


def _settled(pid: int, workers: int) -> dict[str, float]:
    """The memory of a process and of all that it started, once it grows no more."""
    before, deadline = memory(family(pid)), perf_counter() + _PATIENCE
    while perf_counter() < deadline:
        sleep(1)
        now = memory(family(pid))
        grown = abs(now["resident"] - before["resident"]) > _STEADY * before["resident"]
        if len(family(pid)) >= workers and not grown:
            return now
        before = now
    raise TimeoutError(f"The memory of process {pid} did not come to rest.")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [pid, *(one for child in children.split() for one in family(int(child)))]


def memory(pids: Sequence[int], kinds: Mapping[str, str] = _KINDS) -> dict[str, float]:
    """Megabytes of some processes together, by kind; `kinds` names fields of smaps_rollup."""
    held = dict.fromkeys(kinds.values(), 0.0)
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            field, _, value = line.partition(":")
            if field in kinds:
                held[kinds[field]] += int(value.split()[0]) * 1024 / 1e6
    return held
