"""Two runs over the same questions: did it get better or worse, for whom, and how sure is that?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from evals.metrics import mean
from evals.record import Record
from evals.runfolder import RunMismatchError
from evals.score import Result, Scores
from evals.statistics import (
    SEED,
    Alternative,
    cluster_bootstrap,
    holm,
    mcnemar_exact,
    minimum_detectable_effect,
    paired_randomisation,
)
from evals.summary import ALL, HEADLINE, LOWER_IS_BETTER, cluster, named, slices
from ingest.errors import InputError

Turn = Literal["better", "worse"]


class Delta(Record):
    """One measure of one slice, before and after.

    `low` and `high` enclose the delta (95 %, clusters resampled). `p` is that of the paired
    randomisation test, `adjusted` the same among all the deltas of the comparison (Holm).
    `mcnemar` is exact and only given for measures of yes and no. `detectable` is the smallest
    change that n questions with this share of `discordant` ones would show four times in five.
    """

    slice: str
    metric: str
    n: int
    before: float
    after: float
    delta: float
    low: float
    high: float
    p: float
    adjusted: float = 1.0
    mcnemar: float | None = None
    discordant: float
    detectable: float

    @property
    def turn(self) -> Turn | None:
        """Whether it got better or worse; None while chance explains it."""
        if self.adjusted > 0.05 or self.delta == 0:
            return None
        return "worse" if (self.delta < 0) != (self.metric in LOWER_IS_BETTER) else "better"


class Flip(Record):
    """A question that came out right once and not the other time."""

    id: str
    language: str
    question: str
    before: float
    after: float


class MetricUnknownError(InputError):
    """No measure has this name."""

    code = "metric_unknown"


class _Pair(NamedTuple):
    before: float
    after: float
    cluster: str


class Comparison(Record):
    """Deltas of every slice, and the questions that flipped, both ways."""

    deltas: tuple[Delta, ...]
    gained: tuple[Flip, ...]
    lost: tuple[Flip, ...]


def compare(
    before: Sequence[Result],
    after: Sequence[Result],
    metrics: Sequence[str] = HEADLINE,
    *,
    seed: int = SEED,
) -> Comparison:
    """Pair the questions of two runs; raises RunMismatchError when they are not the same.

    Slices are languages and all. Raises MetricUnknownError listing the names there are.
    """
    _require_metrics(metrics)
    require_same_questions(before, after)
    parts = slices(before)
    deltas = [
        delta
        for name in (ALL, *named(parts, "language"))
        for delta in paired(name, parts[name], after, metrics, seed=seed)
    ]
    adjusted = holm([delta.p for delta in deltas])
    later = {result.id: result for result in after}
    pairs = [(result, later[result.id]) for result in before]
    return Comparison(
        deltas=tuple(
            delta.model_copy(update={"adjusted": one.adjusted})
            for delta, one in zip(deltas, adjusted, strict=True)
        ),
        gained=tuple(_flip(a, b) for a, b in pairs if a.scores.crag < 1 <= b.scores.crag),
        lost=tuple(_flip(a, b) for a, b in pairs if b.scores.crag < 1 <= a.scores.crag),
    )


def paired(
    name: str,
    before: Sequence[Result],
    after: Sequence[Result],
    metrics: Sequence[str] = HEADLINE,
    *,
    alternative: Alternative = "two-sided",
    seed: int = SEED,
) -> Iterator[Delta]:
    """The deltas of one slice, measure by measure; one that either run lacks is left out.

    `after` may hold more questions than `before`, which decides.
    """
    later = {result.id: result for result in after}
    for metric in metrics:
        rows = list(_rows(metric, before, later))
        if rows:
            yield _delta(name, metric, rows, alternative, seed)


def require_same_questions(before: Sequence[Result], after: Sequence[Result]) -> None:
    """Raise RunMismatchError naming the first questions that only one run has, or has otherwise."""
    first = {result.id: result.item for result in before}
    second = {result.id: result.item for result in after}
    differing = sorted(
        key for key in first.keys() | second.keys() if first.get(key) != second.get(key)
    )
    if differing:
        named = ", ".join(differing[:5]) + (" …" if len(differing) > 5 else "")
        raise RunMismatchError(
            f"The runs do not ask the same questions: {len(differing)} differ ({named}), and a "
            "difference of scores would say nothing. Run both on one gold file."
        )


def _require_metrics(names: Sequence[str]) -> None:
    for name in names:
        if name not in Scores.model_fields:
            known = ", ".join(Scores.model_fields)
            raise MetricUnknownError(f"There is no measure {name!r}; choose of {known}.")


def _delta(
    name: str, metric: str, rows: Sequence[_Pair], alternative: Alternative, seed: int
) -> Delta:
    deltas, clusters = [row.after - row.before for row in rows], [row.cluster for row in rows]
    better, worse = sum(d > 0 for d in deltas), sum(d < 0 for d in deltas)
    is_binary = all(value in {0.0, 1.0} for row in rows for value in (row.before, row.after))
    interval = cluster_bootstrap(deltas, clusters, seed=seed)
    discordant = (better + worse) / len(rows)
    return Delta(
        slice=name,
        metric=metric,
        n=len(rows),
        before=round(mean(row.before for row in rows) or 0, 4),
        after=round(mean(row.after for row in rows) or 0, 4),
        delta=round(mean(deltas) or 0, 4),
        low=round(interval.low, 4),
        high=round(interval.high, 4),
        p=paired_randomisation(deltas, clusters, alternative=alternative, seed=seed),
        mcnemar=mcnemar_exact(better, worse) if is_binary else None,
        discordant=round(discordant, 4),
        detectable=round(minimum_detectable_effect(discordant, len(rows)), 4),
    )


def _rows(metric: str, before: Sequence[Result], later: Mapping[str, Result]) -> Iterator[_Pair]:
    for result in before:
        first = getattr(result.scores, metric)
        second = getattr(later[result.id].scores, metric)
        if first is not None and second is not None:
            yield _Pair(first, second, cluster(result.item))


def _flip(before: Result, after: Result) -> Flip:
    item = before.item
    return Flip(
        id=item.id,
        language=item.language,
        question=item.question,
        before=before.scores.crag,
        after=after.scores.crag,
    )
