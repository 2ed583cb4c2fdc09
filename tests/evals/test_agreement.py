"""Agreement of graders with each other, and of the measures with them, worked out by hand."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evals.agreement import Agreement, Calibration, agreement, between, calibration
from evals.blindpairs import Side, Verdict
from evals.labels import CRITERIA, Criterion, Graded, Labels
from evals.score import Result
from tests.evals.runs import scored

YES, NO = True, False


def labels(
    grader: str, grades: Mapping[str, Sequence[bool | None]], language: str = "fr"
) -> Labels:
    """By id, a grade for each criterion; None where there is none."""
    rows = {
        name: Graded(2, "", "", language, dict(_given(values))) for name, values in grades.items()
    }
    return Labels(Path(f"{grader}.csv"), grader, rows)


def _given(values: Sequence[bool | None]) -> list[tuple[Criterion, bool]]:
    return [
        (name, value) for name, value in zip(CRITERIA, values, strict=True) if value is not None
    ]


def supported(*values: bool | None) -> dict[str, tuple[bool | None, ...]]:
    """Grades of `supported` alone, for q0, q1, ..."""
    return {f"q{at}": (value, None, None, None) for at, value in enumerate(values)}


def of(found: Sequence[Agreement], criterion: str, name: str = "all") -> Agreement:
    return next(one for one in found if (one.criterion, one.slice) == (criterion, name))


def test_kappa_is_agreement_beyond_chance_over_what_both_graded() -> None:
    first = labels("a", supported(YES, YES, YES, NO, NO, YES, None, YES))
    second = labels("b", supported(YES, YES, NO, NO, NO, YES, YES, None))
    one = of(agreement(first, second), "supported")
    assert (one.first, one.second) == (7, 7)
    assert one.kappa is not None
    assert one.kappa.n == 6
    assert one.kappa.observed == pytest.approx(5 / 6, abs=1e-4)
    expected = (4 * 3 + 2 * 3) / 36
    assert one.kappa.kappa == pytest.approx((5 / 6 - expected) / (1 - expected), abs=1e-4)
    assert (one.kappa.yes_yes, one.kappa.yes_no, one.kappa.no_yes, one.kappa.no_no) == (3, 1, 0, 2)
    assert one.kappa.low <= one.kappa.kappa <= one.kappa.high
    assert of(agreement(first, second), "useful").kappa is None


def test_languages_are_told_apart() -> None:
    french, arabic = supported(YES, NO), {"x": (YES, YES, YES, YES), "y": (NO, NO, NO, NO)}
    first = labels("a", french)
    second = labels("b", supported(NO, YES))
    both = Labels(first.path, "a", {**first.rows, **labels("a", arabic, "ar").rows})
    other = Labels(second.path, "b", {**second.rows, **labels("b", arabic, "ar").rows})
    found = agreement(both, other)
    kappas = {
        name: of(found, "supported", name).kappa for name in ("all", "language:fr", "language:ar")
    }
    assert [kappa and kappa.kappa for kappa in kappas.values()] == [0, -1, 1]


def run() -> list[Result]:
    """Ten questions; the measures call the first five right."""
    return [
        scored(f"q{at}", crag=1 if at < 5 else -1, fact_recall=float(at < 5), language_ok=1)
        for at in range(10)
    ]


def check(found: Sequence[Calibration], measure: str, name: str = "all") -> Calibration:
    return next(one for one in found if (one.measure, one.slice) == (measure, name))


def test_a_measure_is_held_against_what_the_graders_agree_on() -> None:
    right, wrong = (YES, YES, None, None), (YES, NO, None, None)
    first = labels("a", {"q0": right, "q1": right, "q2": wrong, "q5": wrong, "q6": right})
    second = labels("b", {"q0": right, "q1": right, "q2": wrong, "q5": wrong, "q6": wrong})
    one = check(calibration(run(), [first, second]), "crag = 1")
    assert one.disputed == 1
    assert one.kappa is not None
    assert (one.kappa.yes_yes, one.kappa.yes_no, one.kappa.no_yes, one.kappa.no_no) == (2, 1, 0, 1)
    assert one.kappa.kappa == pytest.approx((3 / 4 - 1 / 2) / (1 / 2))
    assert one.precision == {"yes": pytest.approx(2 / 3, abs=1e-4), "no": 1}
    assert one.recall == {"yes": 1, "no": 0.5}
    assert one.measured == 0.5
    assert one.rate is not None  # unlabelled 2 of 5; labelled errors 0, 0, 1, 0, -1/2
    assert one.rate.value == pytest.approx(2 / 5 - 1 / 10)
    assert one.rate.low < one.rate.value < one.rate.high


def test_half_a_verdict_is_none_and_measures_nobody_graded_are_left_out() -> None:
    first = labels("a", supported(YES, YES))
    found = calibration(run(), [first])
    assert [one.measure for one in found] == []
    complete = labels("a", {"q0": (None, YES, None, None)})
    found = calibration(run(), [complete])
    assert {one.measure for one in found} == {"fact_recall = 1"}
    assert {one.slice for one in found} == {"all", "language:fr"}


def test_there_is_nothing_to_correct_when_all_was_graded() -> None:
    grades = {f"q{at}": (YES, at < 5, YES, YES) for at in range(10)}
    found = calibration(run(), [labels("a", grades), labels("b", grades)])
    one = check(found, "crag = 1")
    assert one.rate is None
    assert one.kappa is not None
    assert one.kappa.kappa == 1
    language = check(found, "language_ok")
    assert language.kappa is not None
    assert (language.kappa.observed, language.kappa.kappa) == (1, 0)  # one label throughout


def said(grader: str, *sides: Side | None) -> list[Verdict]:
    """What somebody thought of the pairs q0, q1, ...; None for one that they did not grade."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return [
        Verdict(first="a", second="b", question=f"q{n}", better=side, grader=grader, at=at)
        for n, side in enumerate(sides)
        if side
    ]


def test_graders_of_pairs_agree_beyond_chance_on_those_that_both_graded() -> None:
    amina = said("user:amina", "first", "second", "both", "first", "neither", None)
    driss = said("user:driss", "first", "second", "neither", "second", None, "both")
    (one,) = between([*driss, *amina])
    assert (one.graders, one.n) == (("user:amina", "user:driss"), 4)
    assert one.observed == 0.5
    expected = (2 * 1 + 1 * 2) / 16
    assert one.kappa == pytest.approx((0.5 - expected) / (1 - expected), abs=1e-4)
    assert one.low <= one.kappa <= one.high


def test_who_graded_nothing_together_is_not_compared() -> None:
    assert between([*said("a", "first", None), *said("b", None, "first")]) == ()
    assert between(said("a", "first", "second")) == ()
    three = [*said("a", "first"), *said("b", "first"), *said("c", "first")]
    assert [one.graders for one in between(three)] == [("a", "b"), ("a", "c"), ("b", "c")]
