"""How far two graders agree, and the automatic measures with them.

Kappa is the share of agreement beyond chance. A measure may stand in for people where its kappa
is at least 0.70 overall and 0.60 in every language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from assistant.answer import ANSWERING
from evals.blindpairs import Side, Verdict
from evals.labels import CRITERIA, Graded, Labels
from evals.metrics import mean, share
from evals.record import Record
from evals.score import Result
from evals.statistics import cohen_kappa, prediction_powered
from evals.summary import ALL

Grades = Mapping[str, Graded]


class Kappa(Record):
    """Agreement of two judgements on n answers.

    `observed` is the share on which they agree, `low` and `high` enclose kappa (95 %). The counts
    are first, then second: `yes_no` were accepted by the first alone.
    """

    n: int
    observed: float
    kappa: float
    low: float
    high: float
    yes_yes: int
    yes_no: int
    no_yes: int
    no_no: int


class Agreement(Record):
    """What two graders make of one question about the answers of one slice.

    `kappa` is None where they graded no answer both; `first` and `second` count what either did.
    """

    criterion: str
    slice: str
    first: int
    second: int
    kappa: Kappa | None


class Between(Record):
    """What two graders make of the `n` pairs of answers that both graded: which one is better.

    `observed` is the share on which they agree, `low` and `high` enclose kappa (95 %).
    """

    graders: tuple[str, str]
    n: int
    observed: float
    kappa: float
    low: float
    high: float


class Rate(Record):
    """A share of all answers of the run, with its 95 % interval."""

    value: float
    low: float
    high: float


class Calibration(Record):
    """An automatic measure (first) against people (second), on one slice.

    `kappa` and the precision and recall of either verdict are over the answers on which all who
    graded them agree; `disputed` counts the others. `measured` is the share that the measure gives
    the whole run, `rate` that share corrected by the grades, in which a disputed answer counts
    half; None where every answer, or none, was graded.
    """

    measure: str
    slice: str
    disputed: int
    kappa: Kappa | None
    precision: dict[str, float]
    recall: dict[str, float]
    measured: float
    rate: Rate | None


class _Check(NamedTuple):
    """A measure as a yes or no, and the criteria by which people would say the same.

    `automatic` gives None where the measure is not asked of the question.
    """

    criteria: tuple[str, ...]
    automatic: Callable[[Result], bool | None]


def _supported(result: Result) -> bool | None:
    if result.answer is None or result.answer.status not in ANSWERING:
        return None
    scores = result.scores
    return None if scores.cit_recall is None else scores.cit_recall == scores.figure_precision == 1


def _complete(result: Result) -> bool | None:
    recall = result.scores.fact_recall
    return None if recall is None else recall == 1


CHECKS: Mapping[str, _Check] = {
    "crag = 1": _Check(("supported", "complete"), lambda result: result.scores.crag >= 1),
    "cit_recall, figure_precision = 1": _Check(("supported",), _supported),
    "fact_recall = 1": _Check(("complete",), _complete),
    "language_ok": _Check(("right_language",), lambda result: result.scores.language_ok == 1),
}


def agreement(first: Labels, second: Labels) -> tuple[Agreement, ...]:
    """Every question put to the graders, on all answers, then by language."""
    rows = {**second.rows, **first.rows}
    return tuple(
        _agreement(criterion, name, keys, first.rows, second.rows)
        for criterion in CRITERIA
        for name, keys in _slices({key: row.language for key, row in rows.items()}).items()
    )


def between(verdicts: Sequence[Verdict]) -> tuple[Between, ...]:
    """Every two graders of two runs, as `evals.blindpairs.about` gives what they said; two without
    a pair in common are left out.
    """
    said: dict[str, dict[str, Side]] = {}
    for one in verdicts:
        said.setdefault(one.grader, {})[one.question] = one.better
    return tuple(
        _between((first, second), said[first], said[second])
        for first, second in combinations(sorted(said), 2)
        if said[first].keys() & said[second].keys()
    )


def _between(
    graders: tuple[str, str], first: Mapping[str, Side], second: Mapping[str, Side]
) -> Between:
    shared = sorted(first.keys() & second.keys())
    estimate = cohen_kappa([first[key] for key in shared], [second[key] for key in shared])
    return Between(
        graders=graders,
        n=len(shared),
        observed=round(share(sum(first[key] == second[key] for key in shared), len(shared)), 4),
        kappa=round(estimate.value, 4),
        low=round(estimate.interval.low, 4),
        high=round(estimate.interval.high, 4),
    )


def calibration(results: Sequence[Result], graders: Sequence[Labels]) -> tuple[Calibration, ...]:
    """Every check, on all answers, then by language; slices that nobody graded are left out."""
    by_id = {result.id: result for result in results}
    slices = _slices({result.id: result.item.language for result in results})
    found = (
        _calibration(measure, name, [by_id[key] for key in keys], graders)
        for measure in CHECKS
        for name, keys in slices.items()
    )
    return tuple(one for one in found if one is not None)


def _agreement(
    criterion: str, name: str, keys: Sequence[str], first: Grades, second: Grades
) -> Agreement:
    one, other = ({k: _graded(grades, k, (criterion,)) for k in keys} for grades in (first, second))
    pairs = [(a, b) for k in keys if (a := one[k]) is not None and (b := other[k]) is not None]
    return Agreement(
        criterion=criterion,
        slice=name,
        first=sum(value is not None for value in one.values()),
        second=sum(value is not None for value in other.values()),
        kappa=_kappa(pairs),
    )


def _calibration(
    measure: str, name: str, results: Sequence[Result], graders: Sequence[Labels]
) -> Calibration | None:
    check = CHECKS[measure]
    automatic = {r.id: value for r in results if (value := check.automatic(r)) is not None}
    labels = {key: list(_verdicts(graders, key, check.criteria)) for key in automatic}
    graded = {key: values for key, values in labels.items() if values}
    if not graded:
        return None
    agreed = [(automatic[k], values[0]) for k, values in graded.items() if len(set(values)) == 1]
    kappa = _kappa(agreed)
    return Calibration(
        measure=measure,
        slice=name,
        disputed=len(graded) - len(agreed),
        kappa=kappa,
        precision=_precision(kappa) if kappa else {},
        recall=_recall(kappa) if kappa else {},
        measured=round(mean(map(float, automatic.values())) or 0.0, 4),
        rate=_rate(automatic, graded),
    )


def _rate(automatic: Mapping[str, bool], graded: Mapping[str, Sequence[bool]]) -> Rate | None:
    left = [float(value) for key, value in automatic.items() if key not in graded]
    if not left:
        return None
    estimate = prediction_powered(
        left,
        [float(automatic[key]) for key in graded],
        [mean(map(float, values)) or 0.0 for values in graded.values()],
    )
    return Rate(
        value=round(estimate.value, 4),
        low=round(estimate.interval.low, 4),
        high=round(estimate.interval.high, 4),
    )


def _verdicts(graders: Sequence[Labels], key: str, criteria: Sequence[str]) -> Iterator[bool]:
    for labels in graders:
        verdict = _graded(labels.rows, key, criteria)
        if verdict is not None:
            yield verdict


def _graded(grades: Grades, key: str, criteria: Sequence[str]) -> bool | None:
    """Whether all criteria hold; None unless all of them were graded."""
    given = grades[key].grades if key in grades else {}
    values = [value for criterion, value in given.items() if criterion in criteria]
    return all(values) if len(values) == len(criteria) else None


def _kappa(pairs: Sequence[tuple[bool, bool]]) -> Kappa | None:
    if not pairs:
        return None
    estimate = cohen_kappa([str(first) for first, _ in pairs], [str(second) for _, second in pairs])
    counts = {pair: pairs.count(pair) for pair in set(pairs)}
    return Kappa(
        n=len(pairs),
        observed=round(share(sum(a == b for a, b in pairs), len(pairs)), 4),
        kappa=round(estimate.value, 4),
        low=round(estimate.interval.low, 4),
        high=round(estimate.interval.high, 4),
        yes_yes=counts.get((True, True), 0),
        yes_no=counts.get((True, False), 0),
        no_yes=counts.get((False, True), 0),
        no_no=counts.get((False, False), 0),
    )


def _precision(found: Kappa) -> dict[str, float]:
    return {
        "yes": round(share(found.yes_yes, found.yes_yes + found.yes_no), 4),
        "no": round(share(found.no_no, found.no_no + found.no_yes), 4),
    }


def _recall(found: Kappa) -> dict[str, float]:
    return {
        "yes": round(share(found.yes_yes, found.yes_yes + found.no_yes), 4),
        "no": round(share(found.no_no, found.no_no + found.yes_no), 4),
    }


def _slices(languages: Mapping[str, str]) -> dict[str, list[str]]:
    """Ids of all, then of each language."""
    names = sorted(set(languages.values()))
    return {
        ALL: list(languages),
        **{f"language:{name}": [k for k, v in languages.items() if v == name] for name in names},
    }
