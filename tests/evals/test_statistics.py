"""Statistics: by hand, against SciPy, against published figures, and what must always hold."""

import random
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from evals import statistics
from evals.statistics import (
    cluster_bootstrap,
    cohen_kappa,
    holm,
    mcnemar_exact,
    mean_interval,
    minimum_detectable_effect,
    paired_randomisation,
    prediction_powered,
    wilson,
)
from tests.evals.cases import STATISTICS, Case, raters

FEW = 400
"""Resamples, where the property does not depend on them."""

ROWS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.sampled_from("abcdef")),
    min_size=1,
    max_size=30,
)
DELTAS = st.lists(
    st.tuples(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), st.sampled_from("abcdef")),
    min_size=1,
    max_size=30,
)
CHANCES = st.lists(st.floats(0, 1), max_size=8)
RATINGS = st.lists(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), min_size=1, max_size=40
)
Rows = list[tuple[float, str]]


def columns(rows: Rows) -> tuple[list[float], list[str]]:
    return [value for value, _ in rows], [cluster for _, cluster in rows]


@pytest.mark.parametrize("case", STATISTICS, ids=lambda case: case.metric)
def test_by_hand(case: Case) -> None:
    assert case.holds(statistics)


# Wilson


@given(st.integers(1, 400), st.data(), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_wilson_agrees_with_scipy(n: int, data: st.DataObject, confidence: float) -> None:
    successes = data.draw(st.integers(0, n))
    expected = stats.binomtest(successes, n).proportion_ci(confidence, "wilson")
    found = wilson(successes, n, confidence)
    assert found == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.integers(1, 400), st.data())
def test_wilson_holds_its_share_mirrors_and_narrows(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)
    wider, narrower = wilson(successes, n, 0.99), wilson(4 * successes, 4 * n)
    assert wider.high - wider.low > high - low > narrower.high - narrower.low


@pytest.mark.parametrize("successes", [-1, 11])
def test_wilson_refuses_what_is_no_share(successes: int) -> None:
    with pytest.raises(ValueError, match="10"):
        wilson(successes, 10)


# Bootstrap


@settings(max_examples=50)
@given(ROWS)
def test_the_bootstrap_holds_the_mean_and_widens_with_confidence(rows: Rows) -> None:
    values, clusters = columns(rows)
    low, high = cluster_bootstrap(values, clusters, resamples=FEW)
    mean = sum(values) / len(values)
    assert low - 1e-9 <= mean <= high + 1e-9
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
    wide = cluster_bootstrap(values, clusters, resamples=FEW, confidence=0.99)
    assert wide.low <= low <= high <= wide.high


@settings(max_examples=50)
@given(ROWS, st.randoms(use_true_random=False))
def test_neither_order_nor_names_move_the_bootstrap(rows: Rows, chance: random.Random) -> None:
    before = cluster_bootstrap(*columns(rows), resamples=FEW)
    renamed = [(value, f"حوار {cluster}") for value, cluster in rows]
    chance.shuffle(renamed)
    assert cluster_bootstrap(*columns(renamed), resamples=FEW) == before


def test_the_bootstrap_agrees_with_scipy_where_each_question_is_its_own_cluster() -> None:
    values = np.random.default_rng(1).beta(2, 1, size=120)
    found = cluster_bootstrap(values.tolist(), [str(i) for i in range(120)])
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=10_000, method="percentile", rng=np.random.default_rng(2)
    ).confidence_interval
    assert found == pytest.approx((expected.low, expected.high), abs=0.004)


