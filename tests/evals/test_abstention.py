"""Abstention: by hand, then against every order of ties and what must hold of any scores."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals import abstention
from evals.abstention import Outcome
from tests.evals.cases import ABSTENTION, Case

ITEMS = st.lists(
    st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1, max_size=30
)
FEW = st.lists(st.tuples(st.sampled_from([0.1, 0.9]), st.booleans()), min_size=1, max_size=5)
OUTCOMES = st.lists(st.builds(Outcome, st.booleans(), st.sampled_from([True, False, None])))
RATES = (abstention.refusal_precision, abstention.refusal_recall)
Items = list[tuple[float, bool]]


def columns(items: Items) -> tuple[list[float], list[bool]]:
    return [score for score, _ in items], [flag for _, flag in items]


@pytest.mark.parametrize("case", ABSTENTION, ids=lambda case: case.metric)
def test_by_hand(case: Case) -> None:
    assert case.holds(abstention)


@given(OUTCOMES)
def test_rates_are_shares_and_refusing_all_or_nothing_is_told(outcomes: list[Outcome]) -> None:
    for rate in RATES:
        assert 0 <= rate(outcomes) <= 1
        assert rate(outcomes) == rate(outcomes[::-1])
    if any(not one.answerable for one in outcomes):
        for answered in (False, True):
            alike = [Outcome(one.answerable, answered) for one in outcomes]
            assert abstention.refusal_recall(alike) == 1 - answered


@given(OUTCOMES, st.booleans())
def test_an_error_is_never_better_than_any_outcome(
    outcomes: list[Outcome], answerable: bool
) -> None:
    for rate in RATES:
        error, answer, refusal = (
            rate([*outcomes, Outcome(answerable, last)]) for last in (None, True, False)
        )
        assert error == min(answer, refusal)


@given(FEW)
def test_ties_count_as_the_mean_over_all_their_orders(items: Items) -> None:
    curves = [
        np.cumsum([flag for _, flag in order]) / np.arange(1, len(items) + 1)
        for order in permutations(items)
        if all(one[0] >= two[0] for one, two in pairwise(order))
    ]
    found = abstention.risk_coverage(*columns(items))
    np.testing.assert_allclose(found, np.mean(curves, axis=0), atol=1e-12)


@given(ITEMS)
def test_what_holds_of_any_curve(items: Items) -> None:
    scores, wrong = columns(items)
    risk = abstention.risk_coverage(scores, wrong)
    assert risk[-1] == pytest.approx(sum(wrong) / len(wrong))
    assert ((risk >= 0) & (risk <= 1 + 1e-12)).all()
    np.testing.assert_allclose(risk, abstention.risk_coverage(scores[::-1], wrong[::-1]))
    higher = [score + 3 for score in scores]
    assert abstention.aurc(higher, wrong) == pytest.approx(abstention.aurc(scores, wrong))


@given(ITEMS)
def test_knowing_what_is_wrong_is_best_and_mistaking_it_is_worst(items: Items) -> None:
    scores, wrong = columns(items)
    best = abstention.aurc([-flag for flag in wrong], wrong)
    worst = abstention.aurc(wrong, wrong)
    assert best - 1e-9 <= abstention.aurc(scores, wrong) <= worst + 1e-9


@given(ITEMS, st.floats(0, 1), st.floats(0, 1))
def test_coverage_grows_with_the_risk_allowed_and_keeps_to_it(
    items: Items, one: float, other: float
) -> None:
    scores, wrong = columns(items)
    low, high = sorted((one, other))
    covered = abstention.coverage_at_risk(scores, wrong, low)
    assert covered <= abstention.coverage_at_risk(scores, wrong, high)
    assert abstention.coverage_at_risk(scores, wrong, 1) == 1
    threshold = sorted(scores, reverse=True)[round(covered * len(scores)) - 1]
    taken = [flag for score, flag in items if score >= threshold]
    if covered:
        assert len(taken) == round(covered * len(scores))
        assert sum(taken) / len(taken) <= low + 1e-9


@given(ITEMS, st.integers(1, 20))
def test_bins_hold_every_item_once(items: Items, bins: int) -> None:
    scores, right = columns(items)
    found = abstention.reliability(scores, right, bins)
    assert sum(one.n for one in found) == len(items)
    assert sum(one.n * one.right for one in found) == pytest.approx(sum(right))
    for one in found:
        assert one.low - 1e-9 <= one.score <= one.high + 1e-9
        assert one.interval.low <= one.right <= one.interval.high
    assert 0 <= abstention.expected_calibration_error(scores, right, bins) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("scores", "flags"), [([], []), ([0.5], [True, False]), ([float("nan")], [True])]
)
def test_scores_that_cannot_be_ordered_are_refused(scores: list[float], flags: list[bool]) -> None:
    for measure in (abstention.risk_coverage, abstention.aurc, abstention.reliability):
        with pytest.raises(ValueError, match="score"):
            measure(scores, flags)


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_calibration_is_of_probabilities(score: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        abstention.reliability([score], [True])
