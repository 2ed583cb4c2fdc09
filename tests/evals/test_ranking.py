"""Ranking measures against values worked out by hand."""

import random
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.ranking import dcg, exponential, linear, ndcg, recall, reciprocal_rank

IDS = [f"d{i}" for i in range(1, 13)]
GRADES = st.dictionaries(st.sampled_from(IDS), st.integers(-1, 3))
RANKED = st.permutations(IDS).map(lambda ids: ids[:10])


def test_the_textbook_example() -> None:
    """Six documents of grades 3 2 3 0 1 2: DCG 6.861, ideal 3 3 2 2 1 0: 7.141, nDCG 0.961."""
    gains = [3, 2, 3, 0, 1, 2]
    grades = dict(zip(IDS, gains, strict=False))
    by_hand = 3 + 2 / log2(3) + 3 / 2 + 0 + 1 / log2(6) + 2 / log2(7)
    assert dcg(gains) == pytest.approx(by_hand)
    assert dcg(gains) == pytest.approx(6.861, abs=1e-3)
    assert ndcg(IDS[:6], grades) == pytest.approx(0.961, abs=1e-3)


def test_exponential_gain_by_hand() -> None:
    """Grades 1, 2: (1 + 3 / log2 3) / (3 + 1 / log2 3) = 2.89279 / 3.63093."""
    assert ndcg(["d1", "d2"], {"d1": 1, "d2": 2}, 10, exponential) == pytest.approx(
        0.79671, abs=1e-5
    )


@pytest.mark.parametrize("gain", [linear, exponential])
def test_ndcg_at_its_ends(gain: type) -> None:
    grades = {"d1": 2, "d2": 1}
    assert ndcg(["d1", "d2", "d3"], grades, 10, gain) == 1
    assert ndcg(["d3", "d4"], grades, 10, gain) == 0
    assert 0 < ndcg(["d2", "d1"], grades, 10, gain) < 1
    assert ndcg(["d1"], {}, 10, gain) == 0
    assert ndcg([], grades, 10, gain) == 0


def test_what_is_not_retrieved_stays_in_the_ideal() -> None:
    assert ndcg(["d1"], {"d1": 1, "d2": 1}) == pytest.approx(1 / (1 + 1 / log2(3)))
    assert ndcg(["d3", "d1"], {"d1": 1}, 1) == 0


def test_recall_and_reciprocal_rank() -> None:
    grades = {"d1": 1, "d2": 2, "d3": 0}
    assert recall(["d3", "d1"], grades, 5) == 0.5
    assert recall(["d2", "d1"], grades, 5) == 1
    assert recall(["d3", "d1"], grades, 1) == 0
    assert recall(["d1"], {"d1": 0}, 5) == 0
    assert reciprocal_rank(["d3", "d4", "d2"], grades) == pytest.approx(1 / 3)
    assert reciprocal_rank(["d1"], grades) == 1
    assert reciprocal_rank(["d3", "d1"], grades, 1) == 0


@given(RANKED, GRADES, st.integers(1, 20), st.randoms(use_true_random=False))
def test_bounds_and_indifference_to_the_order_of_judgements(
    ranked: list[str], grades: dict[str, int], k: int, chance: random.Random
) -> None:
    entries = list(grades.items())
    chance.shuffle(entries)
    for measure in (ndcg, recall, reciprocal_rank):
        value = measure(ranked, grades, k)
        assert -1e-9 <= value <= 1 + 1e-9
        assert value == pytest.approx(measure(ranked, dict(entries), k))


@given(RANKED, GRADES)
def test_sorting_by_grade_is_best(ranked: list[str], grades: dict[str, int]) -> None:
    best = sorted(IDS, key=lambda document: -grades.get(document, 0))
    assert ndcg(ranked, grades) <= ndcg(best, grades) + 1e-9
    assert recall(ranked, grades, 5) <= recall(ranked, grades, 10)
