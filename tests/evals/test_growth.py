from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from evals import kinstore
from evals.growth import (
    Cost,
    index_measure,
    measure_growth,
    store_measure,
    vectors_measure,
    words_measure,
)
from evals.kin import WORDS, VectorKin, WordKin
from index.embedding import Vectors
from index.nearest import kind_of
from index.store import Store

TEXTS = [
    "L'exportation du safran demande un certificat.",
    "يتطلب تصدير الزعفران شهادة الصحة النباتية.",
    "Le certificat du safran et le certificat du tapis.",
]


def real(rows: int = 600, dimension: int = 16) -> Vectors:
    """Vectors with a mean, with more spread one way than another, and with crowds."""
    random = np.random.default_rng(7)
    crowds = random.standard_normal((20, dimension)) * np.linspace(2, 0.2, dimension)
    vectors = crowds[random.integers(20, size=rows)] + 0.2 * random.standard_normal(
        (rows, dimension)
    )
    vectors[:, 0] += 1
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def nearest_cosines(vectors: Vectors) -> Vectors:
    return np.asarray(np.partition(vectors @ vectors.T, -2, axis=1)[:, -2])


def test_kin_of_vectors_are_distributed_as_the_real_ones() -> None:
    vectors = real()
    made = VectorKin.like(vectors).draw(4_000, seed=1)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(made.mean(axis=0), vectors.mean(axis=0), atol=0.06)
    difference = np.cov(made.T) - np.cov(vectors.T)
    assert np.linalg.norm(difference) < 0.25 * np.linalg.norm(np.cov(vectors.T))
    random = np.random.default_rng(1).standard_normal(made.shape).astype(np.float32)
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    wanted = np.median(nearest_cosines(vectors))
    assert abs(np.median(nearest_cosines(made)) - wanted) < 0.1
    assert abs(np.median(nearest_cosines(random)) - wanted) > 0.1


def test_kin_depend_on_the_seed_alone() -> None:
    kin, words = VectorKin.like(real()), WordKin.like(TEXTS)
    np.testing.assert_array_equal(kin.draw(50, seed=3), kin.draw(50, seed=3))
    assert not np.array_equal(kin.draw(50, seed=3), kin.draw(50, seed=4))
    assert list(words.draw(5, seed=3)) == list(words.draw(5, seed=3))


def test_made_up_sentences_hold_the_real_words_as_often() -> None:
    drawn = [word for text in WordKin.like(TEXTS).draw(2_000, seed=1) for word in text.split()]
    assert len(drawn) == 2_000 * WORDS
    real_words = " ".join(TEXTS).split()
    assert set(drawn) == set(real_words)
    for word in ("certificat", "تصدير"):
        share = real_words.count(word) / len(real_words)
        assert drawn.count(word) / len(drawn) == pytest.approx(share, rel=0.15)


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> list[Cost]:
    words = WordKin.like(TEXTS)
    vectors = VectorKin.like(real())
    parts = [
        vectors_measure(vectors),
        words_measure(words),
        store_measure(words),
        index_measure(words, vectors),
    ]
    return list(measure_growth(parts, [200, 100], 12, tmp_path_factory.mktemp("growth")))


@pytest.mark.parametrize("rows", [10, 37, 40, 45, 95, 160])
def test_a_made_up_store_holds_as_many_rows_as_wanted(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinstore, "_WRITTEN", 40)
    kinstore.write_store(tmp_path / "store", rows, WordKin.like(TEXTS))
    with closing(Store(tmp_path / "store")) as store:
        documents = -(-rows // kinstore.SENTENCES)
        assert store.counts() == (documents, documents, rows, 0)
        assert len(store.sentences(range(rows))) == rows
        for row, found in enumerate(store.passages(range(documents))):
            assert found.first_sentence == row * kinstore.SENTENCES


def test_every_part_is_measured_at_every_size_smallest_first(costs: list[Cost]) -> None:
    parts = ["flat", "hnsw", "ivf"] * 2 + ["words"] * 2 + ["look-ups"] * 2 + ["index"] * 2
    assert [one.part for one in costs] == parts
    assert [one.rows for one in costs] == [100] * 3 + [200] * 3 + [100, 200] * 2 + [101, 201]
    for one in costs:
        assert len(one.queries) == 12
        assert list(one.queries) == sorted(one.queries)
        assert one.queries[0] <= one.median <= one.p95 <= one.queries[-1]
        assert one.bytes_per_row > 0


def test_only_the_kind_of_the_size_is_the_chosen_one(costs: list[Cost]) -> None:
    for rows in (100, 200):
        chosen = [one.part for one in costs if one.rows == rows and one.recall and one.chosen]
        assert chosen == [kind_of(rows)]


def test_recall_is_held_against_all_cosines(costs: list[Cost]) -> None:
    for one in costs:
        if one.part == "flat":
            assert one.recall
            assert one.recall.value == 1.0
            assert one.recall.interval.low < 1.0
    assert all(one.recall is None for one in costs if one.part in {"words", "look-ups", "index"})


def test_bytes_per_row_are_those_of_the_file(costs: list[Cost]) -> None:
    flat = [one for one in costs if one.part == "flat"]
    assert all(64 <= one.bytes_per_row < 66 for one in flat)
    assert [one.bytes_per_row for one in flat] == sorted(
        (one.bytes_per_row for one in flat), reverse=True
    )
