"""The numbers above the questions: slices, statuses, certainty and times."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from api.report.measured import VERDICTS, Measured, Verdict, verdict
from assistant.answer import ANSWERING, Status
from evals.abstention import Bin, expected_calibration_error, reliability
from evals.metrics import percentile, share
from evals.runfolder import Timing
from evals.score import Result
from evals.summary import ALL, Group, Summary, ranking

STATUSES: tuple[str, ...] = (*get_args(Status), "error")
FEW = 10
"""Slices with fewer questions than this are marked: their mean says little."""
_DEPTHS = 4
_WHOLE = ("first", "total", "observed")


@dataclass(frozen=True, slots=True)
class Slice:
    """One row of a table: `field` and `value` are what the browser filters by."""

    field: str
    value: str
    group: Group


@dataclass(frozen=True, slots=True)
class Cell:
    """How many questions with one best status had one outcome, and how many of these were right.

    `depth`, from 0 to 4, is the share of its row, for its colour.
    """

    n: int
    accepted: int
    depth: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """Best status by outcome; only statuses that occur."""

    outcomes: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Certainty:
    """Support held against what came out, when every question must be answered.

    `chance` tells whether support counts as a probability; if not, `supports` are ranks from 0 to
    1 and `error` (the expected calibration error) is None, for ranks promise nothing. `coverage`
    and `risk` are where the system stands with the answers that it dares to give. A question
    without support, such as an error, has the least there is.
    """

    supports: tuple[float, ...]
    wrong: tuple[bool, ...]
    chance: bool
    bins: tuple[Bin, ...]
    error: float | None
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Step:
    """How long one step took, in milliseconds, over the `n` questions that came to it."""

    name: str
    n: int
    median: float
    p95: float


def languages(summary: Summary) -> list[Slice]:
    """One row a language, the worst first, then all."""
    rows = [row for row in _slices(summary) if row.field == "language"]
    return [*rows, Slice("", ALL, summary.groups[ALL])]


def worst(summary: Summary) -> list[Slice]:
    """Kinds and tags together, the worst first, those of few questions last."""
    rows = [row for row in _slices(summary) if row.field in {"kind", "tag"}]
    return sorted(
        rows,
        key=lambda row: (row.group.n < FEW, row.group.means["crag"].value, row.field, row.value),
    )


def confusion(results: Sequence[Result]) -> Confusion:
    """Count best statuses by outcome."""
    pairs: list[tuple[str, str]] = [(result.item.best, result.outcome) for result in results]
    counts = Counter(pairs)
    accepted = Counter(
        pair for pair, result in zip(pairs, results, strict=True) if result.scores.status_ok
    )
    asked = [status for status in STATUSES if status in {best for best, _ in counts}]
    outcomes = [status for status in STATUSES if status in {got for _, got in counts}]
    rows = []
    for best in asked:
        total = sum(counts[best, got] for got in outcomes)
        cells = tuple(
            Cell(
                counts[best, got],
                accepted[best, got],
                -(-counts[best, got] * _DEPTHS // total),
            )
            for got in outcomes
        )
        rows.append((best, cells))
    return Confusion(tuple(outcomes), tuple(rows))


def certainties(runs: Mapping[str, Measured]) -> dict[str, Certainty]:
    """The certainty of each run that shows support; all by rank unless all are probabilities."""
    found = {name: certainty(run.results) for name, run in runs.items()}
    by_rank = any(one is not None and not one.chance for one in found.values())
    if by_rank:
        found = {name: certainty(run.results, by_rank=True) for name, run in runs.items()}
    return {name: one for name, one in found.items() if one}


def certainty(results: Sequence[Result], *, by_rank: bool = False) -> Certainty | None:
    """What support is worth; None for a system that shows none."""
    ranked = ranking(results)
    if ranked is None:
        return None
    shown, wrong = ranked
    given = [0.0 if one.support is None else one.support for one in results]
    chance = not by_rank and all(0 <= support <= 1 for support in given)
    supports = given if chance else _ranks(shown)
    right = [not one for one in wrong]
    dared = [
        bad
        for bad, one in zip(wrong, results, strict=True)
        if one.answer and one.answer.status in ANSWERING
    ]
    return Certainty(
        supports=tuple(supports),
        wrong=tuple(wrong),
        chance=chance,
        bins=reliability(supports, right),
        error=expected_calibration_error(supports, right) if chance else None,
        coverage=len(dared) / len(results),
        risk=share(sum(dared), len(dared)),
    )


def steps(timings: Sequence[Timing]) -> list[Step]:
    """Every step in the order in which it first came up, then the times of the whole."""
    times: dict[str, list[float]] = {}
    for timing in timings:
        for name, milliseconds in timing.ms.items():
            times.setdefault(name, []).append(milliseconds)
    return [
        Step(name, len(values), percentile(values, 50), percentile(values, 95))
        for name, values in sorted(times.items(), key=lambda entry: entry[0] in _WHOLE)
    ]


def verdicts(results: Sequence[Result]) -> dict[Verdict, int]:
    """How many of each."""
    counts = Counter(map(verdict, results))
    return {name: counts[name] for name in VERDICTS}


def turned(before: Measured, now: Measured) -> dict[Verdict, dict[Verdict, int]]:
    """How many questions went from each verdict to each."""
    earlier = {result.id: verdict(result) for result in before.results}
    pairs = Counter((earlier[result.id], verdict(result)) for result in now.results)
    return {first: {then: pairs[first, then] for then in VERDICTS} for first in VERDICTS}


def _slices(summary: Summary) -> list[Slice]:
    named = [(*name.partition(":"), group) for name, group in summary.groups.items()]
    return [Slice(field, value, group) for field, _, value, group in named]


def _ranks(values: Sequence[float]) -> list[float]:
    """`(rank - 0.5) / n` of each, from the lowest up; equal values share their mean rank."""
    _, group, sizes = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - sizes / 2
    return [float(middle[place]) / len(values) for place in group]
