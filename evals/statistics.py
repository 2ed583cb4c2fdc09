"""How sure a measured number is, and whether two runs differ.

The unit is the question. Questions of one conversation or about one sheet succeed and fail
together, so whatever resamples draws whole clusters. All results follow from the values, the
clusters and the seed alone: neither the order of the rows nor the names of the clusters matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb, fsum, sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 20_251_121
CONFIDENCE = 0.95
RARE = 5
"""Fewer successes or failures than this, and a bootstrap knows too little of them."""

Alternative = Literal["two-sided", "less", "greater"]
Floats = NDArray[np.float64]

_CHUNK = 1_000
_TOLERANCE = 1e-12


class Interval(NamedTuple):
    """Two ends of a confidence interval, both included."""

    low: float
    high: float


class Estimate(NamedTuple):
    """A number and the interval around it."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Holm:
    """A p value adjusted for its company, and whether it is rejected within it."""

    adjusted: float
    rejected: bool


# One run


def wilson(successes: float, n: int, confidence: float = CONFIDENCE) -> Interval:
    """`(p + z²/2n ± z√(p(1-p)/n + z²/4n²)) / (1 + z²/n)` for `p = successes / n` (Wilson, 1927).

    Also right where all or none succeed, and (0, 1) of no trials. Successes may be a sum of
    shares.
    """
    if n == 0:
        return Interval(0.0, 1.0)
    _require(0 <= successes <= n, f"{successes} of {n} is not a share")
    p, z = successes / n, _z(confidence)
    middle = p + z**2 / (2 * n)
    spread = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return Interval(min(max(low, 0.0), p), max(min(high, 1.0), p))


