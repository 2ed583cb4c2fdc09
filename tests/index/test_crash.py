import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from index.generation import CURRENT, generations, open_current
from index.manifest import check_files, read_manifest
from index.retriever import HybridRetriever
from tests.fakes import FakeEmbedder
from tests.index.library import build
from tests.index.nursery import shelf

REPOSITORY = Path(__file__).resolve().parents[2]
KILLS = 20
PAUSE = 0.01


class Nursery:
    """Starts builds in a process of their own, and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.index.nursery"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def build(self, root: Path, version: int, *, kill_after: float | None = None) -> int:
        """Run one build to its end, or to its death; returns its exit status."""
        assert self._process.stdin
        self._process.stdin.write(f"{root}\t{version}\t{PAUSE}\n")
        child = self._number()
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        return self._number()

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait() == 0

    def _number(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


def logged(root: Path) -> list[list[str]]:
    """The chunks that builds under `root` asked for, in order."""
    log = Path(f"{root}.log")
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    return [line.split("\t") for line in text.splitlines()]


def assert_serves(root: Path, versions: set[int]) -> None:
    """The index opens, and holds one of the versions from end to end."""
    embedder = FakeEmbedder()
    generation = open_current(root, embedder.identity)
    documents = generation.store.documents()
    assert any(sorted(shelf(v), key=lambda one: one.id) == documents for v in versions)
    retriever = HybridRetriever(generation, embedder)
    for question, language in (("permis du safran", "fr"), ("رخصة الزعفران", "ar")):
        best = retriever.search(retriever.encode(question), 1)[0]
        assert best.stored.passage.language == language
    generation.close()


def assert_tidy(root: Path) -> None:
    """Nothing half-written is left: every folder is a whole generation."""
    names = generations(root)
    folders = {path.name for path in root.iterdir() if path.is_dir()}
    assert folders == set(names)
    assert not (root / f"{CURRENT}.new").exists()
    for name in names:
        check_files(root / name, read_manifest(root / name))


def test_a_build_that_is_killed_at_any_moment_loses_nothing(
    nursery: Nursery, tmp_path: Path
) -> None:
    assert nursery.build(tmp_path / "warming up", 1) == 0
    begin = time.monotonic()
    assert nursery.build(tmp_path / "yardstick", 1) == 0
    length = time.monotonic() - begin

    root = tmp_path / "index"
    build(root, shelf(0), FakeEmbedder())
    moments = random.Random(20250611)
    killed, paid, published, version = 0, set[str](), 0, 1
    while killed < KILLS:
        seen = len(logged(root))
        status = nursery.build(root, version, kill_after=moments.uniform(0, length))
        chunks = logged(root)[seen:]
        assert not paid & {text for chunk in chunks for text in chunk}
        paid |= {text for chunk in chunks[:-1] for text in chunk}
        if status == signal.SIGKILL:
            killed += 1
            assert_serves(root, {published, version})
        else:
            assert status == 0
            assert_serves(root, {version})
            assert_tidy(root)
            published, version = version, version + 1
    assert nursery.build(root, version) == 0
    assert_serves(root, {version})
    assert_tidy(root)


def test_what_a_killed_build_left_is_swept_by_the_next(tmp_path: Path) -> None:
    build(tmp_path, shelf(0), FakeEmbedder())
    leftover = tmp_path / ".building"
    (leftover / "lexical").mkdir(parents=True)
    (leftover / "vectors.npy").write_bytes(b"half")
    (tmp_path / f"{CURRENT}.new").write_text("ha")
    assert_serves(tmp_path, {0})
    build(tmp_path, shelf(1), FakeEmbedder())
    assert_serves(tmp_path, {1})
    assert_tidy(tmp_path)
