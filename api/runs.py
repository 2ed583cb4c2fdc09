"""Runs: what `sanad eval run` left in a folder, read for the desk of the evaluators."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

from api.report.measured import Measured, read_measured
from evals.blindpairs import Pair, about, pairs, verdicts
from evals.blindpairs import Verdict as Grade
from evals.compare import Comparison, compare, require_same_questions
from evals.runfolder import CONFIG, SUMMARY, Config, RunFolder
from evals.score import Result
from evals.summary import Summary
from ingest.errors import RecordMissingError, SanadError

GRADES = "verdicts.jsonl"
_DEEP = 3
_KEPT = 4

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Listed:
    """A run by its folder below the root; without a summary it is not finished.

    `problem` says why a folder cannot be read, and then there is nothing else of it.
    """

    name: str
    config: Config | None = None
    summary: Summary | None = None
    problem: str | None = None


class Runs:
    """The runs below a folder; those read last are kept until their files change."""

    def __init__(self, root: Path) -> None:
        self.grades = root / GRADES
        self._root = root
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = Lock()

    def listed(self) -> tuple[Listed, ...]:
        """All of them, the newest day first."""
        found = [_listed(name, folder) for name, folder in self._folders()]
        return tuple(
            sorted(
                found,
                key=lambda one: (one.config is None, -_day(one.config), one.name),
            )
        )

    def read(self, name: str) -> Measured:
        """A finished run; raises RecordMissingError, RunMismatchError, PathMissingError."""
        folder = self._folder(name)
        return self._once(("run", name, _stamp(folder)), lambda: read_measured(RunFolder(folder)))

    def compared(self, before: str, after: str) -> Comparison:
        """What changed between two runs over the same questions; raises RunMismatchError too."""
        stamps = tuple(_stamp(self._folder(name)) for name in (before, after))
        return self._once(
            ("compared", before, after, stamps),
            lambda: compare(self.read(before).results, self.read(after).results),
        )

    def pairs(self, first: str, second: str) -> tuple[Pair, ...]:
        """The answers of two runs that differ, see `evals.blindpairs.pairs`."""
        results = self.read(first).results, self.read(second).results
        require_same_questions(*results)
        stamps = tuple(_stamp(self._folder(name)) for name in (first, second))
        return self._once(
            ("pairs", first, second, stamps), lambda: pairs(*results, (first, second))
        )

    def graded(self, first: str, second: str) -> tuple[Grade, ...]:
        """What people thought of two runs, see `evals.blindpairs.about`."""
        return about(verdicts(self.grades), first, second)

    def _folder(self, name: str) -> Path:
        """Only what is listed is opened: a name from outside is no path."""
        for known, folder in self._folders():
            if known == name:
                return folder
        raise RecordMissingError("There is no such run; list them again.")

    def _folders(self) -> Iterator[tuple[str, Path]]:
        for deep in range(1, _DEEP + 1):
            for config in self._root.glob("/".join(["*"] * deep + [CONFIG])):
                yield config.parent.relative_to(self._root).as_posix(), config.parent

    def _once(self, key: Hashable, work: Callable[[], _T]) -> _T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]  # type: ignore[return-value]  # kept under the same key
        done = work()
        with self._lock:
            self._kept[key] = done
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return done


def chosen(run: Measured, *, language: str | None, kind: str | None) -> Sequence[Result]:
    """The questions of a run in one language and of one kind, or of all; the worst first."""
    found = [
        one
        for one in run.results
        if (language is None or one.item.language == language)
        and (kind is None or one.item.kind == kind)
    ]
    return sorted(found, key=lambda one: (one.scores.crag, one.id))


def _listed(name: str, folder: Path) -> Listed:
    run = RunFolder(folder)
    try:
        config = run.config()
        summary = run.summary() if (folder / SUMMARY).is_file() else None
    except SanadError as error:
        return Listed(name, problem=str(error).replace(str(folder), name))
    return Listed(name, config, summary)


def _day(config: Config | None) -> int:
    return config.day.toordinal() if config else 0


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when a run is written anew."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return tuple((one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in files)
