"""Layout: which rows of the index say the same thing, are asked for it, or stand around it."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.arrays import mapped
from index.embedding import Vectors
from index.store import Places
from index.unitvectors import AnyVectors

Rows = NDArray[np.int64]
Floats = NDArray[np.float32]
_ARRAYS = 14


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rows of some groups, one group after the other; `sizes` counts those of each."""

    rows: Rows
    sizes: Rows

    def max(self, values: Floats) -> Floats:
        """The largest value of each group, -inf where it has no row."""
        return self._reduce(np.maximum, values, -np.inf)

    def mean(self, values: Floats) -> Floats:
        """The mean value of each group."""
        sums = self._reduce(np.add, values, 0.0)
        return np.asarray(sums / np.maximum(self.sizes, 1), dtype=np.float32)

    def among(self, rows: Rows) -> "Bundle":
        """The same groups with those of their rows that are among some others."""
        kept = np.isin(self.rows, rows)
        groups = np.repeat(np.arange(len(self.sizes)), self.sizes)
        return Bundle(self.rows[kept], np.bincount(groups[kept], minlength=len(self.sizes)))

    def max_of(self, vectors: AnyVectors, query: Vectors) -> Floats:
        """The largest cosine of each group's rows with a vector."""
        return self.max(vectors[self.rows] @ query)

    def _reduce(self, how: np.ufunc, values: Floats, empty: float) -> Floats:
        result = np.full(len(self.sizes), empty, dtype=np.float32)
        filled = np.flatnonzero(self.sizes)
        if filled.size:
            starts = np.cumsum(self.sizes) - self.sizes
            result[filled] = how.reduceat(values, starts[filled])
        return result


class Bundles:
    """Rows by group number, one group after the other: group g is `rows[starts[g]:starts[g + 1]]`.

    `starts` has one entry more than there are groups.
    """

    def __init__(self, rows: Rows, starts: Rows) -> None:
        self.rows = rows
        self.starts = starts

    @classmethod
    def grouped(cls, groups: Rows, rows: Rows, count: int) -> "Bundles":
        """`rows` by the group of each, for `count` groups."""
        sizes = np.bincount(groups, minlength=count)
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return cls(rows[np.argsort(groups, kind="stable")], starts)

    def of(self, groups: Rows) -> Bundle:
        """The rows of these groups, in their order."""
        starts = self.starts[groups]
        sizes = self.starts[groups + 1] - starts
        ends = np.cumsum(sizes)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        return Bundle(self.rows[np.repeat(starts, sizes) + within], sizes)


@dataclass(frozen=True, slots=True)
class Layout:
    """The statements of a generation as groups of rows.

    A group is a statement in all its languages; a sentence that is no statement is a group of its
    own. Questions about a whole document, or at a statement that no passage holds, belong to the
    family instead. `row_group` is -1 for them.
    """

    row_group: Rows
    row_family: Rows
    family: Rows
    passages: Rows
    sentences: Bundles
    questions: Bundles
    sheet_questions: Bundles
    by_passage: Bundles
    by_family: Bundles

    @classmethod
    def of(cls, places: Places) -> "Layout":
        """The layout of a generation's rows."""
        count = len(places.passages)
        keys: list[Hashable] = [
            (family, statement) if statement else row if row < count else None
            for row, (family, statement) in enumerate(
                zip(places.families, places.statements, strict=True)
            )
        ]
        row_group = _numbered(keys)
        row_family = _numbered(places.families)
        groups = int(row_group[:count].max(initial=-1)) + 1
        row_group[row_group >= groups] = -1
        families = int(row_family.max(initial=-1)) + 1
        rows = np.arange(len(keys))
        family = np.zeros(groups, dtype=np.int64)
        family[row_group[:count]] = row_family[:count]
        is_asked = (rows >= count) & (row_group >= 0)
        is_sheet = (rows >= count) & (row_group < 0)
        passages = np.array(places.passages, dtype=np.int64)
        return cls(
            row_group=row_group,
            row_family=row_family,
            family=family,
            passages=passages,
            sentences=Bundles.grouped(row_group[:count], rows[:count], groups),
            questions=Bundles.grouped(row_group[is_asked], rows[is_asked], groups),
            sheet_questions=Bundles.grouped(row_family[is_sheet], rows[is_sheet], families),
            by_passage=Bundles.grouped(
                passages, row_group[:count], int(passages.max(initial=-1)) + 1
            ),
            by_family=Bundles.grouped(family, np.arange(groups), families),
        )

    @classmethod
    def load(cls, path: Path) -> "Layout":
        """The layout that `save` left in a file; it is mapped, so that processes share it.

        Raises ValueError for a file of another shape.
        """
        flat = mapped(path)
        ends = np.cumsum([_ARRAYS, *flat[:_ARRAYS]])
        if len(ends) <= _ARRAYS or ends[-1] != len(flat):
            raise ValueError("its arrays are not of the lengths that it names")
        arrays = (flat[begin:end] for begin, end in pairwise(ends))
        row_group, row_family, family, passages, *bundled = arrays
        bundles = map(Bundles, bundled[::2], bundled[1::2])
        return cls(row_group, row_family, family, passages, *bundles)

    def save(self, path: Path) -> None:
        """Write every array into one file, behind their lengths; equal layouts give equal bytes."""
        bundles = (
            self.sentences, self.questions, self.sheet_questions, self.by_passage, self.by_family
        )  # fmt: skip
        arrays = [self.row_group, self.row_family, self.family, self.passages]
        arrays += [array for one in bundles for array in (one.rows, one.starts)]
        lengths = [len(array) for array in arrays]
        np.save(path, np.concatenate([lengths, *arrays]), allow_pickle=False)

    def groups_of(self, rows: Rows) -> Rows:
        """The groups that rows belong to, each once; a sheet's question brings all of its sheet."""
        direct = self.row_group[rows]
        families = np.unique(self.row_family[rows[direct < 0]])
        return np.union1d(direct[direct >= 0], self.by_family.of(families).rows)

    def best_row(
        self, groups: Rows, vectors: AnyVectors, query: Vectors, only: Rows | None = None
    ) -> Rows:
        """The sentence of each group that is nearest to a vector, the first of equals.

        With `only`, the nearest of these rows; each group must have one of them.
        """
        bundle = self.sentences.of(groups)
        if only is not None:
            bundle = bundle.among(only)
        cosines = vectors[bundle.rows] @ query
        starts = np.cumsum(bundle.sizes) - bundle.sizes
        places = [
            start + int(np.argmax(cosines[start : start + size]))
            for start, size in zip(starts, bundle.sizes, strict=True)
        ]
        return bundle.rows[np.array(places, dtype=np.int64)]

    def group(self, row: int) -> int:
        """The group of a sentence."""
        return int(self.row_group[row])

    def passage(self, row: int) -> int:
        """The passage row of a sentence."""
        return int(self.passages[row])

    def groups_in(self, passage: int) -> list[int]:
        """The groups that a passage holds."""
        return [int(group) for group in self.by_passage.of(np.array([passage])).rows]


def _numbered(keys: Sequence[Hashable]) -> Rows:
    """A number for each distinct key, in order of appearance; -1 for None."""
    numbers: dict[Hashable, int] = {}
    return np.array(
        [-1 if key is None else numbers.setdefault(key, len(numbers)) for key in keys],
        dtype=np.int64,
    )