def test_questions_that_fail_together_make_the_interval_wider() -> None:
    """Ten copies of each of 40 outcomes tell no more than the 40: √10 times the naive width."""
    outcomes = [float(i % 2) for i in range(40)]
    values = [value for value in outcomes for _ in range(10)]
    naive = cluster_bootstrap(values, [str(i) for i in range(400)])
    honest = cluster_bootstrap(values, [str(i // 10) for i in range(400)])
    once = cluster_bootstrap(outcomes, [str(i) for i in range(40)])
    assert honest == pytest.approx(once, abs=1e-9)
    ratio = (honest.high - honest.low) / (naive.high - naive.low)
    assert ratio == pytest.approx(10**0.5, rel=0.1)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """300 samples of 60 clusters of 1 to 4 questions; the truth is 0.7."""
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        chances = generator.beta(7, 3, size=60)
        sizes = generator.integers(1, 5, size=60)
        values = (generator.random(sizes.sum()) < np.repeat(chances, sizes)).astype(float).tolist()
        clusters = [str(i) for i, n in enumerate(sizes) for _ in range(n)]
        low, high = cluster_bootstrap(values, clusters, resamples=FEW)
        held += low <= 0.7 <= high
    assert 0.90 <= held / 300 <= 0.99


def test_a_seed_gives_the_same_interval_and_another_seed_another() -> None:
    values, clusters = [float(i % 3) for i in range(50)], [str(i) for i in range(50)]
    assert cluster_bootstrap(values, clusters) == cluster_bootstrap(values, clusters)
    assert cluster_bootstrap(values, clusters, resamples=99) != cluster_bootstrap(
        values, clusters, resamples=99, seed=1
    )


@given(ROWS)
def test_near_the_ends_the_interval_of_a_mean_is_never_empty(rows: Rows) -> None:
    values, clusters = columns(rows)
    ones = [1.0] * len(values)
    low, high = mean_interval(ones, clusters, resamples=FEW)
    assert low < 1 == high
    assert (low, high) == wilson(len(set(clusters)), len(set(clusters)))


# Randomisation


@settings(max_examples=50)
@given(DELTAS, st.randoms(use_true_random=False))
def test_p_is_a_chance_that_ignores_order_names_and_direction(
    rows: Rows, chance: random.Random
) -> None:
    deltas, clusters = columns(rows)
    both = paired_randomisation(deltas, clusters, resamples=FEW)
    less = paired_randomisation(deltas, clusters, resamples=FEW, alternative="less")
    renamed = [(delta, f"q{cluster}") for delta, cluster in rows]
    chance.shuffle(renamed)
    flipped = [-delta for delta in deltas]
    assert 0 < min(both, less) <= max(both, less) <= 1
    assert paired_randomisation(*columns(renamed), resamples=FEW) == both
    assert paired_randomisation(flipped, clusters, resamples=FEW) == both
    greater = paired_randomisation(flipped, clusters, resamples=FEW, alternative="greater")
    assert greater == less


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_randomisation_agrees_with_all_sign_patterns(
    alternative: statistics.Alternative,
) -> None:
    """Exact p over 2^9 patterns of cluster sums, and SciPy's own test of paired samples."""
    generator = np.random.default_rng(4)
    deltas = np.round(generator.normal(0.3, 1, size=27), 2)
    sums = deltas.reshape(9, 3).sum(axis=1)
    drawn = np.array([np.dot(signs, sums) for signs in product([-1, 1], repeat=9)])
    extreme = {
        "two-sided": np.abs(drawn) >= abs(sums.sum()) - 1e-9,
        "less": drawn <= sums.sum() + 1e-9,
        "greater": drawn >= sums.sum() - 1e-9,
    }[alternative]
    clusters = [str(i // 3) for i in range(27)]
    found = paired_randomisation(deltas.tolist(), clusters, alternative=alternative)
    assert found == pytest.approx(extreme.mean(), abs=0.02)
    scipys = stats.permutation_test(
        (sums, np.zeros(9)), lambda x, y: np.sum(x - y), permutation_type="samples",
        n_resamples=np.inf, alternative=alternative,
    )  # fmt: skip
    assert found == pytest.approx(scipys.pvalue, abs=0.02)


def test_without_a_difference_small_p_values_are_rare() -> None:
    generator = np.random.default_rng(5)
    clusters = [str(i // 2) for i in range(60)]
    p_values = [
        paired_randomisation(generator.normal(size=60).tolist(), clusters, resamples=FEW, seed=seed)
        for seed in range(300)
    ]
    assert 0.02 <= float(np.mean([p <= 0.05 for p in p_values])) <= 0.09


# McNemar, Holm, power


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_the_binomial_test_of_the_discordant(b: int, c: int) -> None:
    assume(b + c > 0)
    found = mcnemar_exact(b, c)
    assert found == pytest.approx(stats.binomtest(b, b + c, 0.5).pvalue, rel=1e-9)
    assert found == mcnemar_exact(c, b)
    assert 0 < found <= 1


def test_mcnemar_stays_exact_for_thousands() -> None:
    assert mcnemar_exact(2_000, 2_000) == 1
    assert 0 < mcnemar_exact(1_900, 2_100) < 0.01


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        mcnemar_exact(-1, 3)


@given(CHANCES, st.sampled_from([0.01, 0.05, 0.2]))
def test_holm_rejects_step_by_step(p_values: list[float], alpha: float) -> None:
    """The stepwise rule, worked out apart from the adjusted values."""
    found = holm(p_values, alpha)
    left = sorted(p_values)
    rejected = 0
    while rejected < len(left) and left[rejected] * (len(left) - rejected) <= alpha:
        rejected += 1
    assert sum(one.rejected for one in found) == rejected
    for p, one in zip(p_values, found, strict=True):
        assert p <= one.adjusted <= 1
        assert one.rejected == (one.adjusted <= alpha)
        assert p * len(p_values) >= one.adjusted or one.adjusted == max(
            other.adjusted for q, other in zip(p_values, found, strict=True) if q <= p
        )


@given(CHANCES)
def test_holm_keeps_the_order_of_its_p_values(p_values: list[float]) -> None:
    found = holm(p_values)
    assert [one.adjusted for one in holm(p_values[::-1])] == [
        one.adjusted for one in reversed(found)
    ]
    for one, other in product(range(len(p_values)), repeat=2):
        if p_values[one] < p_values[other]:
            assert found[one].adjusted <= found[other].adjusted


@pytest.mark.parametrize(("n", "points"), [(200, 7.7), (600, 4.4)])
def test_the_effect_that_can_be_seen_with_15_percent_discordant(n: int, points: float) -> None:
    assert 100 * minimum_detectable_effect(0.15, n) == pytest.approx(points, abs=0.05)


def test_the_effect_that_can_be_seen_is_seen_in_four_runs_of_five() -> None:
    """At the effect itself, McNemar's normal form rejects with a power of about 0.8."""
    n, discordant = 600, 0.15
    effect = minimum_detectable_effect(discordant, n)
    power = stats.norm.cdf(effect / (discordant / n) ** 0.5 - stats.norm.ppf(0.975))
    assert power == pytest.approx(0.8, abs=0.005)


def test_nothing_can_be_seen_without_questions() -> None:
    with pytest.raises(ValueError, match="questions"):
        minimum_detectable_effect(0.1, 0)


# A judge


@settings(max_examples=50)
@given(RATINGS, st.randoms(use_true_random=False))
def test_kappa_is_bounded_symmetric_and_blind_to_order_and_names(
    ratings: list[tuple[str, str]], chance: random.Random
) -> None:
    first, second = [one for one, _ in ratings], [other for _, other in ratings]
    found = cohen_kappa(first, second, resamples=FEW)
    assert -1 - 1e-9 <= found.interval.low <= found.interval.high <= 1 + 1e-9
    assert found.value == pytest.approx(cohen_kappa(second, first, resamples=FEW).value)
    names = {"x": "نعم", "y": "non", "z": "partly"}
    renamed = [(names[one], names[other]) for one, other in ratings]
    chance.shuffle(renamed)
    again = cohen_kappa([a for a, _ in renamed], [b for _, b in renamed], resamples=FEW)
    assert again.value == pytest.approx(found.value)
    if first == second and len(set(first)) > 1:
        assert found.value == pytest.approx(1)


def test_the_interval_of_kappa_agrees_with_its_asymptotic_error() -> None:
    """`√(p_o (1 - p_o) / n) / (1 - p_e)` (Cohen, 1960) for 45, 15, 25 and 15 of 100."""
    found = cohen_kappa(*raters(45, 15, 25, 15))
    observed, expected = 0.6, 0.6 * 0.7 + 0.4 * 0.3
    half = 1.96 * (observed * (1 - observed) / 100) ** 0.5 / (1 - expected)
    assert found.value == pytest.approx((observed - expected) / (1 - expected))
    assert found.value == pytest.approx(0.1304, abs=1e-4)
    assert found.interval == pytest.approx((found.value - half, found.value + half), abs=0.03)


def test_a_biased_judge_is_corrected_and_a_useless_one_costs_width() -> None:
    """The truth is 0.6, the judge passes a third of what is wrong; 200 of 4,200 are labelled."""
    generator = np.random.default_rng(6)
    truth = generator.random(4_200) < 0.6
    judged = truth | (generator.random(4_200) < 1 / 3)
    noise = generator.random(4_200) < 0.6
    labels, rest = truth[:200].astype(float), slice(200, None)

    def powered(scores: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> statistics.Estimate:
        values = scores.astype(float)
        return prediction_powered(values[rest].tolist(), values[:200].tolist(), labels.tolist())

    good, useless = powered(judged), powered(noise)
    assert judged.mean() > 0.7
    assert good.interval.low <= 0.6 <= good.interval.high
    assert good.value == pytest.approx(0.6, abs=0.06)
    assert useless.interval.high - useless.interval.low > good.interval.high - good.interval.low


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_a_perfect_judge_is_taken_at_its_word(unlabelled: list[float], labels: list[float]) -> None:
    found = prediction_powered(unlabelled, labels, labels)
    assert found.value == pytest.approx(sum(unlabelled) / len(unlabelled))
    assert found.interval.low <= found.value <= found.interval.high
    wide = prediction_powered(unlabelled, labels, labels, 0.99).interval
    assert wide.low <= found.interval.low
    assert found.interval.high <= wide.high


# Nothing


def test_an_interval_of_nothing_is_refused() -> None:
    for act in (
        lambda: cluster_bootstrap([], []),
        lambda: mean_interval([], []),
        lambda: paired_randomisation([], []),
        lambda: cohen_kappa([], []),
        lambda: prediction_powered([], [1.0], [1.0]),
        lambda: prediction_powered([1.0], [], []),
    ):
        with pytest.raises(ValueError, match=r"values|rated|needed"):
            act()


def test_columns_of_different_length_are_refused() -> None:
    for act in (
        lambda: cluster_bootstrap([1.0], ["a", "b"]),
        lambda: cohen_kappa(["a"], ["a", "b"]),
        lambda: prediction_powered([1.0], [1.0], [1.0, 0.0]),
    ):
        with pytest.raises(ValueError, match="zip"):
            act()
