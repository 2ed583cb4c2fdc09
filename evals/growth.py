"""What search costs as a collection grows: vectors, words, look-ups, and all of it, at each size.

Times are CPU seconds of this process, so that what else the machine does does not count. Vectors
and sentences are made up, see `Kin`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Protocol, TypeVar

import numpy as np

from evals.kin import VectorKin, WordKin
from evals.kinshelf import KinEmbedder, KinShelf
from evals.kinstore import SENTENCES, write_store
from evals.statistics import Estimate, mean_interval
from index.arrays import mapped
from index.embedding import Vectors
from index.files import folder_size
from index.generation import current, open_current
from index.lexical import LexicalIndex
from index.manifest import read_manifest
from index.nearest import Kind, Nearest, Rows, kind_of
from index.postings import Postings
from index.retriever import HybridRetriever
from index.store import Store
from ingest.shelf import Shelf

K = 10
POOL = 200
"""Candidates that the retriever takes from the vectors and scores exactly."""

COMPARED_UP_TO = 100_000
"""Rows up to which what was not chosen is measured too: a graph of a million takes half an hour."""

_QUESTIONS, _LOOKUPS = 1, 2
_BLOCK = 65_536
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one part of search costs at one size.

    `queries` are milliseconds of single queries, ascending. `recall` is the share of the K nearest
    that were found, with its interval. `change` is what it takes, in seconds, when one document of
    the collection was changed.
    """

    part: str
    rows: int
    chosen: bool
    build: float | None
    bytes_per_row: float
    queries: tuple[float, ...]
    recall: Estimate | None = None
    change: float | None = None

    @property
    def median(self) -> float:
        """Milliseconds of the middle query."""
        return median(self.queries)

    @property
    def p95(self) -> float:
        """What 95 of 100 queries stay under."""
        return self.queries[round(0.95 * (len(self.queries) - 1))]


class Measure(Protocol):
    """One part of search, built and asked at one size."""

    def __call__(self, rows: int, questions: int, folder: Path) -> Iterator[Cost]:
        """Build `rows` in an empty folder, ask `questions`."""
        ...


def measure_growth(
    measures: Sequence[Measure], sizes: Sequence[int], questions: int, folder: Path
) -> Iterator[Cost]:
    """Each measure at each size, smallest first; every cost as soon as it is known."""
    for number, measure in enumerate(measures):
        for rows in sorted(sizes):
            at = folder / f"{number}-{rows}"
            at.mkdir()
            yield from measure(rows, questions, at)


def measures(root: Path) -> tuple[Measure, ...]:
    """Every part, on kin of what stands in the index under `root`.

    Raises IndexMissingError or IndexDamagedError, naming the remedy.
    """
    identity = read_manifest(root / current(root)).embedder
    with closing(open_current(root, identity)) as generation:
        vectors = VectorKin.like(generation.vectors[:])
        words = WordKin.like(generation.store.texts())
    parts = vectors_measure(vectors), words_measure(words), store_measure(words)
    return (*parts, index_measure(words, vectors))


def vectors_measure(kin: VectorKin) -> Measure:
    """The nearest vectors: the kind that the size is given, and the others beside it."""

    def measure(rows: int, questions: int, folder: Path) -> Iterator[Cost]:
        np.save(folder / "vectors.npy", kin.draw(rows, seed=0), allow_pickle=False)
        vectors = mapped(folder / "vectors.npy")
        asked = kin.draw(questions, seed=_QUESTIONS)
        trial = _Trial(vectors, *_changed(vectors, kin), asked, _exact(vectors, asked))
        kinds: list[Kind] = ["flat", "hnsw", "ivf"]
        for kind in kinds if rows <= COMPARED_UP_TO else [kind_of(rows)]:
            yield trial.cost(kind, folder / kind)

    return measure


def words_measure(kin: WordKin) -> Measure:
    """BM25 over sentences that are cut into tokens already: cutting costs each the same."""

    def measure(rows: int, questions: int, folder: Path) -> Iterator[Cost]:
        cut = map(str.split, kin.draw(rows, seed=0))
        build, built = _timed(lambda: LexicalIndex.of(Postings.of(cut)))
        built.save(folder / "lexical")
        opened = LexicalIndex.load(folder / "lexical")
        asked = [text.split() for text in kin.draw(questions, seed=_QUESTIONS)]
        yield Cost(
            part="words",
            rows=rows,
            chosen=True,
            build=build,
            bytes_per_row=folder_size(folder) / rows,
            queries=_spread([_timed(partial(opened.scores, one))[0] for one in asked]),
        )

    return measure


