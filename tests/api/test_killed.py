"""An ingestion that is killed goes on where it was, and ends as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from index.generation import current, generations
from index.manifest import MANIFEST

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = 40
KILLS = 5


class Nursemaid:
    """Starts ingestions in a process of their own, and kills them after some steps."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.api.nursemaid"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def ingest(self, folder: Path, index: Path, *, kill_after: int | None = None) -> int:
        """Run to the end, or kill after so many steps; returns the exit status."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{folder}\t{index}\n".encode())
        child = int(self._process.stdout.readline())
        if kill_after is not None:
            for _ in range(kill_after):
                assert self._process.stdout.read(1) == b"."
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        while set(self._process.stdout.readline()) - set(b".\n"):
            pass
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait() == 0


@pytest.fixture(scope="module")
def nursemaid() -> Iterator[Nursemaid]:
    started = Nursemaid()
    yield started
    started.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files in French and Arabic, whose sentences differ in length and partly repeat."""
    path = tmp_path_factory.mktemp("circulaires")
    for number in range(FILES):
        french = [
            f"La circulaire {number} fixe à {number + line} jours le délai{' ouvrable' * line}."
            for line in range(4)
        ]
        arabic = [
            f"تحدد الدورية {number} الأجل في {number + line} يوما{' كاملا' * line}."
            for line in range(4)
        ]
        common = "Le bureau du port est ouvert. مكتب الميناء مفتوح."
        name = f"{number:02}.txt" if number % 2 else f"دورية-{number:02}.md"
        text = "\n\n".join([" ".join(french), " ".join(arabic), common])
        (path / name).write_text(text, encoding="utf-8")
    return path


def manifest(root: Path) -> bytes:
    return (root / current(root) / MANIFEST).read_bytes()


@pytest.mark.parametrize("seed", range(2))
def test_killed_five_times_and_continued_it_is_the_same_to_the_byte(
    nursemaid: Nursemaid, folder: Path, tmp_path: Path, seed: int
) -> None:
    assert nursemaid.ingest(folder, tmp_path / "undisturbed") == 0
    root, moments = tmp_path / "killed", random.Random(seed)
    steps = [
        *(moments.randrange(1, FILES) for _ in range(2)),
        *(FILES + moments.randrange(1, 4) for _ in range(KILLS - 2)),
    ]
    for step in steps:
        assert nursemaid.ingest(folder, root, kill_after=step) == signal.SIGKILL
        assert generations(root) == []
    assert nursemaid.ingest(folder, root) == 0
    assert generations(root) == [current(root)]
    assert manifest(root) == manifest(tmp_path / "undisturbed")


def test_a_kill_while_changes_come_in_leaves_the_last_generation(
    nursemaid: Nursemaid, folder: Path, tmp_path: Path
) -> None:
    root = tmp_path / "index"
    assert nursemaid.ingest(folder, root) == 0
    serving = manifest(root)
    beside = folder / "99.txt"
    beside.write_text("La circulaire 99 est nouvelle. الدورية 99 جديدة.", encoding="utf-8")
    try:
        assert nursemaid.ingest(folder, root, kill_after=FILES + 1) == signal.SIGKILL
        assert manifest(root) == serving
        assert nursemaid.ingest(folder, root) == 0
        assert manifest(root) != serving
        assert len(generations(root)) == 2
    finally:
        beside.unlink()
