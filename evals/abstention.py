"""Does it answer what it can, and withhold what it cannot?

Two kinds of error are counted apart, for they hurt different people: a false answer misleads, a
false refusal sends away. Selective answering follows El-Yaniv & Wiener (2010) and Geifman &
El-Yaniv (2017): whoever answers only above a threshold trades coverage for risk.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.metrics import share
from evals.statistics import Interval, wilson

RISK = 0.05
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question: could it be answered (partly counts), and was it? None for an error.

    An error counts as the wrong outcome, whichever that is.
    """

    answerable: bool
    answered: bool | None

    @property
    def answers(self) -> bool:
        """Whether it counts as answered."""
        return not self.answerable if self.answered is None else self.answered


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose score lies in `[low, high)`, the last bin in `[low, high]`.

    `score` is their mean score, `right` the share that came out right, with its interval.
    """

    low: float
    high: float
    n: int
    score: float
    right: float
    interval: Interval


def refusal_precision(outcomes: Sequence[Outcome]) -> float:
    """`refused and unanswerable / refused`; 0 of none."""
    refused = [one for one in outcomes if not one.answers]
    return share(sum(not one.answerable for one in refused), len(refused))


def refusal_recall(outcomes: Sequence[Outcome]) -> float:
    """`refused and unanswerable / unanswerable`; 0 of none."""
    unanswerable = [one for one in outcomes if not one.answerable]
    return share(sum(not one.answers for one in unanswerable), len(unanswerable))


# Selective answering


def risk_coverage(scores: Sequence[float], wrong: Sequence[bool]) -> Floats:
    """`risk(i)`: the share wrong among the i items with the highest score, for i from 1 to n.

    Every item is answered, and `wrong` tells how. Equal scores have no order, so each of them
    counts with the share wrong among them: the expected value over all orders. Raises ValueError
    for no items, or a score that is no number.
    """
    values, errors = _arrays(scores, wrong)
    _, group, sizes = np.unique(-values, return_inverse=True, return_counts=True)
    expected = np.bincount(group, weights=errors) / sizes
    risk: Floats = np.cumsum(np.repeat(expected, sizes)) / np.arange(1, len(values) + 1)
    return risk


def aurc(scores: Sequence[float], wrong: Sequence[bool]) -> float:
    """`(1/n) Σ_i risk(i)`: the area under the risk-coverage curve, 0 at best."""
    return float(risk_coverage(scores, wrong).mean())


def coverage_at_risk(scores: Sequence[float], wrong: Sequence[bool], limit: float = RISK) -> float:
    """The largest share of items that some threshold answers at a risk of at most `limit`.

    A threshold cannot part equal scores, so only the ends of ties count. 0 if there is none.
    """
    risk = risk_coverage(scores, wrong)
    ordered = -np.sort(-np.asarray(scores, dtype=np.float64))
    is_end = np.append(ordered[:-1] != ordered[1:], True)
    allowed = np.flatnonzero(is_end & (risk <= limit + _ROUNDING))
    return float(allowed[-1] + 1) / len(risk) if len(allowed) else 0.0


# Calibration


def reliability(
    scores: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> tuple[Bin, ...]:
    """Bins of equal width over scores from 0 to 1, those without items left out.

    `outcomes` tells which items are right. Raises ValueError for no items or other scores.
    """
    values, right = _arrays(scores, outcomes)
    if values.min() < 0 or values.max() > 1:
        raise ValueError("calibration is asked of scores between 0 and 1")
    places = np.minimum((values * bins).astype(np.int64), bins - 1)
    return tuple(
        _bin(int(place), bins, values[places == place], right[places == place])
        for place in np.unique(places)
    )


def expected_calibration_error(
    scores: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> float:
    """`Σ_b (n_b / n) |right_b - score_b|` over the bins of `reliability` (Naeini et al., 2015)."""
    found = reliability(scores, outcomes, bins)
    return sum(one.n * abs(one.right - one.score) for one in found) / len(scores)


def _bin(place: int, bins: int, scores: Floats, right: Floats) -> Bin:
    n, successes = len(scores), int(right.sum())
    return Bin(
        low=place / bins,
        high=(place + 1) / bins,
        n=n,
        score=float(scores.mean()),
        right=successes / n,
        interval=wilson(successes, n),
    )


_ROUNDING = 1e-12


def _arrays(scores: Sequence[float], outcomes: Sequence[bool]) -> tuple[Floats, Floats]:
    values = np.asarray(scores, dtype=np.float64)
    flags = np.asarray(outcomes, dtype=np.float64)
    if not len(values) or values.shape != flags.shape or not np.isfinite(values).all():
        raise ValueError("one score, a number, is needed for each of at least one item")
    return values, flags
