"""Queries of many threads are encoded together, and each thread gets its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from index.batching import BatchingEmbedder
from index.embedding import Vectors
from tests.fakes import FakeEmbedder

ASKED = (
    ("Combien coûte le permis ?",),
    ("كم تكلف رخصة الزعفران؟", "بشحال الرخصة؟"),
    ("How long does it take?",),
    ("قداش كتطول رخصة الزيت؟",),
)
LONG = "Quel est le délai de délivrance du permis d'huile d'olive ?"


class _Held(FakeEmbedder):
    """Records the batches; each waits until the test lets it go on."""

    def __init__(self, *, broken: str = "") -> None:
        super().__init__()
        self.batches: list[tuple[str, ...]] = []
        self.entered, self.may_go_on = Event(), Event()
        self._broken = broken

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(tuple(texts))
        self.entered.set()
        assert self.may_go_on.wait(30)
        if self._broken in texts:
            raise ValueError(self._broken)
        found = [self._vector(text) for text in texts]
        return np.array(found, dtype=np.float32).reshape(len(texts), self.identity.dimension)


def _ask_while_one_is_encoded(
    inner: _Held, asked: Sequence[Sequence[str]], most: int
) -> tuple[Future[Vectors], list[Future[Vectors]]]:
    """Ask for one text alone, and for the others while that one is being encoded."""
    embedder = BatchingEmbedder(inner, most)
    with ThreadPoolExecutor(max_workers=len(asked) + 1) as pool:
        first = pool.submit(embedder.embed_queries, ["alone"])
        assert inner.entered.wait(30)
        others = [pool.submit(embedder.embed_queries, texts) for texts in asked]
        _until(lambda: len(embedder._waiting) == len(asked))
        inner.may_go_on.set()
    return first, others


def _until(holds: Callable[[], bool]) -> None:
    pause = Event()
    while not holds():
        pause.wait(0.001)


def test_who_comes_meanwhile_is_encoded_together() -> None:
    inner = _Held()
    first, others = _ask_while_one_is_encoded(inner, ASKED, most=32)
    assert [len(batch) for batch in inner.batches] == [1, 5]
    assert set(inner.batches[1]) == {text for texts in ASKED for text in texts}
    plain = FakeEmbedder()
    assert np.array_equal(first.result(), plain.embed_queries(["alone"]))
    for texts, found in zip(ASKED, others, strict=True):
        vectors = found.result()
        assert vectors.shape == (len(texts), plain.identity.dimension)
        assert all(
            np.array_equal(row, plain._vector(text))
            for row, text in zip(vectors, texts, strict=True)
        )


def test_a_batch_has_an_end() -> None:
    inner = _Held()
    asked = [[f"question {number}", f"سؤال آخر {number}"] for number in range(6)]
    _, others = _ask_while_one_is_encoded(inner, asked, most=4)
    assert [len(batch) for batch in inner.batches] == [1, 4, 4, 4]
    assert all(len(found.result()) == 2 for found in others)


def test_more_than_a_batch_at_once_goes_alone() -> None:
    inner = _Held()
    asked = [["a", "b", "c"], ["d"], ["e"]]
    _ask_while_one_is_encoded(inner, asked, most=2)
    assert sorted(map(sorted, inner.batches[1:])) == [["a", "b", "c"], ["d", "e"]]


def test_texts_of_very_different_length_are_not_padded_to_each_other() -> None:
    inner = _Held()
    asked = [[LONG], ["Prix ?"], [LONG.upper()], ["كم؟ كم"]]
    _ask_while_one_is_encoded(inner, asked, most=8)
    together = {frozenset(batch) for batch in inner.batches[1:]}
    assert together == {frozenset({LONG, LONG.upper()}), frozenset({"Prix ?", "كم؟ كم"})}


def test_nothing_to_encode_gives_no_vectors() -> None:
    inner = _Held()
    inner.may_go_on.set()
    assert BatchingEmbedder(inner).embed_queries([]).shape == (0, inner.identity.dimension)


def test_an_error_reaches_all_who_were_in_the_batch_and_nobody_else() -> None:
    inner = _Held(broken="سؤال")
    first, others = _ask_while_one_is_encoded(inner, [["salam"], ["سؤال"]], most=32)
    assert first.exception() is None
    assert [str(found.exception()) for found in others] == ["سؤال", "سؤال"]


def test_it_works_after_an_error() -> None:
    inner = _Held(broken="سؤال")
    inner.may_go_on.set()
    embedder = BatchingEmbedder(inner)
    with pytest.raises(ValueError, match="سؤال"):
        embedder.embed_queries(["سؤال"])
    assert np.array_equal(
        embedder.embed_queries(["question"]), FakeEmbedder().embed_queries(["question"])
    )


def test_who_is_alone_waits_for_nobody() -> None:
    inner = _Held()
    inner.may_go_on.set()
    embedder = BatchingEmbedder(inner)
    for texts in ASKED[:3]:
        embedder.embed_queries(texts)
    assert inner.batches == [*ASKED[:3]]


def test_under_load_every_thread_gets_its_own() -> None:
    inner = _Held()
    inner.may_go_on.set()
    embedder, plain = BatchingEmbedder(inner, most=8), FakeEmbedder()
    asked = [f"question {number}" for number in range(200)]
    with ThreadPoolExecutor(max_workers=16) as pool:
        found = list(pool.map(lambda text: embedder.embed_queries([text])[0], asked))
    assert np.array_equal(np.stack(found), plain.embed_queries(asked))
    assert sum(map(len, inner.batches)) == len(asked)


def test_passages_and_identity_are_those_of_the_embedder_inside() -> None:
    inner = FakeEmbedder()
    embedder = BatchingEmbedder(inner)
    told: list[int] = []
    vectors = embedder.embed_passages(["زيت الزيتون", "safran"], told.append)
    assert np.array_equal(vectors, inner.embed_passages(["زيت الزيتون", "safran"]))
    assert told == [2]
    assert embedder.identity == inner.identity
