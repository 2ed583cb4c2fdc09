"""A figure of one subject: what is shown, what it varies between, and whether it beats another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from evals.peers.bench import Entry, Run
from evals.peers.task import MEASURES, Task, quality

INSTALL = "install"


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured in every round, in the unit and to the places that are shown."""

    title: str
    unit: str
    of: Callable[[Run], float]
    places: int
    lower: bool = True


FIGURES = (
    Figure("load", " s", lambda run: run.load, 2),
    Figure("resident", " MB", lambda run: run.resident / 1e6, 0),
    Figure("peak", " MB", lambda run: run.peak / 1e6, 0),
    Figure("ingest", "/s", lambda run: run.ingest, 1, lower=False),
    Figure("p50", " ms", lambda run: run.p50, 1),
    Figure("p95", " ms", lambda run: run.p95, 1),
)
TITLES = (*(figure.title for figure in FIGURES), *MEASURES, INSTALL)


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the table. `value` is rounded as shown: what looks alike beats nothing."""

    value: float
    short: str
    spread: str
    lower: bool

    def beats(self, other: "Cell") -> bool:
        """Whether it is the better one, by the lower or the higher value."""
        return self.value < other.value if self.lower else self.value > other.value


def cells(entry: Entry, task: Task) -> dict[str, Cell]:
    """What was measured of a subject, by title; of one that never finished, its size at most."""
    made = {figure.title: _cell(figure, entry.runs) for figure in FIGURES if entry.runs}
    if entry.runs:
        for name, (mean, interval) in quality(task.questions, entry.runs[0].found).items():
            spread = f"[{interval.low:.2f}, {interval.high:.2f}]"
            made[name] = Cell(round(mean, 3), f"{mean:.3f}", spread, lower=False)
    if entry.installed:
        megabytes = round(entry.installed.size / 1e6)
        made[INSTALL] = Cell(megabytes, f"{megabytes} MB", "", lower=True)
    return made


def _cell(figure: Figure, runs: Sequence[Run]) -> Cell:
    values = [round(figure.of(run), figure.places) for run in runs]
    middle = round(median(values), figure.places)
    low, high = (f"{value:.{figure.places}f}" for value in (min(values), max(values)))
    short = f"{middle:.{figure.places}f}{figure.unit}"
    return Cell(middle, short, f"[{low}, {high}]" if len(values) > 1 else "", figure.lower)
