"""Grouping by cosine: what is near goes together, the same way every time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding import Vectors
from index.grouping import group


def unit(*rows: tuple[float, ...]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_nothing_and_one() -> None:
    assert group(np.zeros((0, 4), dtype=np.float32), 0.5) == ()
    assert group(unit((1, 0)), 0.5) == ((0,),)


def test_near_rows_go_together_and_the_larger_group_comes_first() -> None:
    rows = unit((0, 1), (1, 0.1), (1, 0), (1, -0.1), (0.1, 1))
    assert group(rows, 0.9) == ((2, 1, 3), (0, 4))


def test_weight_decides_before_size_and_pulls_the_middle() -> None:
    rows = unit((1, 0.2), (1, 0), (1, -0.2), (0, 1))
    assert group(rows, 0.9, [1, 1, 9, 1])[0][0] == 2
    assert group(rows, 0.9, [1, 1, 1, 9])[0] == (3,)


def test_a_chain_of_neighbours_is_not_one_group() -> None:
    turned = [np.deg2rad(20 * step) for step in range(9)]
    rows = unit(*((float(np.cos(angle)), float(np.sin(angle))) for angle in turned))
    groups = group(rows, 0.9)
    assert len(groups) > 1
    for members in groups:
        assert float((rows[list(members)] @ rows[list(members)].T).mean()) >= 0.9


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.floats(-1, 1))
def test_every_row_is_in_one_group_and_equal_input_gives_equal_groups(
    seed: int, count: int, nearness: float
) -> None:
    rows = np.random.default_rng(seed).standard_normal((count, 6)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    groups = group(rows, nearness)
    assert sorted(row for members in groups for row in members) == list(range(count))
    assert groups == group(rows, nearness)


@pytest.mark.parametrize(("nearness", "groups"), [(-1.5, 1), (1.5, 4)])
def test_the_ends(nearness: float, groups: int) -> None:
    assert len(group(unit((1, 0), (0, 1), (-1, 0), (0, -1)), nearness)) == groups