def store_measure(kin: WordKin) -> Measure:
    """Sentences, and the document and passage of one, looked up by row."""

    def measure(rows: int, questions: int, folder: Path) -> Iterator[Cost]:
        path = folder / "passages.sqlite"
        write_store(path, rows, kin)
        random = np.random.default_rng(_LOOKUPS)
        with closing(Store(path)) as store:
            wanted = random.integers(rows, size=(questions, K)).tolist()
            queries = [_timed(partial(_look_up, store, one))[0] for one in wanted]
        yield Cost(
            part="look-ups",
            rows=rows,
            chosen=True,
            build=None,
            bytes_per_row=folder_size(folder) / rows,
            queries=_spread(queries),
        )

    return measure


def index_measure(words: WordKin, vectors: VectorKin) -> Measure:
    """A generation, from what was read to what serves: links, passages and all of its files.

    What one changed document costs is measured on the generation built before. A query is a
    search with its vector at hand.
    """

    def measure(rows: int, questions: int, folder: Path) -> Iterator[Cost]:
        root, embedder = folder / "index", KinEmbedder(vectors)
        with closing(Shelf(folder / "reading.sqlite")) as shelf:
            made = KinShelf.filled(shelf, rows, words)
            build, _ = _timed(lambda: made.built(root, embedder))
            made.change()
            change, _ = _timed(lambda: made.built(root, embedder))
        with closing(open_current(root, embedder.identity)) as generation:
            retriever = HybridRetriever(generation, embedder)
            asked = [retriever.encode(text) for text in words.draw(questions, seed=_QUESTIONS)]
            queries = [_timed(partial(retriever.search, one, K))[0] for one in asked]
            yield Cost(
                part="index",
                rows=generation.manifest.sentences,
                chosen=True,
                build=build,
                bytes_per_row=folder_size(root / generation.name) / generation.manifest.sentences,
                queries=_spread(queries),
                change=change,
            )

    return measure


@dataclass(frozen=True, slots=True)
class _Trial:
    """Vectors, those of the next generation with their former rows, questions, right answers."""

    vectors: Vectors
    changed: Vectors
    origins: Rows
    asked: Vectors
    exact: Rows

    def cost(self, kind: Kind, path: Path) -> Cost:
        """Build one kind of index, save it, map it, ask it."""
        build, built = _timed(lambda: Nearest.of(self.vectors, kind))
        built.save(path)
        opened = Nearest.open(path)
        found = [_timed(partial(_best, opened, self.vectors, one)) for one in self.asked]
        shares = [
            len(np.intersect1d(rows, exact)) / len(exact)
            for (_, rows), exact in zip(found, self.exact, strict=True)
        ]
        questions = [str(number) for number in range(len(shares))]
        change = build
        if kind == "ivf":
            change, _ = _timed(lambda: opened.followed_by(self.changed, self.origins))
        return Cost(
            part=kind,
            rows=len(self.vectors),
            chosen=kind == kind_of(len(self.vectors)),
            build=build,
            bytes_per_row=path.stat().st_size / len(self.vectors),
            queries=_spread([seconds for seconds, _ in found]),
            recall=Estimate(float(np.mean(shares)), mean_interval(shares, questions)),
            change=change,
        )


def _best(nearest: Nearest, vectors: Vectors, asked: Vectors) -> Rows:
    """The K nearest as the retriever ranks them: candidates, then their own cosines."""
    rows = nearest.search(asked, POOL)
    return rows[np.argsort(-(vectors[rows] @ asked), kind="stable")[:K]]


def _exact(vectors: Vectors, asked: Vectors) -> Rows:
    """The K nearest of every question, by all cosines; shape (questions, K)."""
    rows = np.empty((len(asked), 0), dtype=np.int64)
    for begin in range(0, len(vectors), _BLOCK):
        cosines = asked @ vectors[begin : begin + _BLOCK].T
        best = np.argpartition(-cosines, min(K, cosines.shape[1] - 1), axis=1)[:, :K]
        rows = np.concatenate([rows, begin + best], axis=1)
    ranks = np.stack([-(vectors[row] @ one) for row, one in zip(rows, asked, strict=True)])
    return np.take_along_axis(rows, np.argsort(ranks, axis=1, kind="stable")[:, :K], axis=1)


def _changed(vectors: Vectors, kin: VectorKin) -> tuple[Vectors, Rows]:
    """The same vectors but for one document in the middle, which has gained a sentence.

    With the former row of each, -1 for the new ones.
    """
    middle, rows = len(vectors) // 2, np.arange(len(vectors))
    document = kin.draw(SENTENCES + 1, seed=middle)
    new, behind = np.full(len(document), -1), slice(middle + SENTENCES, None)
    return (
        np.concatenate([vectors[:middle], document, vectors[behind]]),
        np.concatenate([rows[:middle], new, rows[behind]]),
    )


def _look_up(store: Store, rows: list[int]) -> None:
    found = store.sentences(rows)
    store.passages([rows[0] // SENTENCES])
    store.variants(found[0].family)


def _timed(work: Callable[[], _T]) -> tuple[float, _T]:
    started = process_time()
    result = work()
    return process_time() - started, result


def _spread(seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(sorted(1000 * one for one in seconds))
