"""A subject in a process of its own: the protocol, and every way in which it can fail."""

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from evals.peers.install import PeerFailedError
from evals.peers.process import Cost, Found, Ingested, Loaded, PeerProcess, start
from tests.evals.peering import TASK, conditions


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "peer.log"


@pytest.fixture
def process(log: Path) -> Iterator[PeerProcess]:
    with start(Path(sys.executable), "tests.wordpeer", log, threads=1) as running:
        yield running


def load(folder: Path) -> dict[str, object]:
    job = asdict(conditions(folder).job("unused"))
    return {"do": "load", "job": job, "packages": ["pytest"]}


def ready(process: PeerProcess, folder: Path) -> None:
    process.ask(Loaded, load(folder))
    TASK.write(folder / "passages.jsonl")
    process.ask(Ingested, {"do": "ingest", "file": str(folder / "passages.jsonl")})


def test_a_subject_loads_ingests_and_finds(process: PeerProcess, log: Path, tmp_path: Path) -> None:
    loaded = process.ask(Loaded, load(tmp_path))
    assert loaded.versions == {"pytest": pytest.__version__}
    TASK.write(tmp_path / "passages.jsonl")
    ingested = process.ask(Ingested, {"do": "ingest", "file": str(tmp_path / "passages.jsonl")})
    assert ingested.passages == 3
    assert ingested.peak >= loaded.resident + 30_000_000
    assert ingested.resident < ingested.peak
    for question, best in zip(TASK.questions, ("delai.fr:0-36", "delai.ar:0-18"), strict=True):
        found = process.ask(Found, {"do": "query", "text": question.text, "k": 2})
        assert found.found[0] == best
        assert len(found.found) == 2
        assert found.seconds > 0
    assert "a library that talks" in log.read_text(encoding="utf-8")


def test_a_module_that_is_not_there_is_named(tmp_path: Path, log: Path) -> None:
    with (
        start(Path(sys.executable), "tests.nobody", log, threads=1) as process,
        pytest.raises(PeerFailedError, match=r"load: ModuleNotFoundError: .*tests\.nobody"),
    ):
        process.ask(Loaded, load(tmp_path))


def test_an_error_of_the_subject_is_told_in_its_words(process: PeerProcess, tmp_path: Path) -> None:
    (tmp_path / "bursts").mkdir()
    ready(process, tmp_path / "bursts")
    for _ in range(2):
        with pytest.raises(PeerFailedError, match="query: ValueError: no vector today"):
            process.ask(Found, {"do": "query", "text": "drawback", "k": 1})


def test_a_subject_that_hangs_is_ended(tmp_path: Path, log: Path) -> None:
    (tmp_path / "hangs").mkdir()
    with start(Path(sys.executable), "tests.wordpeer", log, threads=1) as process:
        ready(process, tmp_path / "hangs")
        process.patience = 0.2
        with pytest.raises(PeerFailedError, match="signal 9"):
            process.ask(Found, {"do": "query", "text": "drawback", "k": 1})


def test_a_reply_without_what_was_asked_for_is_refused(
    process: PeerProcess, tmp_path: Path
) -> None:
    with pytest.raises(PeerFailedError, match=r"load: .*versions"):
        process.ask(Cost, load(tmp_path))


def test_what_comes_out_of_turn_is_refused(process: PeerProcess) -> None:
    with pytest.raises(PeerFailedError, match=r"send `load` first"):
        process.ask(Found, {"do": "query", "text": "drawback", "k": 1})


def test_the_process_ends_with_the_work(tmp_path: Path, log: Path) -> None:
    with start(Path(sys.executable), "tests.wordpeer", log, threads=1) as process:
        process.ask(Loaded, load(tmp_path))
        number = process.number
        os.kill(number, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
