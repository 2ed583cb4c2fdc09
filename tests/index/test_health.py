from contextlib import closing
from dataclasses import replace
from pathlib import Path

from index import health
from index.build import CACHE
from index.cache import EmbeddingCache
from ingest.document import Law
from tests.fakes import FakeEmbedder
from tests.index.library import SHELF, asked, build


def test_documents_without_date_and_copies_are_named(tmp_path: Path) -> None:
    bare = replace(SHELF[1], source=None)
    dated = replace(SHELF[2], source=None, law=Law("13-89", date="1992-11-30"))
    copy = replace(SHELF[3], same_as=SHELF[2].id)
    build(tmp_path, [SHELF[0], bare, dated, copy], FakeEmbedder())
    found = health.documents(tmp_path)
    assert found.count == 4
    assert found.undated == (bare.id,)
    assert found.same_as == (copy.id,)


def test_vectors_of_no_generation_are_counted_and_can_go(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    first = build(tmp_path, SHELF, embedder)
    questions = [asked(SHELF[0], {"s1": ["نمرة الزعفران؟"]})]
    second = build(tmp_path, questions, embedder)
    assert health.vectors(tmp_path).unused.vectors == 0
    (tmp_path / first.generation / "faiss.index").unlink()
    found = health.vectors(tmp_path)
    assert found.missing == 0
    assert found.unused.vectors == first.embedded + second.embedded - 4
    assert found.unused.bytes > found.unused.vectors * 4 * embedder.identity.dimension
    size = (tmp_path / CACHE).stat().st_size
    assert health.vectors(tmp_path, shrink=True) == found
    assert health.vectors(tmp_path).unused.vectors == 0
    assert (tmp_path / CACHE).stat().st_size <= size
    before = embedder.calls
    assert build(tmp_path, questions, embedder).generation == second.generation
    assert embedder.calls == before


def test_vectors_that_a_rebuild_would_need_are_counted(tmp_path: Path) -> None:
    report = build(tmp_path, SHELF, FakeEmbedder())
    (tmp_path / CACHE).unlink()
    assert health.vectors(tmp_path).missing == report.embedded


def test_what_an_older_generation_uses_stays(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    build(tmp_path, SHELF, embedder)
    build(tmp_path, SHELF[:1], embedder)
    assert health.vectors(tmp_path, shrink=True).unused.vectors == 0
    before = embedder.calls
    build(tmp_path, SHELF, embedder)
    assert embedder.calls == before


def test_texts_are_streamed_in_the_order_of_their_rows(tmp_path: Path) -> None:
    with closing(EmbeddingCache(tmp_path / "c")) as cache:
        texts = [f"نص {number % 7} {'x' * (number % 5)}" for number in range(600)]
        embedder = FakeEmbedder()
        count, embedded = cache.pay(embedder, iter(texts))
        assert (count, embedded) == (600, len(set(texts)))
        expected = embedder.embed_queries(texts)
        assert [row.tobytes() for row in cache.paid()] == [row.tobytes() for row in expected]
