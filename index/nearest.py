"""Nearest: the vectors of a generation that are nearest to one, found exactly or nearly, by size.

Few vectors are compared one by one, which is exact. Many are sorted into lists around centroids,
and only the lists nearest to the question are read, a byte a dimension. What comes back are
candidates: whoever ranks them computes their cosines from the vectors themselves.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from math import isqrt
from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
from faiss.contrib import inspect_tools, ivf_tools
from numpy.typing import NDArray

from index.embedding import Vectors
from index.unitvectors import AnyVectors

Rows = NDArray[np.int64]
Kind = Literal["flat", "hnsw", "ivf"]
_Index = Any
"""An index of FAISS, whose own types leave out most of what an index has."""


EXACT_UP_TO = 65_536
"""Rows up to which every vector is compared: 96 MB of 384 dimensions, 4 ms on one core."""

_PROBED = 128
"""Lists read for a question, of √rows. Of 51,000 real vectors 64 lists give a recall@10 of 0.994
and 128 one of 0.997; the made-up ones of the growth bench are harder and want the 128."""

_NEIGHBOURS, _BREADTH = 16, 200
"""Links of a vector in the graph, and how many candidates are kept while searching it."""

_TRAINED_ON = 40
"""Vectors for each centroid that k-means sees; with more, recall stayed the same."""

_ROUNDS = 6
_NEW = 0.5
"""Share of vectors that the generation before did not hold, beyond which they are not its kin."""

_UNEVEN = 2.0
"""Lists so uneven (Σ sizes² × lists / rows²; 1.2 to 1.4 when trained) are made anew."""

_BLOCK = 16_384
_add_preassigned: Callable[..., None] = ivf_tools.add_preassigned
_get_list: Callable[[_Index, int], tuple[Rows, NDArray[np.uint8]]] = inspect_tools.get_invlist
_LISTS = b"IwSq"


class Nearest:
    """The rows of a generation's vectors, searchable by a vector.

    No size is given a graph (HNSW), which is there to be measured against: it answers 100,000
    vectors in 1 ms instead of 3, but takes more than ten times as long to build and cannot forget
    a row, so that one changed document would cost all of that again.
    """

    def __init__(self, index: _Index) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: AnyVectors, kind: Kind | None = None) -> "Nearest":
        """Unit vectors of shape (rows, dimension), which may be memory-mapped.

        The same vectors give the same bytes on the same machine. Without a `kind`, their number
        decides.
        """
        index = _empty(vectors, kind or kind_of(len(vectors)))
        for block in _blocks(vectors):
            index.add(block)
        return cls(index)

    def followed_by(self, vectors: AnyVectors, origins: Rows) -> "Nearest":
        """The index of the generation after this one.

        `origins` has the row of each vector in this one, -1 for what it does not hold. What it
        holds stays in its list, which spares the comparison with all centroids; and the centroids
        are those of before, which spares k-means. When that is not to be had, or the lists have
        become uneven, the index is made from nothing.
        """
        new = np.flatnonzero(origins < 0)
        if not self._suits(vectors) or len(new) > len(vectors) * _NEW:
            return Nearest.of(vectors)
        lists = self._lists()[origins]
        for rows in np.split(new, range(_BLOCK, len(new), _BLOCK)):
            lists[rows] = self._index.quantizer.search(vectors[rows], 1)[1][:, 0]
        if _unevenness(lists, self._index.nlist) > _UNEVEN:
            return Nearest.of(vectors)
        index = _like(self._index)
        for begin in range(0, len(vectors), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            rows = np.arange(len(vectors), dtype=np.int64)[part]
            _add_preassigned(index, np.ascontiguousarray(vectors[part]), lists[part], rows)
        return Nearest(index)

    @classmethod
    def open(cls, path: Path) -> "Nearest":
        """Map a saved index into memory: what is not searched is not read, and processes share it.

        The caller has checked the file's hash. Raises RuntimeError when it is no index.
        """
        with path.open("rb") as file:
            has_lists = file.read(len(_LISTS)) == _LISTS
        if not has_lists:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))
        index: _Index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        # FAISS would start up to 32 threads for each question to read ahead.
        on_disk: _Index = faiss.downcast_InvertedLists(index.invlists)
        on_disk.prefetch_nthread = 0
        return cls(index)

    def save(self, path: Path) -> None:
        """Write the index; OSError when the disk refuses."""
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(str(error)) from error

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and dimensions."""
        return self._index.ntotal, self._index.d

    @cached_property
    def vectors(self) -> Vectors | None:
        """The vectors as they were given, where the index compares each of them; not copied.

        Rounded ones are no substitute: without exact vectors there are none.
        """
        return np.asarray(_Held(self._index)) if isinstance(self._index, faiss.IndexFlat) else None

    def search(self, vector: Vectors, count: int) -> Rows:
        """Up to `count` rows for a vector of shape (dimension,), nearest first."""
        _, rows = self._index.search(vector[None, :], count)
        return np.asarray(rows[0][rows[0] >= 0], dtype=np.int64)

    def _suits(self, vectors: AnyVectors) -> bool:
        """Whether vectors like these would be given about as many lists as there are."""
        rows, dimension = vectors.shape
        if not isinstance(self._index, faiss.IndexIVF) or self._index.d != dimension:
            return False
        return 0.5 <= self._index.nlist / _list_count(rows) <= 2

    def _lists(self) -> Rows:
        """The list of each row."""
        found = np.empty(self._index.ntotal, dtype=np.int64)
        for number in range(self._index.nlist):
            rows, _ = _get_list(self._index.invlists, number)
            found[rows] = number
        return found