def cluster_bootstrap(
    values: Sequence[float],
    clusters: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Percentile interval of the mean when whole clusters are drawn with replacement.

    Each resample has as many clusters as the sample and is worth `sum of values / number of
    values` (Efron & Tibshirani, 1993, chapters 8 and 13). Raises ValueError for no values.
    """
    totals = _totals(values, clusters)
    random = np.random.default_rng(seed)
    draws = [
        totals[random.integers(len(totals), size=(size, len(totals)))].sum(axis=1)
        for size in _chunks(resamples)
    ]
    sums, counts = np.concatenate(draws).T
    return _percentiles(sums / counts, confidence)


def mean_interval(
    values: Sequence[float],
    clusters: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Interval:
    """`cluster_bootstrap`, but `wilson` for shares so near 0 or 1 that resampling sees no risk.

    That is, for values of 0 and 1 with fewer than RARE of either. The n of Wilson is then the
    number of clusters: if the questions of a sheet fail together, they are one trial, not many.
    """
    ones = sum(value == 1 for value in values)
    zeros = sum(value == 0 for value in values)
    if len(values) > 0 and ones + zeros == len(values) and min(ones, zeros) < RARE:
        n = len(set(clusters))
        return wilson(ones / len(values) * n, n, confidence)
    return cluster_bootstrap(
        values, clusters, resamples=resamples, seed=seed, confidence=confidence
    )


# One run against another


def paired_randomisation(
    deltas: Sequence[float],
    clusters: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    alternative: Alternative = "two-sided",
) -> float:
    """p value of the mean delta when the sign of whole clusters is flipped at random.

    `(1 + resamples at least as extreme) / (1 + resamples)`; the 1 is the sample itself, without
    which p could be 0 (Phipson & Smyth, 2010). `less` asks whether the deltas are below 0.
    Raises ValueError for no deltas.
    """
    signed = -1 if alternative == "less" else 1
    sums = signed * _totals(deltas, clusters)[:, 0]
    sizes = np.sort(np.abs(sums))
    observed, slack = fsum(sums), _TOLERANCE * fsum(sizes)
    random = np.random.default_rng(seed)
    flips = (
        random.choice([-1.0, 1.0], size=(size, len(sizes))) @ sizes for size in _chunks(resamples)
    )
    flipped = np.concatenate(list(flips))
    if alternative == "two-sided":
        observed, flipped = abs(observed), np.abs(flipped)
    extreme = int(np.count_nonzero(flipped >= observed - slack))
    return (1 + extreme) / (1 + resamples)


def mcnemar_exact(b: int, c: int) -> float:
    """`min(1, 2 Σ_{i ≤ min(b, c)} C(b+c, i) / 2^(b+c))`, two-sided (McNemar, 1947, exact form).

    b and c count the questions that only one of two runs got right; 1 when there are none.
    """
    _require(b >= 0 and c >= 0, "counts cannot be negative")
    n = b + c
    tail = sum(comb(n, i) for i in range(min(b, c) + 1))
    return min(1.0, 2 * tail / (1 << n))


def holm(p_values: Sequence[float], alpha: float = 0.05) -> tuple[Holm, ...]:
    """Adjust p values for testing all of them at once, in the order given (Holm, 1979).

    Ascending, p_(i) is rejected while `p_(i) <= alpha / (m - i + 1)`; which is to say that the
    largest `(m - j + 1) p_(j)` up to it is at most alpha: that is its adjusted p.
    """
    m, largest = len(p_values), 0.0
    adjusted: dict[int, Holm] = {}
    for rank, position in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (m - rank) * p_values[position]))
        adjusted[position] = Holm(largest, rejected=largest <= alpha)
    return tuple(adjusted[position] for position in range(m))


def minimum_detectable_effect(discordant_share: float, n: int) -> float:
    """`2.8 √(d / n)`: the smallest difference of two shares that n questions can be hoped to show.

    For 80 % power at a two-sided 0.05, before Holm: 2.8 is z(0.975) + z(0.8). d is the share of
    questions that exactly one of the two runs gets right.
    """
    _require(n > 0, "without questions nothing can be detected")
    return 2.8 * sqrt(discordant_share / n)


# A judge against people


def cohen_kappa(
    first: Sequence[str],
    second: Sequence[str],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """`(p_o - p_e) / (1 - p_e)`: agreement of two raters beyond chance (Cohen, 1960).

    `first[i]` and `second[i]` label the same item; the interval is a percentile bootstrap over
    items. 0 where both give one and the same label throughout: nothing speaks against chance.
    Raises ValueError for no items.
    """
    _require(len(first) > 0, "nothing was rated")
    labels = sorted({*first, *second})
    place = {label: row for row, label in enumerate(labels)}
    table = np.zeros((len(labels), len(labels)))
    for one, other in zip(first, second, strict=True):
        table[place[one], place[other]] += 1
    random = np.random.default_rng(seed)
    drawn = random.multinomial(len(first), table.ravel() / len(first), size=resamples)
    kappas = _kappa(drawn.reshape(-1, *table.shape).astype(np.float64))
    return Estimate(float(_kappa(table[None])[0]), _percentiles(kappas, confidence))


def prediction_powered(
    unlabelled: Sequence[float],
    predicted: Sequence[float],
    labels: Sequence[float],
    confidence: float = CONFIDENCE,
) -> Estimate:
    """A rate from many judged items, corrected by the few that people labelled too.

    `mean(Ŷ unlabelled) - mean(Ŷ - Y labelled) ± z √(σ²(Ŷ)/N + σ²(Ŷ - Y)/n)`, with variances over
    N and n (Angelopoulos et al., *Prediction-powered inference*, 2023). `unlabelled` are the
    judge's scores without labels, `predicted` its scores of the items that `labels` belong to.
    Not clipped: a rate beyond 0 or 1 says that the labels are too few. Raises ValueError when
    either part is empty.
    """
    _require(len(unlabelled) > 0 and len(labels) > 0, "both judged and labelled items are needed")
    scores = np.asarray(unlabelled, dtype=np.float64)
    errors = np.array([p - y for p, y in zip(predicted, labels, strict=True)], dtype=np.float64)
    value = float(scores.mean() - errors.mean())
    half = _z(confidence) * sqrt(scores.var() / len(scores) + errors.var() / len(errors))
    return Estimate(value, Interval(value - half, value + half))


def _z(confidence: float) -> float:
    """Standard normal quantile that leaves `1 - confidence` outside, half on either side."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _totals(values: Sequence[float], clusters: Sequence[str]) -> Floats:
    """Sum and count of each cluster, shape (clusters, 2), in an order of their own."""
    _require(len(values) > 0, "there are no values")
    members: dict[str, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        members.setdefault(cluster, []).append(value)
    totals = sorted((fsum(cluster), len(cluster)) for cluster in members.values())
    return np.array(totals, dtype=np.float64)


def _chunks(resamples: int) -> Iterator[int]:
    """Sizes that add up to `resamples`, so that memory stays bounded."""
    for begin in range(0, resamples, _CHUNK):
        yield min(_CHUNK, resamples - begin)


def _percentiles(resampled: Floats, confidence: float) -> Interval:
    low, high = np.quantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def _kappa(tables: Floats) -> Floats:
    """Kappa of each table of counts, shape (tables, labels, labels)."""
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    observed = np.trace(shares, axis1=1, axis2=2)
    expected = (shares.sum(axis=1) * shares.sum(axis=2)).sum(axis=1)
    beyond = 1 - expected
    kappa: Floats = np.divide(
        observed - expected, beyond, out=np.zeros_like(beyond), where=beyond > _TOLERANCE
    )
    return kappa


def _require(condition: bool, problem: str) -> None:  # noqa: FBT001  (reads as a sentence)
    if not condition:
        raise ValueError(problem)
