import gc
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import nearest as module
from index.embedding import Vectors
from index.generation import open_current
from index.nearest import EXACT_UP_TO, Kind, Nearest, Rows, kind_of
from tests.fakes import FakeEmbedder
from tests.index.library import SHELF, build

KINDS: tuple[Kind, ...] = ("flat", "hnsw", "ivf")
ROWS, DIMENSION, K = 3_000, 24, 10


def clustered(rows: int, seed: int) -> Vectors:
    """Unit vectors in forty crowds, as those of texts about forty things are."""
    random = np.random.default_rng(seed)
    crowds = np.random.default_rng(0).standard_normal((40, DIMENSION))
    vectors = crowds[random.integers(40, size=rows)] + 0.5 * random.standard_normal(
        (rows, DIMENSION)
    )
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


VECTORS = clustered(ROWS, 1)
ASKED = clustered(50, 2)


@pytest.fixture
def few_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As small a share of the lists as a large collection has read."""
    monkeypatch.setattr(module, "_PROBED", 16)


def recall(nearest: Nearest, vectors: Vectors) -> float:
    """Share of the K nearest that are among five times as many candidates."""
    shares = []
    for one in ASKED:
        exact = np.argsort(-(vectors @ one))[:K]
        shares.append(np.isin(exact, nearest.search(one, 5 * K)).mean())
    return float(np.mean(shares))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_finds_what_is_nearest(kind: Kind, few_probes: None) -> None:
    found = recall(Nearest.of(VECTORS, kind), VECTORS)
    assert found == 1.0 if kind == "flat" else found >= 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_opens_and_finds_the_same(kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "فهرس.index"
    built = Nearest.of(VECTORS, kind)
    built.save(path)
    opened = Nearest.open(path)
    assert opened.shape == built.shape == (ROWS, DIMENSION)
    for one in ASKED:
        np.testing.assert_array_equal(opened.search(one, K), built.search(one, K))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_vectors_give_the_same_bytes(kind: Kind, tmp_path: Path) -> None:
    for name in ("one", "other"):
        Nearest.of(VECTORS.copy(), kind).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_fewer_rows_than_asked_for_are_all_there_is(kind: Kind) -> None:
    vectors = VECTORS[:3]
    rows = Nearest.of(vectors, kind).search(vectors[1], 10)
    assert rows[0] == 1
    assert sorted(rows) == [0, 1, 2]


def test_nothing_is_searched_in_vain() -> None:
    assert Nearest.of(VECTORS[:0]).search(ASKED[0], 5).size == 0


def test_the_number_of_rows_decides() -> None:
    assert [kind_of(rows) for rows in (0, 1, EXACT_UP_TO, EXACT_UP_TO + 1, 10**6)] == [
        "flat", "flat", "flat", "ivf", "ivf",
    ]  # fmt: skip


def test_only_what_is_compared_one_by_one_is_there_as_it_was_given(tmp_path: Path) -> None:
    for kind in KINDS:
        Nearest.of(VECTORS, kind).save(tmp_path / kind)
        held = Nearest.open(tmp_path / kind).vectors
        if kind == "flat":
            assert held is not None
            gc.collect()
            np.testing.assert_array_equal(held, VECTORS)
            with pytest.raises(ValueError, match="read-only"):
                held[0] = 0
        else:
            assert held is None


def test_a_byte_a_dimension_is_stored_when_there_are_many(tmp_path: Path) -> None:
    sizes = {}
    for kind in KINDS:
        Nearest.of(VECTORS, kind).save(tmp_path / kind)
        sizes[kind] = (tmp_path / kind).stat().st_size
    assert sizes["ivf"] < sizes["flat"] / 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("left", [0, 3, 60, 0.5])
def test_a_file_that_breaks_off_is_refused(kind: Kind, left: float, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    Nearest.of(VECTORS, kind).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(left * len(data)) if 0 < left < 1 else int(left)])
    with pytest.raises(RuntimeError):
        Nearest.open(path)


def test_a_folder_that_is_gone_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="index"):
        Nearest.of(VECTORS[:5]).save(tmp_path / "gone" / "index")


# The generation after


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Nearest:
    """Lists as a large collection has them, opened from their file."""
    monkeypatch.setattr(module, "EXACT_UP_TO", 100)
    monkeypatch.setattr(module, "_PROBED", 16)
    Nearest.of(VECTORS).save(tmp_path / "before")
    return Nearest.open(tmp_path / "before")


def refuse(*_: object) -> None:
    raise AssertionError("k-means ran again")


EACH = np.arange(ROWS)
"""The former rows of vectors that all stay where they were."""


def new(count: int) -> Rows:
    """The former rows of vectors that had none."""
    return np.full(count, -1)


def test_the_same_rows_give_the_same_bytes_as_before(grown: Nearest, tmp_path: Path) -> None:
    grown.followed_by(VECTORS, EACH).save(tmp_path / "after")
    assert (tmp_path / "after").read_bytes() == (tmp_path / "before").read_bytes()


def test_a_changed_document_moves_all_rows_behind_it_and_spares_the_training(
    grown: Nearest, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = np.concatenate([VECTORS[:700], clustered(12, 3), VECTORS[705:]])
    monkeypatch.setattr(module, "_empty", refuse)
    nearest = grown.followed_by(after, np.concatenate([EACH[:700], new(12), EACH[705:]]))
    assert nearest.shape == (len(after), DIMENSION)
    assert recall(nearest, after) >= 0.95
    for row in (0, 699, 700, 711, 712, len(after) - 1):
        assert nearest.search(after[row], 1)[0] == row


def test_vectors_gone_are_found_no_more(grown: Nearest) -> None:
    nearest = grown.followed_by(VECTORS[5:], EACH[5:])
    for one in ASKED:
        assert nearest.search(one, 200).max() < ROWS - 5


@pytest.mark.parametrize(
    ("after", "origins"),
    [
        (clustered(ROWS, 9), new(ROWS)),
        (clustered(5 * ROWS, 1), np.concatenate([EACH, new(4 * ROWS)])),
        (VECTORS[: ROWS // 5], EACH[: ROWS // 5]),
        (VECTORS[:50], EACH[:50]),
    ],
    ids=["all new", "many more", "far fewer", "few enough to compare"],
)
def test_another_collection_is_indexed_from_nothing(
    grown: Nearest, after: Vectors, origins: Rows, tmp_path: Path
) -> None:
    grown.followed_by(after, origins).save(tmp_path / "after")
    Nearest.of(after).save(tmp_path / "anew")
    assert (tmp_path / "after").read_bytes() == (tmp_path / "anew").read_bytes()


def test_lists_that_have_become_uneven_are_made_anew(grown: Nearest, tmp_path: Path) -> None:
    crowd = VECTORS[0] + 0.01 * np.random.default_rng(4).standard_normal((ROWS // 2, DIMENSION))
    crowd /= np.linalg.norm(crowd, axis=1, keepdims=True)
    after = np.concatenate([VECTORS, crowd.astype(np.float32)])
    origins = np.concatenate([EACH, new(len(crowd))])
    grown.followed_by(after, origins).save(tmp_path / "after")
    Nearest.of(after).save(tmp_path / "anew")
    assert (tmp_path / "after").read_bytes() == (tmp_path / "anew").read_bytes()


def test_another_dimension_is_another_model(grown: Nearest) -> None:
    after = np.ascontiguousarray(VECTORS[:, :8])
    after /= np.linalg.norm(after, axis=1, keepdims=True)
    assert grown.followed_by(after, EACH).shape == (ROWS, 8)


def test_generations_after_one_another_still_find_what_is_nearest(grown: Nearest) -> None:
    """A third of the collection changes, a bit at a time, on the lists of the first."""
    steps = [VECTORS]
    for turn in range(10):
        fresh = clustered(100, 100 + turn)
        steps.append(np.concatenate([steps[-1][100:], fresh]))
    origins = np.concatenate([EACH[100:], new(100)])
    for vectors in steps[1:]:
        grown = grown.followed_by(vectors, origins)
    assert recall(grown, steps[-1]) >= 0.95


# In a build


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_large_collection_follows_itself(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists survive a changed document, and a build that has to be repeated gives the same."""
    monkeypatch.setattr(module, "EXACT_UP_TO", 4)
    build(tmp_path / "index", SHELF, FakeEmbedder())
    shutil.copytree(tmp_path / "index", tmp_path / "copy")
    shelf = [
        replace(one, title=f"{one.title} 2026")
        if (one.family, one.language) == ("saffron", language)
        else one
        for one in SHELF
    ]
    monkeypatch.setattr(module, "_empty", refuse)
    first = build(tmp_path / "index", shelf, FakeEmbedder())
    again = build(tmp_path / "copy", shelf, FakeEmbedder())
    assert first.generation == again.generation
    embedder = FakeEmbedder()
    with closing(open_current(tmp_path / "index", embedder.identity)) as generation:
        assert generation.nearest.shape[0] == generation.manifest.rows
        for row, vector in enumerate(generation.vectors[:]):
            assert generation.nearest.search(vector, 1)[0] == row