class _Held:
    """What a flat index holds, as an array of NumPy that keeps the index from being freed."""

    def __init__(self, index: _Index) -> None:
        self._index = index
        numbers = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
        place, _ = numbers.__array_interface__["data"]
        self.__array_interface__ = {
            "version": 3, "typestr": "<f4", "shape": (index.ntotal, index.d), "data": (place, True),
        }  # fmt: skip


def kind_of(rows: int) -> Kind:
    """How so many vectors are searched."""
    return "flat" if rows <= EXACT_UP_TO else "ivf"


def _blocks(vectors: AnyVectors) -> Iterator[Vectors]:
    for begin in range(0, len(vectors), _BLOCK):
        yield np.ascontiguousarray(vectors[begin : begin + _BLOCK])


def _list_count(rows: int) -> int:
    return max(1, isqrt(rows))


def _unevenness(lists: Rows, count: int) -> float:
    sizes = np.bincount(lists, minlength=count).astype(np.float64)
    return float((sizes @ sizes) * count / len(lists) ** 2)


def _empty(vectors: AnyVectors, kind: Kind) -> _Index:
    """An index without rows that knows how vectors like these are distributed."""
    rows, dimension = vectors.shape
    metric, bytewise = faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer.QT_8bit
    index: _Index = faiss.IndexFlatIP(dimension)
    if kind == "flat":
        return index
    if kind == "hnsw":
        index = faiss.index_factory(dimension, f"HNSW{_NEIGHBOURS}_SQ8", metric)
        index.hnsw.efSearch = _BREADTH
        index.train(_sample(vectors, rows))
        return index
    lists = _list_count(rows)
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension), dimension, lists, bytewise, metric
    )
    index.cp.niter, index.cp.spherical = _ROUNDS, True
    index.cp.min_points_per_centroid = 1
    index.train(_sample(vectors, lists * _TRAINED_ON))
    index.nprobe = _PROBED
    return index


def _like(index: _Index) -> _Index:
    """An index with the same centroids, and nothing in its lists."""
    fresh: _Index = faiss.IndexIVFScalarQuantizer(
        faiss.clone_index(faiss.downcast_index(index.quantizer)), index.d, index.nlist,
        index.sq.qtype, index.metric_type,
    )  # fmt: skip
    fresh.sq, fresh.is_trained, fresh.nprobe = index.sq, True, index.nprobe
    return fresh


def _sample(vectors: AnyVectors, count: int) -> Vectors:
    """About `count` vectors from all over the rows."""
    return np.ascontiguousarray(vectors[:: max(1, len(vectors) // count)])
