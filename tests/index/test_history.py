import json
import os
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.build import BuildReport
from index.generation import current, generations, open_current, use
from index.history import Pruned, Rule, history, prune
from index.manifest import MANIFEST, read_manifest
from index.published import Published
from index.retriever import HybridRetriever
from ingest.errors import IndexDamagedError
from tests.fakes import FakeEmbedder
from tests.index.library import SHELF, build, quotes

NOW = datetime.now(UTC)
OLD = timedelta(days=30)


def aged(root: Path, report: BuildReport, age: timedelta) -> str:
    """Let a generation have been built some time ago, and not have served since."""
    then = (NOW - age).timestamp()
    for path in (root / report.generation / MANIFEST, root / report.generation):
        os.utime(path, (then, then))
    return report.generation


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    """Five generations, one a day, the first of them thirty days ago."""
    embedder = FakeEmbedder()
    reports = [build(tmp_path, SHELF[: at + 1], embedder) for at in range(5)]
    return [aged(tmp_path, one, OLD - timedelta(days=at)) for at, one in enumerate(reports)]


def test_the_newest_and_the_current_stay(tmp_path: Path, names: list[str]) -> None:
    use(tmp_path, names[0])
    told = prune(tmp_path, Rule(keep=2), NOW, is_dry=True)
    assert told.generations == (names[1], names[2])
    assert generations(tmp_path) == names
    assert prune(tmp_path, Rule(keep=2), NOW) == told
    assert told.bytes > 0
    assert generations(tmp_path) == [names[0], *names[3:]]
    assert prune(tmp_path, Rule(keep=2), NOW) == Pruned()


def test_what_is_younger_than_a_week_stays(tmp_path: Path, names: list[str]) -> None:
    when = NOW - OLD + timedelta(days=8)
    assert prune(tmp_path, Rule(keep=0), when).generations == (names[0],)
    assert prune(tmp_path, Rule(keep=0, days=0), when).generations == tuple(names[1:4])
    assert generations(tmp_path) == [current(tmp_path)]


def test_what_served_stays_young_whatever_took_its_place(tmp_path: Path, names: list[str]) -> None:
    use(tmp_path, names[0])
    use(tmp_path, names[4])
    assert generations(tmp_path) == names
    assert prune(tmp_path, Rule(keep=1), NOW).generations == tuple(names[1:4])


def test_going_back_costs_no_newer_generation(tmp_path: Path, names: list[str]) -> None:
    use(tmp_path, names[0])
    assert generations(tmp_path) == names
    assert prune(tmp_path, Rule(), NOW).generations == (names[1],)
    assert prune(tmp_path, Rule(keep=0), NOW).generations == tuple(names[2:4])
    assert generations(tmp_path) == [names[0], names[4]]
    later = NOW + timedelta(days=8)
    assert prune(tmp_path, Rule(keep=1), later).generations == ()
    assert prune(tmp_path, Rule(keep=0), later).generations == (names[4],)


def test_building_an_old_content_again_makes_it_the_newest(
    tmp_path: Path, names: list[str]
) -> None:
    build(tmp_path, SHELF[:1], FakeEmbedder())
    assert generations(tmp_path) == [*names[1:], names[0]]
    assert current(tmp_path) == names[0]


def test_a_server_goes_on_with_a_generation_that_was_removed(
    tmp_path: Path, names: list[str]
) -> None:
    embedder = FakeEmbedder()
    with closing(open_current(tmp_path, embedder.identity)) as generation:
        said = quotes(generation)
        build(tmp_path, SHELF[:1], embedder)
        gone = prune(tmp_path, Rule(keep=0, days=0), NOW + OLD).generations
        assert generation.name in gone
        assert not (tmp_path / generation.name).exists()
        generation.store.document.cache_clear()
        assert quotes(generation) == said
        retriever = HybridRetriever(generation, embedder)
        for question in ("tapis", "الزرابي"):
            assert retriever.search(retriever.encode(question), 1)[0].score > 0
            assert retriever.bare_search(question, 1).size


def test_damage_and_other_formats_are_listed_not_thrown(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / names[0] / "faiss.index").write_bytes(b"")
    (tmp_path / names[1] / MANIFEST).unlink()
    manifest = tmp_path / names[2] / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 1}))
    told = {one.name: one for one in history(tmp_path)}
    states = ["damaged", "damaged", "outdated", "whole", "whole"]
    assert [told[name].state for name in names] == states
    assert "faiss.index" in (told[names[0]].problem or "")
    assert "format 1" in (told[names[2]].problem or "")
    assert told[names[4]].is_current
    assert told[names[4]].documents == 5
    with pytest.raises(IndexDamagedError, match=r"format 1.*sanad ingest"):
        use(tmp_path, names[2])
    with pytest.raises(IndexDamagedError, match=r"format 1.*sanad ingest"):
        read_manifest(tmp_path / names[2])


def test_published_documents_are_found_by_file(tmp_path: Path) -> None:
    with Published(tmp_path) as published:
        assert published.documents_of("a.md") == []
    shelf = [
        replace(one, file=file)
        for one, file in zip(SHELF, ("ا/a.md", "ا/b.md", "اب.md", "ا/b.md", None), strict=True)
    ]
    build(tmp_path, shelf, FakeEmbedder())
    with Published(tmp_path) as published:
        assert published.documents_of("ا/a.md") == [shelf[0]]
        both = sorted((shelf[1], shelf[3]), key=lambda one: one.id)
        assert published.documents_of("ا/b.md") == both
        assert len(published.documents_of("ا")) == 3
        assert published.documents_of("none") == []
