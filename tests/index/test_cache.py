from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import cache as cache_module
from index.cache import EmbeddingCache
from index.embedding import Advance, Vectors
from ingest.errors import StorageError
from tests.fakes import FakeEmbedder

TEXTS = ["Le safran", "الزعفران", "Le tapis", "الزربية", "Le safran", ""]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[EmbeddingCache]:
    with closing(EmbeddingCache(tmp_path / "cache.sqlite")) as opened:
        yield opened


class FailingEmbedder(FakeEmbedder):
    """Gives up at the first text that holds a forbidden word."""

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        if any("stop" in text for text in texts):
            raise RuntimeError("stopped")
        return super().embed_passages(texts, advance)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.sampled_from(TEXTS), max_size=8), max_size=4))
def test_what_comes_back_is_what_the_model_gives_and_each_text_is_paid_for_once(
    rounds: list[list[str]],
) -> None:
    embedder, yardstick = FakeEmbedder(), FakeEmbedder()
    with closing(EmbeddingCache(Path(":memory:"))) as cache:
        for texts in rounds:
            before = embedder.calls
            vectors, embedded = cache.embed(embedder, texts)
            assert embedded == embedder.calls - before
            assert vectors.shape == (len(texts), 64)
            assert vectors.dtype == np.float32
            if texts:
                np.testing.assert_array_equal(vectors, yardstick.embed_queries(texts))
    assert embedder.calls == len({text for texts in rounds for text in texts})


def test_progress_counts_every_text_once(cache: EmbeddingCache) -> None:
    for _ in range(2):
        steps: list[int] = []
        cache.embed(FakeEmbedder(), TEXTS, steps.append)
        assert sum(steps) == len(TEXTS)


def test_another_model_or_prefix_shares_nothing(cache: EmbeddingCache) -> None:
    cache.embed(FakeEmbedder(), TEXTS)
    for other in (FakeEmbedder(name="other"), FakeEmbedder(dimension=32)):
        assert cache.embed(other, TEXTS)[1] == len(set(TEXTS))
    prefixed = FakeEmbedder()
    prefixed.identity = type(prefixed.identity)("fake", "fake-weights", 64, "", "passage: ")
    assert cache.embed(prefixed, TEXTS)[1] == len(set(TEXTS))


def test_a_reopened_cache_remembers(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with closing(EmbeddingCache(path)) as cache:
        first, _ = cache.embed(FakeEmbedder(), TEXTS)
    with closing(EmbeddingCache(path)) as cache:
        again, embedded = cache.embed(FakeEmbedder(), TEXTS)
    assert embedded == 0
    np.testing.assert_array_equal(first, again)


def test_chunks_before_a_failure_are_kept(
    cache: EmbeddingCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_CHUNK", 2)
    texts = ["longest of all", "الأطول بعده", "short", "قصير", "stop"]
    embedder = FailingEmbedder()
    with pytest.raises(RuntimeError, match="stopped"):
        cache.embed(embedder, texts)
    assert embedder.calls == 4
    assert cache.embed(FakeEmbedder(), texts)[1] == 1


class MoodyEmbedder(FakeEmbedder):
    """As a real model does, gives a text other last bits in other company; may die at work."""

    def __init__(self, steps: int | None = None) -> None:
        super().__init__()
        self._steps = steps

    def embed_passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        if self._steps == 0:
            raise RuntimeError("stopped")
        self._steps = self._steps and self._steps - 1
        company = sum(map(len, texts)) % 97
        vectors = super().embed_passages(texts, advance)
        return np.asarray(vectors * np.float32(1 + company * 1e-6), dtype=np.float32)


WORDS = st.lists(st.text("ab زع", max_size=9), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(WORDS, st.lists(st.integers(0, 4), max_size=5))
def test_stopped_anywhere_and_continued_the_last_bits_are_the_same(
    texts: list[str], stops: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(cache_module, "_CHUNK", 3)
        with closing(EmbeddingCache(Path(folder) / "whole")) as cache:
            expected, _ = cache.embed(MoodyEmbedder(), texts)
        for steps in stops:
            with (
                closing(EmbeddingCache(Path(folder) / "stopped")) as cache,
                suppress(RuntimeError),
            ):
                cache.embed(MoodyEmbedder(steps), texts)
        with closing(EmbeddingCache(Path(folder) / "stopped")) as cache:
            found, _ = cache.embed(MoodyEmbedder(), texts)
        assert found.tobytes() == expected.tobytes()


def test_a_file_that_is_no_cache_is_named_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"not a database, but long enough to be taken for one" * 99)
    with pytest.raises(StorageError, match=r"cache\.sqlite.*delete"):
        EmbeddingCache(path)


def test_damage_inside_the_file_is_told_not_thrown(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    with closing(EmbeddingCache(path)) as cache:
        cache.embed(FakeEmbedder(dimension=512), [f"texte {n} نص" for n in range(40)])
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StorageError, match="delete"), closing(EmbeddingCache(path)) as cache:
        cache.embed(FakeEmbedder(dimension=512), ["texte 0 نص"])


def test_a_folder_that_is_away_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="away"):
        EmbeddingCache(tmp_path / "away" / "cache.sqlite")
