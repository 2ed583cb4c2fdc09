"""Grouping: texts that mean about the same, by the cosines of their vectors alone.

Agglomerative clustering with average linkage (Sokal & Michener 1958; updates by Lance & Williams
1967): single linkage chains unlike texts together, complete linkage tears long groups apart.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors


def group(
    vectors: Vectors, nearness: float, weights: Sequence[int] | None = None
) -> tuple[tuple[int, ...], ...]:
    """Rows of unit vectors in groups: two are joined while their mean cosine is `nearness` or more.

    Of equal cosines the earlier rows are joined first, so equal input gives equal groups. Within a
    group the most central row comes first; groups come by weight (rows alone weigh 1), then by
    their first row. Takes time of n² for each of at most n joins: for a thousand texts, not for a
    million.
    """
    count = len(vectors)
    if not count:
        return ()
    cosines = (vectors @ vectors.T).astype(np.float64)
    members = _joined(cosines, nearness)
    weighed = list(weights) if weights is not None else [1] * count
    ordered = [_central_first(rows, cosines, weighed) for rows in members]
    return tuple(sorted(ordered, key=lambda rows: (-sum(weighed[row] for row in rows), min(rows))))


def _joined(cosines: NDArray[np.float64], nearness: float) -> list[list[int]]:
    near = cosines.copy()
    np.fill_diagonal(near, -np.inf)
    members: list[list[int]] = [[row] for row in range(len(near))]
    while True:
        first, second = divmod(int(near.argmax()), len(near))
        if near[first, second] < nearness:
            return [rows for rows in members if rows]
        first, second = min(first, second), max(first, second)
        mine, others = len(members[first]), len(members[second])
        mean = (mine * near[first] + others * near[second]) / (mine + others)
        near[first], near[:, first] = mean, mean
        near[second], near[:, second] = -np.inf, -np.inf
        near[first, first] = -np.inf
        members[first] += members[second]
        members[second] = []


def _central_first(
    rows: list[int], cosines: NDArray[np.float64], weights: Sequence[int]
) -> tuple[int, ...]:
    """The row nearest to its group, in which each counts as it weighs, then the others in order."""
    share = np.array([weights[row] for row in rows], dtype=np.float64)
    closeness = cosines[np.ix_(rows, rows)] @ share
    middle = rows[int(closeness.round(6).argmax())]
    return (middle, *sorted(row for row in rows if row != middle))
