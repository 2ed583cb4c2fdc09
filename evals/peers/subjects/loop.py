"""The process of one subject: commands come in, work is done, and what it cost goes out.

Run as `python -m evals.peers.subjects.loop MODULE` by the Python of the subject, which has none of
Sanad's packages: hence the standard library alone. Commands and replies are JSON, one a line:

    {"do": "load", "job": {...}, "packages": [...]}   {"versions": {...}}
    {"do": "ingest", "file": "passages.jsonl"}        {"passages": 2743}
    {"do": "query", "text": "...", "k": 10}           {"found": ["sheet.fr:0-180", ...]}

Each reply also holds `seconds`, of the work alone, and `resident` and `peak`, the bytes that the
process holds and held at most. The end of the input ends the process. An error ends it too, with
its traceback on standard error: whoever drives it then knows that this subject failed.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, TextIO

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Job:
    """The same for all: folder of the model, its prefixes, texts a batch, and a folder to fill."""

    model: str
    query_prefix: str
    passage_prefix: str
    batch: int
    scratch: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What is to be found. `text` holds title and headings above the words, as Sanad embeds it."""

    id: str
    document: str
    text: str


class Subject(Protocol):
    """A way to find passages, its model loaded."""

    def ingest(self, passages: Sequence[Passage]) -> None:
        """Make them searchable."""
        ...

    def query(self, text: str, k: int) -> list[str]:
        """The ids of the `k` best passages for a text, best first."""
        ...


class Loop:
    """Carries out commands, one after the other, for the subject that a module loads."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._subject: Subject | None = None

    def reply(self, command: Mapping[str, Any]) -> dict[str, object]:
        """Do what a command says, and tell the result and its cost."""
        work: Callable[[Mapping[str, Any]], tuple[float, dict[str, object]]]
        work = {"load": self._load, "ingest": self._ingest, "query": self._query}[command["do"]]
        seconds, result = work(command)
        return {**result, "seconds": seconds, **memory()}

    def _load(self, command: Mapping[str, Any]) -> tuple[float, dict[str, object]]:
        """Imports count: whoever starts the subject waits for them."""
        job = Job(**command["job"])
        started = perf_counter()
        self._subject = importlib.import_module(self._module).load(job)
        seconds = perf_counter() - started
        return seconds, {"versions": {name: version(name) for name in command["packages"]}}

    def _ingest(self, command: Mapping[str, Any]) -> tuple[float, dict[str, object]]:
        with Path(command["file"]).open(encoding="utf-8") as file:
            passages = [Passage(**json.loads(line)) for line in file]
        started = perf_counter()
        self._loaded.ingest(passages)
        return perf_counter() - started, {"passages": len(passages)}

    def _query(self, command: Mapping[str, Any]) -> tuple[float, dict[str, object]]:
        started = perf_counter()
        found = self._loaded.query(command["text"], command["k"])
        return perf_counter() - started, {"found": found}

    @property
    def _loaded(self) -> Subject:
        if self._subject is None:
            raise RuntimeError("nothing is loaded yet; send `load` first")
        return self._subject


def memory() -> dict[str, object]:
    """Bytes held now and at most, by the kernel's own account.

    Not by `getrusage`: its peak is inherited from the process that started this one.
    """
    lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    names = {"resident": "VmRSS", "peak": "VmHWM"}
    return {name: int(fields[field].split()[0]) * 1024 for name, field in names.items()}


def confine(threads: int) -> None:
    """Keep to so many processors: libraries that read no variable count those they may use."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[:threads])


def replies_only() -> TextIO:
    """Standard output for replies alone; what libraries print goes to standard error."""
    kept = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return kept


def main(module: str) -> None:
    """Answer the commands of standard input until it ends."""
    confine(int(os.environ["OMP_NUM_THREADS"]))
    loop, out = Loop(module), replies_only()
    for line in sys.stdin:
        out.write(json.dumps(loop.reply(json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
