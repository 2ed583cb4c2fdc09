"""Vectors of length 1 in 16 bits: half the bytes, and cosines that hardly differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from index.embedding import Vectors
from index.unitvectors import LARGEST, UnitVectors, rounded

DIMENSION = 384


def unit(numbers: Vectors) -> Vectors:
    return np.asarray(numbers / np.linalg.norm(numbers, axis=1, keepdims=True), dtype=np.float32)


matrices = hnp.arrays(
    np.float32, (5, DIMENSION), elements=st.floats(-1, 1, width=32), fill=st.just(np.float32(0.5))
).filter(lambda numbers: bool(np.linalg.norm(numbers, axis=1).min() > 0.1))


@given(matrices.map(unit))
def test_cosines_stay_what_they_were(vectors: Vectors) -> None:
    stored = UnitVectors(rounded(vectors))
    assert stored.shape == vectors.shape
    assert len(stored) == len(vectors)
    np.testing.assert_allclose(stored[:], vectors, atol=1.6e-5)
    worst = DIMENSION**0.5 / LARGEST / 2 + 1e-5
    np.testing.assert_allclose(stored[:] @ vectors.T, vectors @ vectors.T, atol=worst)


@given(matrices.map(unit))
def test_what_was_read_is_written_again_byte_by_byte(vectors: Vectors) -> None:
    once = rounded(vectors)
    assert rounded(UnitVectors(once)[:]).tobytes() == once.tobytes()


def test_rows_come_as_floats_whatever_they_are_stored_as() -> None:
    vectors = unit(np.random.default_rng(7).normal(size=(9, DIMENSION)).astype(np.float32))
    rows = np.array([7, 0, 7], dtype=np.int64)
    for stored in (vectors, rounded(vectors)):
        found = UnitVectors(stored)
        assert found[rows].dtype == found[2:4].dtype == np.float32
        np.testing.assert_allclose(found[rows], vectors[rows], atol=1.6e-5)
        np.testing.assert_allclose(found[2:4], vectors[2:4], atol=1.6e-5)
    assert rounded(vectors).nbytes * 2 == vectors.nbytes


def test_a_number_that_is_1_and_one_that_is_minus_1_fit() -> None:
    ends = np.array([[1.0, 0.0], [-1.0, 0.0]], dtype=np.float32)
    np.testing.assert_array_equal(UnitVectors(rounded(ends))[:], ends)


@pytest.mark.parametrize(
    "stored",
    [
        np.zeros((2, 3)),
        np.zeros((2, 3), dtype=np.int32),
        np.zeros(3, dtype=np.int16),
        np.zeros(3, dtype=np.float32),
    ],
)
def test_other_numbers_are_refused(stored: np.ndarray) -> None:
    with pytest.raises(ValueError, match=f"{stored.dtype}"):
        UnitVectors(stored)
