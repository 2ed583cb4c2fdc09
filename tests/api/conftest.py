import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.cli import main
from api.memory.database import Database
from assistant.assistant import Assistant
from index.embedding import LocatedModel
from tests import loopback
from tests.api.command import Ran, Run
from tests.fakes import FakeEmbedder
from tests.postgresql import PostgreSQL, postgresql_server


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event: its kind and its payload."""

    kind: str
    data: object


@pytest.fixture
def client(sanad: Assistant) -> Iterator[TestClient]:
    """The application over the small corpus, without a language model."""
    with TestClient(create_app(sanad), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def events() -> Callable[[str], list[Event]]:
    """Parses a stream; frames are an `event:`, a `data:` and an `id:` line, or signs of life."""
    return _parse


def _parse(text: str) -> list[Event]:
    assert text.endswith("\n\n")
    parsed = []
    frames = text.removesuffix("\n\n").split("\n\n")
    for frame in (frame for frame in frames if not frame.startswith(":")):
        first, second, third = frame.split("\n")
        assert first.startswith("event: ")
        assert second.startswith("data: ")
        assert third.startswith("id: ")
        parsed.append(Event(first.removeprefix("event: "), json.loads(second[6:])))
    return parsed


@pytest.fixture(scope="session")
def serving() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Serves an application on a free port of loopback; gives its address."""
    return partial(loopback.serving, lifespan="off")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The tests' own PostgreSQL; whoever stops it has to start it again."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; the test runs once with each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/records/sanad.sqlite"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture
def database(records_url: str) -> Iterator[Database]:
    """An empty database of records; the test runs once with each kind."""
    opened = Database(records_url, timeout=10)
    yield opened
    opened.close()


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    trade_corpus: Path,
) -> Run:
    """Runs `sanad` as a shell would, with nothing in the environment but what a test sets."""
    monkeypatch.setenv("SANAD_LLM", "none")
    monkeypatch.setenv("SANAD_CORPUS", str(trade_corpus))
    monkeypatch.setenv("SANAD_MODELS", str(tmp_path / "no-models"))
    monkeypatch.setenv("SANAD_INDEX", str(tmp_path / "index"))

    def call(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["sanad", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        assert "Traceback" not in captured.err
        return Ran(code if isinstance(code, int) else 0, captured.out, captured.err)

    return call


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch, trade_embedder: FakeEmbedder) -> FakeEmbedder:
    """The stand-in for the embedding model, where the commands look for it."""
    identity = trade_embedder.identity
    model = LocatedModel(identity.name, Path(), identity.fingerprint, "", "")
    monkeypatch.setattr("api.commands.ingest.configured_model", lambda _settings: model)
    for module in (
        "api.commands.ingest",
        "api.commands.redteam",
        "api.commands.streamspeed",
        "assistant.assistant",
        "evals.baselines",
    ):
        monkeypatch.setattr(f"{module}.open_configured_embedder", lambda _settings: trade_embedder)
    return trade_embedder


@pytest.fixture
def served(
    embedder: FakeEmbedder, trade_index: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> Run:
    """`run` over the index of the small corpus."""
    monkeypatch.setenv("SANAD_INDEX", str(trade_index))
    return run
